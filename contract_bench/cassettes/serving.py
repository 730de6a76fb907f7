"""Serves an ASGI application on a real socket: in a thread, or in the foreground."""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from types import TracebackType
from typing import Any, Self

import uvicorn

from contract_bench.cassettes.errors import CassetteError
from fake_hubspot.stopping import PromptServer

__all__ = ["AsgiApp", "Call", "Listener", "Receive", "Scope", "Send", "read_call", "send_answer", "serve_forever"]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

START_TIMEOUT_S = 30.0
BACKLOG = 2048


class Call:
    """A request as it came over the socket. Header names are lower case; the path keeps its percent-encoding."""

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
        """This server, as the caller sees it."""
        return f"http://{self.headers.get('host', 'localhost')}"

    @property
    def accepts_gzip(self) -> bool:
        """Whether the caller takes a compressed body."""
        return "gzip" in self.headers.get("accept-encoding", "")


async def read_call(scope: Scope, receive: Receive) -> Call:
    """The whole request."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return Call(scope, body)


async def send_answer(send: Send, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
    """A whole answer; Content-Length is computed, except where an answer has no body by definition."""
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    if status != 204 and status != 304:
        raw.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})


def _uvicorn(app: AsgiApp) -> PromptServer:
    return PromptServer(
        uvicorn.Config(
            app,
            loop="asyncio",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=1,
        )
    )


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches off Nagle only on sockets that name their protocol; with it on each answer waits 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)  # from now on nobody who was told the address is refused
    except OSError as error:
        listener.close()
        problem = error.strerror or error
        raise CassetteError(f"{host}:{port} cannot be listened on ({problem}). Take port 0 for a free one.") from error
    return listener


def _url(host: str, listener: socket.socket) -> str:
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared, not bound
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{listener.getsockname()[1]}"


class Listener:
    """An application served in a thread of this process; a context manager.

    Attributes:
        url: Where it listens, once entered.
    """

    def __init__(self, app: AsgiApp, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._server = _uvicorn(app)
        self._host, self._port = host, port
        self._started = threading.Event()
        self._thread: threading.Thread | None = None
        self.url = ""

    def __enter__(self) -> Self:
        listener = _bind(self._host, self._port)
        self.url = _url(self._host, listener)
        self._thread = threading.Thread(target=self._run, args=(listener,), name="cassette-listener", daemon=True)
        self._thread.start()
        if not self._started.wait(START_TIMEOUT_S) or not self._server.started:
            raise CassetteError(f"nothing listens on {self.url} after {START_TIMEOUT_S:.0f} s")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()
        if self._thread is not None:
            self._thread.join()

    def _run(self, listener: socket.socket) -> None:
        try:
            with listener, asyncio.Runner() as runner:
                runner.run(self._serve(listener))
        finally:
            self._started.set()

    async def _serve(self, listener: socket.socket) -> None:
        serving = asyncio.ensure_future(self._server.serve(sockets=[listener]))
        while not self._server.started and not serving.done():
            await asyncio.sleep(0)
        self._started.set()
        await serving


def serve_forever(app: AsgiApp, *, host: str, port: int, on_start: Callable[[str], None]) -> None:
    """Serve in the foreground until a signal ends it; ``on_start`` is told the URL."""
    with _bind(host, port) as listener:
        on_start(_url(host, listener))
        _uvicorn(app).run(sockets=[listener])
