"""The wire below HTTP: uvicorn's protocol, and for faults the raw connection of one exchange.

The scope key is `extensions["fake_hubspot.wire"]`. Whoever takes a `Wire` answers in the server's place: it writes
bytes and ends with exactly one of `keep`, `close`, `reset` and `drop`. A pause ends at once when the client goes away
or the server stops, so that nothing outlives its connection and a stalled answer never delays the server's end.
"""

import asyncio
import contextlib
import socket
import struct
import sys
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from fake_hubspot.errors import FakeHubSpotError

__all__ = ["EXTENSION", "ConnectionGoneError", "Wire", "WireProtocol", "head_of"]

EXTENSION = "fake_hubspot.wire"
RESET_AT_CLOSE = struct.pack("ii", 1, 0)
SETTLE_TRIES, SETTLE_STEP_S = 1000, 0.002


class ConnectionGoneError(FakeHubSpotError):
    """The client went away, or the server stops, while a fault was under way."""


def unsent_bytes(descriptor: int) -> int:
    """How many bytes of a socket the other side has not confirmed; 0 where the system does not tell."""
    try:
        import fcntl
        import termios
    except ImportError:
        return 0
    answer = fcntl.ioctl(descriptor, termios.TIOCOUTQ, bytes(4))
    return int.from_bytes(answer, sys.byteorder)


class Wire:
    """The raw connection of one exchange."""

    __slots__ = ("_protocol", "cycle")

    def __init__(self, protocol: "WireProtocol") -> None:
        self._protocol = protocol
        self.cycle: RequestResponseCycle | None = None

    @property
    def transport(self) -> asyncio.Transport:
        """The connection itself."""
        return self._protocol.transport

    @property
    def keeps_alive(self) -> bool:
        """Whether the client wants to use the connection again."""
        return self.cycle is not None and self.cycle.keep_alive

    def take(self) -> None:
        """Answer in the server's place from now on."""
        self._protocol.is_taken = True
        if self.cycle is not None:
            self.cycle.response_started = True

    async def write(self, content: bytes) -> None:
        """Send bytes as they are; waits where the client is slow to read.

        Raises: ConnectionGoneError.
        """
        self._check()
        self.transport.write(content)
        if self._protocol.flow.write_paused:
            await self._protocol.flow.drain()
        self._check()

    async def settle(self) -> None:
        """Wait until the client's machine has all that was written, but not for ever: a reset throws away the rest.

        Raises: ConnectionGoneError.
        """
        raw = self.transport.get_extra_info("socket")
        for _ in range(SETTLE_TRIES):
            waiting = self.transport.get_write_buffer_size()
            if raw is None or waiting + unsent_bytes(raw.fileno()) == 0:
                return
            await self.pause(SETTLE_STEP_S)

    async def pause(self, seconds: float | None) -> None:
        """Wait; without `seconds` until the connection is gone.

        Raises: ConnectionGoneError as soon as the client goes away or the server stops.
        """
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._protocol.gone.wait(), seconds)
        self._check()

    def _check(self) -> None:
        if self._protocol.gone.is_set() or self.transport.is_closing():
            raise ConnectionGoneError("the connection is gone")

    def keep(self) -> None:
        """The answer is whole; the connection goes on where the client wants it to."""
        self._complete()
        if not self.keeps_alive:
            self.transport.close()
        self._go_on()

    def close(self) -> None:
        """End the connection in order: what was written arrives, then FIN."""
        self._complete()
        self.transport.close()
        self._go_on()

    def reset(self) -> None:
        """Break the connection: RST."""
        self._complete()
        raw = self.transport.get_extra_info("socket")
        if raw is not None and not self.transport.is_closing():
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_CLOSE)
        self.transport.abort()
        self._go_on()

    def drop(self) -> None:
        """Let go of a connection that nobody listens on."""
        self.take()
        self._complete()
        self.transport.abort()
        self._go_on()

    def _complete(self) -> None:
        if self.cycle is not None:
            self.cycle.response_complete = True
            self.cycle.message_event.set()

    def _go_on(self) -> None:
        if self.cycle is not None:
            self.cycle.on_response()


class WireProtocol(HttpToolsProtocol):
    """Puts a `Wire` into each request's scope and tells it when the connection ends."""

    gone: asyncio.Event
    wire: Wire | None = None
    is_taken = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """A client has come."""
        self.gone = asyncio.Event()
        super().connection_made(transport)

    def on_message_begin(self) -> None:
        """Open a request's scope."""
        super().on_message_begin()
        self.wire = Wire(self)
        scope = cast("dict[str, Any]", self.scope)
        scope["extensions"] = {EXTENSION: self.wire}

    def on_headers_complete(self) -> None:
        """Begin to answer."""
        super().on_headers_complete()
        if self.wire is not None:
            self.wire.cycle = self.cycle

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone, or the connection was ended here."""
        self.gone.set()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """The server stops: wake what waits; a connection on which a fault is under way ends at once."""
        self.gone.set()
        super().shutdown()
        if self.is_taken:
            self.transport.abort()


def head_of(status: int, headers: list[tuple[bytes, bytes]], *, keeps_alive: bool) -> bytes:
    """Status line and headers as the server writes them, with the empty line at their end."""
    fields = b"".join(b"%b: %b\r\n" % field for field in headers)
    return STATUS_LINE[status] + fields + (b"" if keeps_alive else b"connection: close\r\n") + b"\r\n"
