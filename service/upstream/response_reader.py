"""Reads a response and stops when the downstream client disconnects, even if HubSpot stalls or sends byte by byte.

A response is used only if it is complete by its own account: as long as announced, or up to its last chunk. Headers,
body, what surrounds the chunks, and the time that all of it takes are bounded. The status counts first: of a response
without success, a body that is broken, endless, too long or too slow is dropped, and its status and headers are used.
"""

import math
import socket
import time
from collections.abc import Callable

import httptools

from service.downstream import DownstreamClient

__all__ = ["BoundError", "ResponseReader"]

_POLL_INTERVAL_S = 0.25
_RECEIVE_BYTES = 65_536  # enough for most pages at once
_MAX_HEAD_BYTES = 131_072  # headers, and later trailers and chunk sizes
_MAX_BODY_BYTES = 8 * 2**20
_MAX_ERROR_BYTES = 131_072
_MAX_HEADERS = 500
_MAX_FRAMING = 8  # bytes of framing for each byte of the body: a chunk of one byte needs five


class BoundError(Exception):
    """A response is larger than what is read of it. The message names the bound."""


class ResponseReader:
    """Replaces `http.client.HTTPResponse` as a connection's `response_class`.

    The standard library parses headers as e-mail, which takes longer than everything else that is done with a page.

    Args:
        sock: Plain or TLS. Its timeout is changed.
        method: The request's method, which http.client passes. HEAD is never used.
        downstream: Checked four times a second while waiting.
        timeout_s: The longest time without a byte.
        transfer_timeout_s: The longest time from the first byte to the last. Without it, a response that arrives byte
            by byte takes days.
        max_body_bytes: The longest body of a success, as it is sent.
        clock: A monotonic clock.
        on_size: Called with the size of the body each time that it has grown. May wait, or raise to stop.
        is_readable: Whether there is data to read already.

    Attributes:
        status: HubSpot's HTTP status.
        headers: By name in lower case. Values of a repeated header are joined by a comma.
        will_close: Whether the connection cannot carry another request.
    """

    def __init__(
        self,
        sock: socket.socket,
        *,
        method: str | None = None,  # noqa: ARG002 - see Args
        downstream: DownstreamClient,
        timeout_s: float,
        transfer_timeout_s: float = math.inf,
        max_body_bytes: int = _MAX_BODY_BYTES,
        clock: Callable[[], float] = time.monotonic,
        on_size: Callable[[int], None] = lambda _size: None,
        is_readable: bool = False,
    ) -> None:
        self._socket = sock
        self._downstream = downstream
        self._timeout_s = timeout_s
        self._transfer_timeout_s = transfer_timeout_s
        self._must_end_at = math.inf
        self._clock = clock
        self._on_size = on_size
        self._is_readable = is_readable
        self._parser = httptools.HttpResponseParser(self)
        self._max_body_bytes = max_body_bytes
        self._body = bytearray()  # not a list of pieces: a chunk may have one byte
        self._is_head_complete = self._is_complete = False
        self._header_count = 0
        self.status = 0
        self.headers: dict[str, str] = {}
        self.will_close = True
        sock.settimeout(min(_POLL_INTERVAL_S, timeout_s))

    def begin(self) -> None:
        """Read the whole response.

        Raises:
            TimeoutError: Nothing arrived in time, or not everything did.
            ConnectionError: The response was cut off.
            BoundError: Its headers, its body or its chunk framing are too long.
            httptools.HttpParserError: It is not HTTP.
            PullAbandoned: The downstream client disconnected, or the service is shutting down.
        """
        try:
            self._read()
        except (OSError, BoundError, httptools.HttpParserError):
            self._body = bytearray()  # the parser refers to this object, so it lives on for a while
            if not self._is_head_complete or 200 <= self.status < 300:
                raise
            self.will_close = True

    def _read(self) -> None:
        received_bytes = 0
        while not self._is_complete:
            piece = self._receive()
            if not piece:
                self._finish_at_end_of_connection()
                return
            if not received_bytes:
                self._must_end_at = self._clock() + self._transfer_timeout_s
            self._feed(piece)
            received_bytes += len(piece)
            self._check_bounds(received_bytes)
            self._on_size(len(self._body))

    def _check_bounds(self, received_bytes: int) -> None:
        """Stop at a body that is too long, and at headers, trailers or chunk extensions that do not end."""
        max_body_bytes = self._max_body_bytes if 200 <= self.status < 300 else _MAX_ERROR_BYTES
        if len(self._body) > max_body_bytes:
            raise BoundError(f"its body is longer than {max_body_bytes:,} bytes")
        if self._header_count > _MAX_HEADERS:
            raise BoundError(f"it has more than {_MAX_HEADERS} headers")
        if received_bytes - len(self._body) > _MAX_HEAD_BYTES + _MAX_FRAMING * len(self._body):
            part = "trailers and chunk sizes" if self._is_head_complete else "headers"
            raise BoundError(f"its {part} are longer than {_MAX_HEAD_BYTES:,} bytes")

    def read(self) -> bytes:
        """Return the body as it was sent, once."""
        body, self._body = bytes(self._body), bytearray()
        return body

    def isclosed(self) -> bool:
        """Return True: nothing more is read for this response."""
        return True

    def close(self) -> None:
        """Do nothing: the socket belongs to the connection."""

    def _receive(self) -> bytes:
        """Return the next bytes, none at the end of the connection."""
        now = self._clock()
        if now >= self._must_end_at:
            raise TimeoutError
        deadline = min(now + self._timeout_s, self._must_end_at)
        while True:
            if not self._is_readable:
                self._downstream.wait_readable(self._socket, deadline=deadline)
            self._is_readable = False
            try:
                return self._socket.recv(_RECEIVE_BYTES)
            except TimeoutError:  # a client that does not wait, or half a TLS record
                if self._clock() >= deadline:
                    raise

    def _feed(self, piece: bytes) -> None:
        try:
            self._parser.feed_data(piece)
        except httptools.HttpParserUpgrade:
            raise ConnectionError("the server switched to another protocol") from None
        except httptools.HttpParserError:
            if not self._is_complete:
                raise
            self.will_close = True  # the response is complete; what follows it does not belong to it

    def _finish_at_end_of_connection(self) -> None:
        """Accept the end of the connection as the end of a response that announced no length."""
        if not self._is_head_complete or {"content-length", "transfer-encoding"} & self.headers.keys():
            raise ConnectionError("the response was cut off")
        self._is_complete = True

    # --- called by the parser ---

    def on_message_begin(self) -> None:
        """Give up the connection if this is a second response: then it is out of step with the requests."""
        self.will_close = True

    def on_header(self, name: bytes, value: bytes) -> None:
        """Store a header. Trailers are ignored."""
        if self._is_head_complete or self._header_count > _MAX_HEADERS:
            return
        self._header_count += 1
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        self.headers[key] = f"{self.headers[key]}, {text}" if key in self.headers else text

    def on_headers_complete(self) -> None:
        """Store the status. An informational response (1xx) is skipped."""
        if self._is_complete:
            return
        self.status = self._parser.get_status_code()
        self._is_head_complete = self.status >= 200
        if not self._is_head_complete:
            self.headers.clear()

    def on_body(self, piece: bytes) -> None:
        """Store a part of the body."""
        if not self._is_complete:
            self._body += piece

    def on_message_complete(self) -> None:
        """Mark the response as complete, unless it was informational (1xx)."""
        if self._is_head_complete and not self._is_complete:
            self._is_complete = True
            self.will_close = not self._parser.should_keep_alive()
