"""One connection to the upstream: a request is written, and the response goes to a sink as it arrives."""

import asyncio
import socket
from contextlib import suppress
from typing import Protocol

import httptools

from contract_bench.proxy.errors import UpstreamError

__all__ = ["NO_BODY", "Head", "ResponseSink", "UpstreamConnection"]

# Statuses whose responses have no body, whatever their headers say.
NO_BODY = frozenset({204, 304})
MAX_HEAD_BYTES = 256 * 1024
READ_BYTES = 64 * 1024
Headers = list[tuple[bytes, bytes]]


class Head:
    """The head of a response.

    Attributes:
        headers: As the upstream spelled them.
        length: The announced length of the body; None if there is none.
        is_chunked: Whether the body comes in chunks. One with neither a length nor chunks ends with the connection.
    """

    __slots__ = ("headers", "is_chunked", "length", "reason", "status")

    def __init__(self, status: int, reason: bytes, headers: Headers) -> None:
        self.status = status
        self.reason = reason
        self.headers = headers
        self.length: int | None = None
        self.is_chunked = False
        for name, value in headers:
            if len(name) == 14 and name.lower() == b"content-length" and value.isdigit():
                self.length = int(value)
            elif len(name) == 17 and name.lower() == b"transfer-encoding":
                self.is_chunked = b"chunked" in value.lower()

    @property
    def ends_with_the_connection(self) -> bool:
        """Whether only the end of the connection ends the body."""
        return self.length is None and not self.is_chunked and self.status not in NO_BODY


class ResponseSink(Protocol):
    """Takes a response as it arrives."""

    def begin(self, head: Head) -> None:
        """Take the head."""

    def add(self, piece: bytes) -> None:
        """Take a piece of the body."""

    def flush(self) -> None:
        """Called when everything that has arrived so far was taken."""

    def end(self) -> None:
        """Take the end of the response."""

    def fail(self, error: UpstreamError, *, has_begun: bool) -> None:
        """Take the end of the connection before the end of the response."""

    def upload_full(self, is_full: bool) -> None:
        """Called when the upstream reads the request too slowly, and when it goes on."""


class UpstreamConnection(asyncio.Protocol):
    """A connection that serves one request after the other.

    Attributes:
        is_reusable: Whether another request can be sent.
        was_used: Whether it has served a request before the current one.
        idle_since: When its last response ended. Units: seconds of the loop's clock.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.transport: asyncio.Transport | None = None
        self.is_reusable = True
        self.was_used = False
        self.idle_since = 0.0
        self._sink: ResponseSink | None = None
        self._head: Head | None = None
        self._is_head_request = False
        self._headers: Headers = []
        self._reason = b""
        self._head_bytes = 0
        self._is_complete = False
        self._parser = httptools.HttpResponseParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport = transport  # type: ignore[assignment]  # a stream transport

    def send(self, request: bytes, sink: ResponseSink, *, is_head_request: bool) -> None:
        """Send a request whose response goes to `sink`."""
        assert self.transport is not None  # noqa: S101 - the connection is established before it is used
        self._sink, self._head, self._is_complete = sink, None, False
        self._is_head_request = is_head_request
        self._head_bytes = 0
        self.transport.write(request)

    def abandon(self) -> None:
        """Give up the response, for instance because the client is gone."""
        self._sink = None
        self.is_reusable = False
        if self.transport is not None:
            self.transport.abort()

    def send_more(self, content: bytes) -> None:
        """Send a piece of the body of the request."""
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(content)

    def pause_writing(self) -> None:
        """The upstream reads slowly."""
        if self._sink is not None:
            self._sink.upload_full(True)

    def resume_writing(self) -> None:
        """The upstream reads again."""
        if self._sink is not None:
            self._sink.upload_full(False)

    def pause(self) -> None:
        """Stop reading until `resume`: the client reads slowly."""
        if self.transport is not None and not self.transport.is_closing():
            self.transport.pause_reading()

    def resume(self) -> None:
        """Go on reading."""
        if self.transport is not None and not self.transport.is_closing():
            self.transport.resume_reading()

    def data_received(self, data: bytes) -> None:
        """Parse what has arrived."""
        sink = self._sink
        if sink is None:  # nothing was asked for
            self.abandon()
            return
        if self._head is None:
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES + len(data):
                self._give_up(f"expected a response head of at most {MAX_HEAD_BYTES} bytes")
                return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._give_up("the upstream switched protocols, which is not supported")
            return
        except httptools.HttpParserError as error:
            self._give_up(f"the upstream's response is not HTTP: {error}")
            return
        if self._is_complete:
            self._finish(sink)
        elif self._sink is not None:
            sink.flush()

    def on_message_begin(self) -> None:
        """Begin a head."""
        if self._is_complete:
            self.is_reusable = False  # something follows that nobody asked for
        self._headers = []
        self._reason = b""

    def on_status(self, status: bytes) -> None:
        """Take the reason phrase."""
        self._reason += status

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Pass the head on, unless it is an interim one."""
        status = self._parser.get_status_code()
        if status < 200 or self._is_complete or self._sink is None:
            return
        self._head = Head(status, self._reason, self._headers)
        self._sink.begin(self._head)
        if self._is_head_request:
            # The parser expects the body that the head announces; none will come.
            self.is_reusable = False
            self._is_complete = True

    def on_body(self, piece: bytes) -> None:
        """Pass a piece of the body on."""
        if self._sink is not None and not self._is_complete:
            self._sink.add(piece)

    def on_message_complete(self) -> None:
        """Take note of the end. What is after it is not read by the sink."""
        if self._head is not None:
            self._is_complete = True
            if not self._parser.should_keep_alive():  # known only now
                self.is_reusable = False

    def _finish(self, sink: ResponseSink) -> None:
        self._sink = None
        self.was_used = True
        self.idle_since = self._loop.time()
        if self._head is not None and self._head.ends_with_the_connection:
            self.is_reusable = False
        if not self.is_reusable and self.transport is not None:
            self.transport.close()
        sink.end()

    def _give_up(self, problem: str) -> None:
        self._fail(UpstreamError(problem))
        self.abandon()

    def _fail(self, error: UpstreamError) -> None:
        sink, self._sink = self._sink, None
        self.is_reusable = False
        if sink is not None:
            sink.fail(error, has_begun=self._head is not None)

    def connection_lost(self, exc: Exception | None) -> None:
        """End a response that ends with the connection; any other one has failed."""
        self.is_reusable = False
        if exc is not None and self._head is None:
            self._read_rest()
        sink = self._sink
        if sink is None:
            return
        if exc is None and self._head is not None and self._head.ends_with_the_connection:
            self._finish(sink)
            return
        how = "reset the connection" if exc is not None else "closed the connection"
        what = "in the middle of the response" if self._head is not None else "before it responded"
        self._fail(UpstreamError(f"the upstream {how} {what}", was_reset=exc is not None))

    def _read_rest(self) -> None:
        """Read what has arrived already: an upstream may refuse a request, and close the connection while more comes.

        Then writing fails, and asyncio gives up without reading its answer.
        """
        raw = None if self.transport is None else self.transport.get_extra_info("socket")
        if self.transport is None or raw is None or self.transport.get_extra_info("sslcontext") is not None:
            return
        with suppress(OSError), socket.fromfd(raw.fileno(), raw.family, raw.type) as again:
            again.setblocking(False)
            while self._sink is not None and (data := again.recv(READ_BYTES)):
                self.data_received(data)
