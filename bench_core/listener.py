"""Serves an ASGI application on a real socket: in a thread of this process, or in the foreground.

with BackgroundServer(app) as server:
    requests.get(server.url)
"""

import asyncio
import itertools
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager, suppress
from types import FrameType, TracebackType
from typing import Any, Self, TypeVar, cast

import msgspec
import uvicorn

from bench_core.protocol import BoundedProtocol
from bench_core.signals import ENDING_SIGNALS, begin_end

__all__ = [
    "AsgiApp",
    "BackgroundServer",
    "ListenError",
    "ListenerOptions",
    "PromptServer",
    "Receive",
    "Scope",
    "Send",
    "address_text",
    "bind",
    "serve_in_foreground",
    "url_of",
]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]
Result = TypeVar("Result")

START_TIMEOUT_S = 30.0
POLL_S = 0.1  # a signal handler only sets `should_exit`
ACCEPT_TURNS = 3  # of the event loop, from the accepted socket to the protocol that can close it
BACKLOG = 2048
ANY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - compared, not bound


class ListenError(OSError):
    """The address cannot be listened on. `errno` and `strerror` are those of the system."""

    def __init__(self, host: str, port: int, error: OSError) -> None:
        super().__init__(error.errno, error.strerror or str(error))
        self.host = host
        self.port = port

    def __str__(self) -> str:
        where = address_text(self.host, self.port)
        return f"cannot listen on {where}: {self.strerror}. Use another port, or 0 for a free one."


class ListenerOptions(msgspec.Struct, frozen=True):
    """How connections are served.

    Attributes:
        protocol: Creates the HTTP protocol of a connection; None takes uvicorn's with bounds.
        keep_alive_s: Seconds until an idle connection is closed.
        grace_s: Seconds that requests under way have when the server stops.
        date_header: Whether responses get a `Date` header.
        on_stop: Called when the server begins to stop, so that streams without an end can end.
    """

    protocol: Callable[..., asyncio.Protocol] | None = None
    keep_alive_s: float = 5
    grace_s: int = 1
    date_header: bool = False
    on_stop: Callable[[], None] = lambda: None


class PromptServer(uvicorn.Server):
    """A uvicorn server that stops within a millisecond if no request is under way.

    uvicorn checks ten times a second whether it should stop and then waits another tenth for its connections. In a
    test with a server of its own, that wait would take longer than everything else.
    """

    def __init__(self, config: uvicorn.Config, on_stop: Callable[[], None] = lambda: None) -> None:
        super().__init__(config)
        self._on_stop = on_stop
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop_requested = asyncio.Event()

    def stop(self) -> None:
        """Stop soon. Thread-safe."""
        self.should_exit = True
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended by itself
                self._loop.call_soon_threadsafe(self._stop_requested.set)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at a signal. It is not raised again afterwards, as uvicorn does: to be stopped is no failure."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        wanted = [number for number in ENDING_SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
        before = {number: signal.signal(number, self._stop_at_signal) for number in wanted}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _stop_at_signal(self, number: int, _frame: FrameType | None) -> None:
        begin_end(number)
        self.stop()

    async def main_loop(self) -> None:
        """Wait until the server should stop."""
        self._loop = asyncio.get_running_loop()
        for tick in itertools.count():
            if self.should_exit or await self.on_tick(tick):  # the tick keeps the time of the `Date` header
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop_requested.wait(), POLL_S)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close idle connections at once; if requests are under way, shut down as uvicorn does."""
        self._on_stop()
        await self._stop_accepting()
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await asyncio.sleep(0)  # idle connections are gone after this
        if self.server_state.connections or self.server_state.tasks:
            await super().shutdown(sockets)

    async def _stop_accepting(self) -> None:
        """Let connections that have just been accepted get their protocol, which closes them.

        Python 3.13 leaves a socket open whose server is closed before it has one.
        """
        loop = asyncio.get_running_loop()
        with suppress(NotImplementedError):  # the event loop of Windows has no readers
            for listener in (each for server in self.servers for each in server.sockets):
                loop.remove_reader(listener)
        for _ in range(ACCEPT_TURNS):
            await asyncio.sleep(0)


def bind(host: str, port: int) -> socket.socket:
    """Listen on an address; from the return on, connections to it are accepted.

    Args:
        host: A name or an address; IPv6 with or without brackets.
        port: 0 takes a free one.

    Raises:
        ListenError: The address is taken, unknown or not allowed.
    """
    address = host.removeprefix("[").removesuffix("]")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    # asyncio switches off Nagle's algorithm only on sockets that name their protocol; with it, responses wait 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if address == "::":  # take IPv4 as well, whatever the system's default is
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listener.bind((address, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise ListenError(host, port, error) from error
    except BaseException:
        listener.close()
        raise
    return listener


def url_of(host: str, listener: socket.socket) -> str:
    """Return the URL at which this machine reaches the listener."""
    address = host.removeprefix("[").removesuffix("]")
    shown = "127.0.0.1" if address in ANY_ADDRESS else address
    return f"http://{address_text(shown, listener.getsockname()[1])}"


def address_text(host: str, port: int) -> str:
    """Return `host:port`, an IPv6 address in brackets."""
    address = host.removeprefix("[").removesuffix("]")
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


class BackgroundServer:
    """An application served in a thread of this process; a context manager.

    Attributes:
        url: Where it listens, once entered.
    """

    def __init__(
        self,
        app: AsgiApp,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        name: str = "listener",
        options: ListenerOptions | None = None,
    ) -> None:
        self._host, self._port, self._name = host, port, name
        self._server = _uvicorn(app, options or ListenerOptions())
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._started = threading.Event()
        self._failure: BaseException | None = None
        self.url = ""

    def in_loop(self, work: Callable[[], Result]) -> Result:
        """Call `work` between two requests, never during one. Before the start and after the end: at once."""

        async def call() -> Result:
            return work()

        if self._loop is None:
            return work()
        return asyncio.run_coroutine_threadsafe(call(), self._loop).result()

    def __enter__(self) -> Self:
        """Start; returns once requests are answered.

        Raises:
            ListenError: The address cannot be listened on.
            RuntimeError: The server did not start.
        """
        listener = bind(self._host, self._port)
        self.url = url_of(self._host, listener)
        self._thread = threading.Thread(target=self._run, args=(listener,), name=self._name, daemon=True)
        self._thread.start()
        if not self._started.wait(START_TIMEOUT_S) or not self._server.started:
            self._stop()
            raise RuntimeError(f"the server did not start on {self.url} within {START_TIMEOUT_S:.0f} s") from (
                self._failure
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        self._server.stop()
        if self._thread is not None:
            self._thread.join()
        self._loop = None

    def _run(self, listener: socket.socket) -> None:
        try:
            with listener, asyncio.Runner() as runner:
                runner.run(self._serve(listener))
        except BaseException as error:  # `__enter__` raises it in the caller's thread
            self._failure = error
        finally:
            self._started.set()

    async def _serve(self, listener: socket.socket) -> None:
        serving = asyncio.ensure_future(self._server.serve(sockets=[listener]))
        while not self._server.started and not serving.done():
            await asyncio.sleep(0)
        self._loop = asyncio.get_running_loop()
        self._started.set()
        await serving


def serve_in_foreground(
    app: AsgiApp, *, host: str, port: int, on_start: Callable[[str], None], options: ListenerOptions | None = None
) -> None:
    """Serve until a signal arrives. `on_start` gets the URL once connections are accepted.

    Raises:
        ListenError: The address cannot be listened on.
    """
    with bind(host, port) as listener:
        on_start(url_of(host, listener))
        _uvicorn(app, options or ListenerOptions()).run(sockets=[listener])


def _uvicorn(app: AsgiApp, options: ListenerOptions) -> PromptServer:
    return PromptServer(
        uvicorn.Config(
            app,
            http=cast("type[asyncio.Protocol]", options.protocol or BoundedProtocol),
            loop="asyncio",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=options.date_header,
            timeout_keep_alive=cast("int", options.keep_alive_s),
            timeout_graceful_shutdown=options.grace_s,
        ),
        options.on_stop,
    )
