"""Whole requests and responses over ASGI, as the replay server and the recording proxy need them."""

from bench_core.listener import Receive, Scope, Send
from bench_core.wire import read_body

__all__ = ["IncomingRequest", "read_request", "send_response"]


class IncomingRequest:
    """A request as received. Header names are lower case; the path keeps its percent-encoding."""

    __slots__ = ("body", "headers", "method", "target")

    def __init__(self, scope: Scope, body: bytes) -> None:
        query = scope["query_string"].decode("latin-1")
        path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
        self.method: str = scope["method"]
        self.target = f"{path}?{query}" if query else path
        self.headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        self.body = body

    @property
    def origin(self) -> str:
        """The origin of this server as the client addressed it."""
        return f"http://{self.headers.get('host', 'localhost')}"

    @property
    def accepts_gzip(self) -> bool:
        """Whether the client accepts a body compressed with gzip."""
        return "gzip" in self.headers.get("accept-encoding", "")


async def read_request(scope: Scope, receive: Receive) -> IncomingRequest | None:
    """Read the request with its whole body; None if the client disconnected before its end."""
    body = await read_body(receive)
    return None if body is None else IncomingRequest(scope, body)


async def send_response(send: Send, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
    """Send a complete response. `Content-Length` is added, except for statuses that never have a body."""
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    if status != 204 and status != 304:
        raw.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
