"""Reading an answer with an eye on who waits for it: a body that stalls or drips must not hold a pull nobody wants.

An answer is believed only when it is whole by its own account: as long as announced, or up to its last chunk.
"""

import socket
import time
from collections.abc import Callable

import httptools

from service.downstream import DownstreamClient

__all__ = ["ResponseReader"]

_SLICE_S = 0.25
_PIECE_BYTES = 65_536  # the usual page at one go
_LONGEST_HEAD_BYTES = 131_072


class ResponseReader:
    """An HTTP answer, read to its end. Stands in for `http.client.HTTPResponse` as a connection's `response_class`.

    The standard library parses headers as e-mail, which for a page of records takes longer than everything else that
    is done with it.

    Attributes:
        status: HubSpot's HTTP status.
        headers: By name in lower case; the values of one that comes twice are joined by a comma.
        will_close: Whether the connection cannot take another request.
    """

    def __init__(
        self,
        sock: socket.socket,
        *,
        method: str | None = None,  # noqa: ARG002 - given by http.client; HEAD is never asked
        downstream: DownstreamClient,
        timeout_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Nothing is read before `begin`.

        Args:
            sock: Plain or TLS. Its time-out is changed.
            method: Of the request.
            downstream: Asked, four times a second, whether to go on.
            timeout_s: The longest time without a byte.
            clock: Monotonic.
        """
        self._socket = sock
        self._downstream = downstream
        self._timeout_s = timeout_s
        self._clock = clock
        self._parser = httptools.HttpResponseParser(self)
        self._pieces: list[bytes] = []
        self._is_head_whole = self._is_whole = False
        self.status = 0
        self.headers: dict[str, str] = {}
        self.will_close = True
        sock.settimeout(min(_SLICE_S, timeout_s))

    def begin(self) -> None:
        """Read all of it.

        Raises:
            TimeoutError: Nothing came in time.
            ConnectionError: It was cut off, or its headers have no end.
            httptools.HttpParserError: It is not HTTP.
            PullAbandoned: Nobody waits for it any more.
        """
        head_bytes = 0
        while not self._is_whole:
            piece = self._receive()
            if not piece:
                self._end_of_connection()
                return
            self._feed(piece)
            head_bytes += 0 if self._is_head_whole else len(piece)
            if head_bytes > _LONGEST_HEAD_BYTES:
                raise ConnectionError("headers without an end")

    def read(self) -> bytes:
        """The body, as it was sent."""
        return self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)

    def isclosed(self) -> bool:
        """It is: nothing more is read for it."""
        return True

    def close(self) -> None:
        """Nothing to let go of: the socket is the connection's."""

    def _receive(self) -> bytes:
        """What came; nothing at the end of the connection."""
        deadline = self._clock() + self._timeout_s
        while True:
            self._downstream.wait_readable(self._socket, deadline=deadline)
            try:
                return self._socket.recv(_PIECE_BYTES)
            except TimeoutError:  # a caller that does not look, or half a TLS record
                if self._clock() >= deadline:
                    raise

    def _feed(self, piece: bytes) -> None:
        try:
            self._parser.feed_data(piece)
        except httptools.HttpParserUpgrade:
            raise ConnectionError("another protocol") from None
        except httptools.HttpParserError:
            if not self._is_whole:
                raise
            self.will_close = True  # the answer is there; what follows it is not ours

    def _end_of_connection(self) -> None:
        """The end of an answer that announced none; otherwise it was cut off."""
        if not self._is_head_whole or {"content-length", "transfer-encoding"} & self.headers.keys():
            raise ConnectionError("cut off")
        self._is_whole = True

    # --- called by the parser ---

    def on_message_begin(self) -> None:
        """Another answer behind the one that was asked for: the connection is out of step."""
        self.will_close = True

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header; trailers are passed over."""
        if self._is_head_whole:
            return
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        self.headers[key] = f"{self.headers[key]}, {text}" if key in self.headers else text

    def on_headers_complete(self) -> None:
        """The head is whole, unless it only announces another one."""
        if self._is_whole:
            return
        self.status = self._parser.get_status_code()
        self._is_head_whole = self.status >= 200
        if not self._is_head_whole:
            self.headers.clear()

    def on_body(self, piece: bytes) -> None:
        """A part of the body."""
        if not self._is_whole:
            self._pieces.append(piece)

    def on_message_complete(self) -> None:
        """The answer is whole, unless it was "100 Continue" or its like."""
        if self._is_head_whole and not self._is_whole:
            self._is_whole = True
            self.will_close = not self._parser.should_keep_alive()
