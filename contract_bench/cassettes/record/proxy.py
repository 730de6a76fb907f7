"""The reverse proxy that stands between a connector and HubSpot while a cassette is recorded."""

import asyncio
import json
import re

import urllib3

from contract_bench.cassettes.record.taping import Answer, TapingClient
from contract_bench.cassettes.serving import Call, Receive, Scope, Send, read_call, send_answer

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
        has_stopped: Whether a request was refused because `max_pages` was reached.
    """

    def __init__(self, upstream: str, client: TapingClient, *, max_pages: int | None = None) -> None:
        self._upstream = upstream.rstrip("/")
        self._client = client
        self.max_pages = max_pages
        self._pages = 0
        self.failures: list[str] = []
        self.has_stopped = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Forward one request."""
        if scope["type"] != "http":
            return
        call = await read_call(scope, receive)
        if self._is_one_page_too_many(call):
            self.has_stopped = True
            await send_answer(send, 503, [], _explain(f"the recording ends after {self.max_pages} pages"))
            return
        try:
            answer = await asyncio.to_thread(self._forward, call)
        except urllib3.exceptions.HTTPError as error:
            self.failures.append(f"{call.method} {call.target.partition('?')[0]}: {type(error).__name__}")
            await send_answer(send, 502, [], _explain(f"HubSpot cannot be reached ({type(error).__name__})"))
            return
        headers = [(name, one) for name, one in answer.headers.items() if name.lower() not in NOT_RETURNED]
        headers = [(name, one.replace(self._upstream, call.origin)) for name, one in headers]
        await send_answer(
            send, answer.status, headers, answer.body.replace(self._upstream.encode(), call.origin.encode())
        )

    def _forward(self, call: Call) -> Answer:
        return self._client.send(call.method, f"{self._upstream}{call.target}", forwarded_headers(call), call.body)

    def _is_one_page_too_many(self, call: Call) -> bool:
        if self.max_pages is None or not LIST_PATH.match(call.target):
            return False
        self._pages += 1
        return self._pages > self.max_pages


def forwarded_headers(call: Call) -> dict[str, str]:
    """The headers that go on to HubSpot; of content codings only what can be decoded here."""
    headers = {name: one for name, one in call.headers.items() if name not in NOT_FORWARDED}
    return headers | ({"accept-encoding": "gzip"} if call.accepts_gzip else {})


def _explain(message: str) -> bytes:
    return json.dumps({"status": "error", "message": f"contract-bench record: {message}"}).encode()
