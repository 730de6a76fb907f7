"""The reverse proxy that stands between a connector and HubSpot while a cassette is recorded."""

import asyncio
import json
import re

import urllib3

from bench_core.listener import Receive, Scope, Send
from contract_bench.cassettes.asgi import IncomingRequest, read_request, send_response
from contract_bench.cassettes.record.taping import Answer, TapingClient

__all__ = ["RecordingProxy", "forwarded_headers"]

# What belongs to one connection, and what the proxy decides for itself.
NOT_FORWARDED = frozenset(
    {"host", "connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade", "transfer-encoding"}
    | {"content-length", "accept-encoding"}
)
NOT_RETURNED = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding"})
LIST_PATH = re.compile(r"^/crm/(?:v3/objects|objects/[^/]+)/[^/?]+(?:/search)?(?:\?|$)")


class RecordingProxy:
    """An ASGI application that forwards to one HubSpot and lets `TapingClient` record.

    Links in answers lead to the proxy, so that a connector that follows them stays in the recording; the recording
    itself keeps them as HubSpot wrote them.

    Attributes:
        failures: What went wrong on the way to HubSpot; such a recording is worth nothing.
    """

    def __init__(self, upstream: str, client: TapingClient, *, max_pages: int | None = None) -> None:
        self._upstream = upstream.rstrip("/")
        self._client = client
        self.max_pages = max_pages
        self._pages = 0
        self.failures: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Forward one request."""
        if scope["type"] != "http":
            return
        request = await read_request(scope, receive)
        if self._is_one_page_too_many(request):
            await send_response(send, 503, [], _explain(f"the recording ends after {self.max_pages} pages"))
            return
        try:
            answer = await asyncio.to_thread(self._forward, request)
        except urllib3.exceptions.HTTPError as error:
            self.failures.append(f"{request.method} {request.target.partition('?')[0]}: {type(error).__name__}")
            await send_response(send, 502, [], _explain(f"HubSpot cannot be reached ({type(error).__name__})"))
            return
        headers = [(name, one) for name, one in answer.headers.items() if name.lower() not in NOT_RETURNED]
        headers = [(name, one.replace(self._upstream, request.origin)) for name, one in headers]
        await send_response(
            send, answer.status, headers, answer.body.replace(self._upstream.encode(), request.origin.encode())
        )

    def _forward(self, request: IncomingRequest) -> Answer:
        return self._client.send(
            request.method, f"{self._upstream}{request.target}", forwarded_headers(request), request.body
        )

    def _is_one_page_too_many(self, request: IncomingRequest) -> bool:
        if self.max_pages is None or not LIST_PATH.match(request.target):
            return False
        self._pages += 1
        return self._pages > self.max_pages


def forwarded_headers(request: IncomingRequest) -> dict[str, str]:
    """The headers that go on to HubSpot; of content codings only what can be decoded here."""
    headers = {name: one for name, one in request.headers.items() if name not in NOT_FORWARDED}
    return headers | ({"accept-encoding": "gzip"} if request.accepts_gzip else {})


def _explain(message: str) -> bytes:
    return json.dumps({"status": "error", "message": f"contract-bench record: {message}"}).encode()
