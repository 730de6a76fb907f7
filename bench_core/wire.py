"""The connection below HTTP: uvicorn's protocol, and for faults the raw connection of one request.

The key in the ASGI scope is `extensions["bench_core.wire"]`. Code that takes a `Wire` answers in place of the server:
it writes bytes and ends with exactly one of `keep`, `close`, `reset` and `drop`. A pause ends as soon as the client
disconnects or the server stops, so that nothing outlives its connection and a stalled response never delays the
server's end.
"""

import asyncio
import contextlib
import logging
import re
import socket
import struct
import sys
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from functools import lru_cache
from typing import Any, NamedTuple, Protocol, cast
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from bench_core.errors import CoreError
from bench_core.protocol import BoundedProtocol

__all__ = [
    "EXTENSION",
    "HEADERS",
    "PLAIN",
    "ConnectionGoneError",
    "FastPath",
    "Spelling",
    "Wire",
    "WireProtocol",
    "head_of",
    "read_body",
]

logger = logging.getLogger(__name__)

EXTENSION = "bench_core.wire"
RESET_AT_CLOSE = struct.pack("ii", 1, 0)
INTERNAL_ERROR = b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
LARGE_BODY_BYTES = 64 * 1024
NOT_DIRECT = frozenset({b"expect", b"x-forwarded-for", b"x-forwarded-proto"})
SETTLE_TRIES, SETTLE_STEP_S = 1000, 0.002
SPELLINGS_KEPT = 256
# The key in the ASGI scope of the headers as a mapping, if the server has one.
HEADERS = "bench_core.headers"
# What a request without a body has that a client may repeat, and the bound on what is remembered of it.
REPEATABLE = re.compile(rb"GET (/[A-Za-z0-9/?&=%._~,:;@!$'()*+-]*) HTTP/1\.1")
END_OF_HEAD = b"\r\n\r\n"
MAX_REPEATED_BYTES = 4 * 1024
TARGETS_KEPT = 256


class Spelling(dict[bytes, bytes]):
    """The beginnings of header lines by the names of the headers in lower case: `Content-Type`, each word capitalised.

    Args:
        special_words: Words that are written in another way.
    """

    def __init__(self, special_words: Mapping[bytes, bytes] | None = None) -> None:
        super().__init__()
        self._special_words = special_words or {}

    def __missing__(self, name: bytes) -> bytes:
        words = (self._special_words.get(word) or word.capitalize() for word in name.split(b"-"))
        spelled = b"\r\n%b: " % b"-".join(words)
        if len(self) < SPELLINGS_KEPT:
            self[name] = spelled
        return spelled


PLAIN = Spelling()


def head_of(status: int, headers: list[tuple[bytes, bytes]], *, keeps_alive: bool, spelling: Spelling = PLAIN) -> bytes:
    """Return the status line and headers as the server writes them, including the empty line at the end."""
    fields = b"".join([spelling[name] + value for name, value in headers])
    tail = b"\r\n\r\n" if keeps_alive else b"\r\nConnection: close\r\n\r\n"
    return STATUS_LINE[status][:-2] + fields + tail


class ConnectionGoneError(CoreError):
    """The client disconnected, or the server stopped, while a fault was in progress."""


async def read_body(receive: Callable[[], Awaitable[MutableMapping[str, Any]]]) -> bytes | None:
    """Read the body of a request to an ASGI application.

    Returns:
        The body; None if the client disconnected before its end. What has arrived by then may look complete, and must
        not be taken for what the client wanted to send.
    """
    pieces, more = [], True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        pieces.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(pieces)


def unsent_bytes(descriptor: int) -> int:
    """Return how many bytes of a socket the other side has not acknowledged; 0 if the system does not say."""
    try:
        import fcntl
        import termios
    except ImportError:
        return 0
    answer = fcntl.ioctl(descriptor, termios.TIOCOUTQ, bytes(4))
    return int.from_bytes(answer, sys.byteorder)


class Wire:
    """The raw connection of one request.

    Attributes:
        cycle: uvicorn's view of the response; the protocol sets it before the application is called.
    """

    __slots__ = ("_protocol", "cycle")

    cycle: RequestResponseCycle

    def __init__(self, protocol: "WireProtocol") -> None:
        self._protocol = protocol

    @property
    def protocol(self) -> "WireProtocol":
        """The connection."""
        return self._protocol

    @property
    def transport(self) -> asyncio.Transport:
        """The connection's transport."""
        return self._protocol.transport

    @property
    def keeps_alive(self) -> bool:
        """Whether the client wants to use the connection again."""
        return self.cycle.keep_alive

    def head(self, status: int, headers: list[tuple[bytes, bytes]], *, says_close: bool = False) -> bytes:
        """Return a status line and headers as this server writes them.

        Args:
            status: The status.
            headers: The headers; names in lower case.
            says_close: Whether the headers say themselves that the connection is closed.
        """
        spelling = self._protocol.spelling
        return head_of(status, headers, keeps_alive=self.keeps_alive or says_close, spelling=spelling)

    def take(self) -> None:
        """Answer in place of the server from now on."""
        self._protocol.is_taken = True
        self.cycle.response_started = True

    async def write(self, content: bytes) -> None:
        """Send bytes as they are; wait if the client reads slowly.

        Raises:
            ConnectionGoneError: The client disconnected or the server stopped.
        """
        self._check()
        self.transport.write(content)
        if self._protocol.flow.write_paused:
            await self._protocol.flow.drain()
        self._check()

    async def respond(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        """Send a whole response in place of the server; nobody may be listening any more."""
        self.take()
        try:
            await self.write(self.head(status, headers) + body)
        except ConnectionGoneError:
            self.drop()
        else:
            self.keep()

    async def settle(self) -> None:
        """Wait, for a limited time, until the client's machine has received everything: a reset discards the rest.

        Raises:
            ConnectionGoneError: The client disconnected or the server stopped.
        """
        raw = self.transport.get_extra_info("socket")
        for _ in range(SETTLE_TRIES):
            waiting = self.transport.get_write_buffer_size()
            if raw is None or waiting + unsent_bytes(raw.fileno()) == 0:
                return
            await self.pause(SETTLE_STEP_S)

    async def pause(self, seconds: float | None) -> None:
        """Wait for `seconds`, or without them until the connection is gone.

        Raises:
            ConnectionGoneError: The client disconnected or the server stopped.
        """
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._protocol.gone.wait(), seconds)
        self._check()

    def _check(self) -> None:
        if self._protocol.gone.is_set() or self.transport.is_closing():
            raise ConnectionGoneError("the connection is gone")

    def keep(self) -> None:
        """Finish the response; the connection stays open if the client wants that."""
        self._complete()
        if not self.keeps_alive:
            self.transport.close()
        self._go_on()

    def close(self) -> None:
        """Close the connection in order: what was written arrives, then FIN."""
        self._complete()
        self.transport.close()
        self._go_on()

    def reset(self) -> None:
        """Break the connection with RST."""
        self._complete()
        self._protocol.reset()
        self._go_on()

    def drop(self) -> None:
        """Abandon a connection that nobody listens on."""
        self.take()
        self._complete()
        self.transport.abort()
        self._go_on()

    def _complete(self) -> None:
        self.cycle.response_complete = True
        self.cycle.message_event.set()

    def _go_on(self) -> None:
        self.cycle.on_response()


class _Repeated(NamedTuple):
    """What follows the request line in the last request, and the scope that it had."""

    fields: bytes
    scope: dict[str, Any]


class _Target(NamedTuple):
    """What a request line asks for."""

    url: bytes
    path: str
    raw_path: bytes
    query: bytes


@lru_cache(maxsize=TARGETS_KEPT)
def _repeatable_target(line: bytes) -> _Target | None:
    """Return the target of a request line; None if only a parser may judge the line."""
    found = REPEATABLE.fullmatch(line)
    try:
        return None if found is None else _target(found[1])
    except httptools.HttpParserInvalidURLError:
        return None


@lru_cache(maxsize=TARGETS_KEPT)
def _target(url: bytes) -> _Target:
    parsed = httptools.parse_url(url)
    path = parsed.path.decode("ascii")
    return _Target(url, unquote(path) if "%" in path else path, parsed.path, parsed.query or b"")


class FastPath(Protocol):
    """Computes a response as soon as the request's last byte has arrived, if that is possible."""

    def __call__(self, scope: dict[str, Any], body: bytes, *, keeps_alive: bool) -> bytes | None:
        """Return the whole response, or None if the ASGI application must be called."""


class WireProtocol(BoundedProtocol):
    """Answers in a single write whatever needs no waiting, and leaves the rest to uvicorn.

    The rest is requests that a fault steps into, requests queued behind them on the same connection, bodies for which
    the client waits for `100 Continue`, and requests that came through a proxy. They find a `Wire` in their scope.
    """

    def __init__(
        self,
        fast_path: FastPath,
        wants_body: Callable[[dict[str, Any]], bool] = lambda _: True,
        spelling: Spelling = PLAIN,
        **uvicorns: Any,
    ) -> None:
        super().__init__(**uvicorns)
        self.spelling = spelling
        self._at_once = fast_path
        self._wants_body = wants_body
        self._is_direct = False
        self._body: list[bytes] = []
        self._idle_since: float | None = None
        self.gone = asyncio.Event()
        self.wire: Wire | None = None
        self.is_taken = False
        self._answered = 0
        self._repeated: _Repeated | None = None

    def data_received(self, data: bytes) -> None:
        """Parse what has arrived, unless it is the last request once more but for its target.

        A client sends the same headers with every page that it reads. Parsing them takes a fifth of the server's time.
        """
        repeated = self._repeated
        if repeated is not None and data.endswith(repeated.fields) and self._is_free():
            line = data[: -len(repeated.fields)]
            target = _repeatable_target(line) if len(line) <= MAX_REPEATED_BYTES else None
            if target is not None:
                self._answer_again(target, repeated.scope)
                return
        self._repeated, self._answered = None, 0
        was_between = self.is_between
        super().data_received(data)
        if was_between and self.is_between and self._answered == 1:
            self._repeated = self._repeatable(data)

    def _repeatable(self, data: bytes) -> _Repeated | None:
        """Return what a client may repeat of the one request in these bytes, which was answered at once."""
        # A request that ends the connection, or is of HTTP/1.0, was not answered so that another one may follow.
        if self.noted or len(data) > MAX_REPEATED_BYTES or data.find(END_OF_HEAD) != len(data) - len(END_OF_HEAD):
            return None
        line, headers = data.partition(b"\r\n")[0], dict(self.headers)
        target = _repeatable_target(line)
        if target is None or target.url != self.url or b"upgrade" in headers:
            return None
        return _Repeated(data[len(line) :], {**cast("dict[str, Any]", self.scope), HEADERS: headers})

    def _answer_again(self, target: _Target, scope: dict[str, Any]) -> None:
        """Answer a request whose headers are those of the last one, which leaves the parser as it is."""
        self._unset_keepalive_if_required()
        self.url = target.url
        scope = scope.copy()
        scope["path"], scope["raw_path"], scope["query_string"] = target.path, target.raw_path, target.query
        self.scope = cast("Any", scope)
        self._is_direct, self._body = True, []
        self.complete()

    def refuse_early(self) -> None:
        """Answer at once if the body is large and nobody wants it."""
        if not self._has_large_body() or not self._is_free():
            return
        self._complete_scope()
        if not self._wants_body(cast("dict[str, Any]", self.scope)):
            self.refuse_with(self._try(b"", keeps_alive=False) or INTERNAL_ERROR)

    def accept_head(self) -> None:
        """Begin to answer, or wait for the body first."""
        self._is_direct = self._is_free() and NOT_DIRECT.isdisjoint(self.noted)
        if self._is_direct:
            self._body = []
            self._complete_scope()
        else:
            self._begin_cycle()

    def _has_large_body(self) -> bool:
        return self.announced_bytes > LARGE_BODY_BYTES or b"transfer-encoding" in self.noted

    def accept_body(self, body: bytes) -> None:
        """Keep a piece of the body."""
        if self._is_direct:
            self._body.append(body)
        else:
            super().accept_body(body)

    def complete(self) -> None:
        """Answer the request."""
        if not self._is_direct:
            super().complete()
            return
        body = b"".join(self._body)
        keeps_alive = self._keeps_alive
        answer = self._try(body, keeps_alive=keeps_alive)
        if answer is None:
            self._begin_cycle()
            self.cycle.body += body
            super().complete()
            return
        self.transport.write(answer)
        if not keeps_alive or answer is INTERNAL_ERROR:
            self.transport.close()
        else:
            self._answered += 1
        self.on_response_complete()

    @property
    def _speaks_1_1(self) -> bool:
        """Whether the request came with HTTP/1.1."""
        return self.parser.get_http_version() != "1.0"

    @property
    def _keeps_alive(self) -> bool:
        """Whether the client wants to use the connection again."""
        return self._speaks_1_1 and self.parser.should_keep_alive()

    def _is_free(self) -> bool:
        is_answered = self.cycle is None or self.cycle.response_complete
        return is_answered and not self.flow.write_paused and not self.transport.is_closing()

    def _complete_scope(self) -> None:
        """Add what uvicorn adds to the scope when it begins a response."""
        target = (_target if len(self.url) <= MAX_REPEATED_BYTES else _target.__wrapped__)(self.url)
        scope = cast("dict[str, Any]", self.scope)
        scope["method"] = self.parser.get_method().decode("ascii")
        scope["path"], scope["raw_path"], scope["query_string"] = target.path, target.raw_path, target.query

    def _try(self, body: bytes, *, keeps_alive: bool) -> bytes | None:
        try:
            return self._at_once(cast("dict[str, Any]", self.scope), body, keeps_alive=keeps_alive)
        except Exception:
            # The parser would take an exception here for a broken request.
            logger.exception("%s failed", self.scope["method"])
            return INTERNAL_ERROR

    def reset(self) -> None:
        """Break the connection with RST."""
        raw = self.transport.get_extra_info("socket")
        if raw is not None and not self.transport.is_closing():
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_CLOSE)
        self.transport.abort()

    def _begin_cycle(self) -> None:
        self.wire = Wire(self)
        cast("dict[str, Any]", self.scope)["extensions"] = {EXTENSION: self.wire}
        super().accept_head()
        self.wire.cycle = self.cycle

    def on_response_complete(self) -> None:
        """Wait for the next request, for a limited time.

        One timer per connection checks at intervals how long the connection has been idle; uvicorn sets and cancels one
        for each request.
        """
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
            return
        self._idle_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._look_again_in(self.timeout_keep_alive)

    def _unset_keepalive_if_required(self) -> None:
        self._idle_since = None

    def _look_again_in(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection that has been idle for too long."""
        self.timeout_keep_alive_task = None
        if self._idle_since is None:
            return
        left_s = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left_s > 0:
            self._look_again_in(left_s)
        elif not self.transport.is_closing():
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Clean up after the client disconnected or the connection was ended here."""
        self.gone.set()
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Wake what waits; a connection on which a fault is in progress ends at once."""
        self.gone.set()
        super().shutdown()
        if self.is_taken:
            self.transport.abort()
