"""The reverse proxy between a connector and HubSpot while a cassette is recorded."""

import asyncio
import json
import re

import urllib3

from bench_core.listener import Receive, Scope, Send
from bench_core.reach import unreachable
from contract_bench.cassettes.asgi import IncomingRequest, read_request, send_response
from contract_bench.cassettes.record.recording_client import RecordingClient, UpstreamResponse

__all__ = ["RecordingProxy", "forwarded_headers"]

# Hop-by-hop headers, and headers that the proxy sets itself.
NOT_FORWARDED = frozenset(
    {"host", "connection", "keep-alive", "proxy-connection", "te", "trailer", "upgrade", "transfer-encoding"}
    | {"content-length", "accept-encoding"}
)
NOT_RETURNED = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding"})
LIST_PATH = re.compile(r"^/crm/(?:v3/objects|objects/[^/]+)/[^/?]+(?:/search)?(?:\?|$)")


class RecordingProxy:
    """An ASGI application that forwards requests to HubSpot through a `RecordingClient`.

    Links in responses are rewritten to the proxy, so that a connector that follows them stays in the recording. The
    recording keeps them as HubSpot sent them.

    Attributes:
        failures: Errors between the proxy and HubSpot; with any of them the recording is unusable.
    """

    def __init__(self, upstream: str, client: RecordingClient, *, max_pages: int | None = None) -> None:
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
        if request is None:
            return
        if self._is_one_page_too_many(request):
            await send_response(send, 503, [], _explain(f"the recording ends after {self.max_pages} pages"))
            return
        try:
            answer = await asyncio.to_thread(self._forward, request)
        except urllib3.exceptions.HTTPError as error:
            why = unreachable(error, self._upstream) or type(error).__name__
            self.failures.append(f"{request.method} {request.target.partition('?')[0]}: {why}")
            await send_response(send, 502, [], _explain(f"HubSpot cannot be reached: {why}"))
            return
        headers = [(name, one) for name, one in answer.headers.items() if name.lower() not in NOT_RETURNED]
        headers = [(name, one.replace(self._upstream, request.origin)) for name, one in headers]
        await send_response(
            send, answer.status, headers, answer.body.replace(self._upstream.encode(), request.origin.encode())
        )

    def _forward(self, request: IncomingRequest) -> UpstreamResponse:
        return self._client.send(
            request.method, f"{self._upstream}{request.target}", forwarded_headers(request), request.body
        )

    def _is_one_page_too_many(self, request: IncomingRequest) -> bool:
        if self.max_pages is None or not LIST_PATH.match(request.target):
            return False
        self._pages += 1
        return self._pages > self.max_pages


def forwarded_headers(request: IncomingRequest) -> dict[str, str]:
    """Return the headers to forward to HubSpot, with no content coding but gzip."""
    headers = {name: one for name, one in request.headers.items() if name not in NOT_FORWARDED}
    return headers | ({"accept-encoding": "gzip"} if request.accepts_gzip else {})


def _explain(message: str) -> bytes:
    return json.dumps({"status": "error", "message": f"contract-bench record: {message}"}).encode()
