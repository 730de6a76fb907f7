"""uvicorn's HTTP protocol with bounds: on the head of a request, and on a body.

uvicorn bounds neither with its fast parser. A request past a bound is refused and its connection closed. What the
client still sends is thrown away for a short time, because closing at once would destroy the response on its way.
"""

from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

__all__ = ["MAX_BODY_BYTES", "MAX_HEAD_BYTES", "BoundedProtocol"]

# Source: docs (Cloudflare, which is in front of HubSpot: 128 KB for all headers of a request).
MAX_HEAD_BYTES = 128 * 1024
MAX_BODY_BYTES = 256 * 1024 * 1024
NOTED = frozenset({b"content-length", b"transfer-encoding", b"expect", b"x-forwarded-for", b"x-forwarded-proto"})
LINGER_S = 2.0
LINGER_BYTES = 8 * 1024 * 1024


class BoundedProtocol(HttpToolsProtocol):
    """Serves a connection, and refuses heads and bodies past the bounds: 431 and 413.

    Attributes:
        max_body_bytes: The bound on a body.
    """

    def __init__(self, **uvicorns: Any) -> None:
        super().__init__(**uvicorns)
        self.max_body_bytes = MAX_BODY_BYTES
        self._head_bytes = 0
        self._body_bytes = 0
        self._is_in_head = True
        self._has_begun = False
        # Whether all that has arrived belongs to whole requests.
        self.is_between = True
        self._piece_bytes = self._first_bytes = 0
        self._thrown_away: int | None = None
        # The headers of the request that are in `NOTED`, to look them up quickly.
        self.noted: dict[bytes, bytes] = {}

    def data_received(self, data: bytes) -> None:
        """Parse what has arrived."""
        if self._thrown_away is not None:
            self._throw_away(len(data))
            return
        was_in_head, self._has_begun = self._is_in_head, False
        self._piece_bytes = len(data)
        super().data_received(data)
        # A piece in which a request begins may also hold the end of the one before; one that ends a body is no head.
        if was_in_head and self._is_in_head and not self._has_begun:
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES and not self.is_refused:
                self._refuse_head()

    def on_message_begin(self) -> None:
        """Begin to count."""
        super().on_message_begin()
        self._is_in_head = self._has_begun = True
        self.is_between = False
        self._head_bytes = self._body_bytes = 0
        self._first_bytes = self._piece_bytes
        self.noted = {}

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header, and note it if the server itself looks for it."""
        name = name.lower()
        self.headers.append((name, value))
        if name in NOTED:
            self.noted.setdefault(name, value)
            if name == b"expect" and value.lower() == b"100-continue":
                self.expect_100_continue = True

    def on_headers_complete(self) -> None:
        """Check the head and, if its size is announced, the body."""
        self._is_in_head = False
        if self.is_refused:
            return
        if self._has_long_head():
            self._refuse_head()
            return
        if self.noted:
            self.refuse_early()
            if not self.is_refused and self.announced_bytes > self.max_body_bytes:
                self._refuse_body()
        if not self.is_refused:
            self.accept_head()

    def refuse_early(self) -> None:
        """Refuse a request with a body by its head alone, with `refuse_with`, or change the bound.

        This class does neither.
        """

    def accept_head(self) -> None:
        """Begin to answer a request whose head is within the bounds."""
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        if self.is_refused:
            return
        self._body_bytes += len(body)
        if self._body_bytes > self.max_body_bytes:
            self._refuse_body()
        else:
            self.accept_body(body)

    def accept_body(self, body: bytes) -> None:
        """Take a piece of a body within the bounds."""
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Answer the request, unless it was refused."""
        self._is_in_head = self.is_between = True
        if not self.is_refused:
            self.complete()

    def complete(self) -> None:
        """Answer a request within the bounds."""
        super().on_message_complete()

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing: no server has to switch protocols, and uvicorn's advice is not for users."""

    @property
    def is_refused(self) -> bool:
        """Whether the connection only waits for its end."""
        return self._thrown_away is not None

    @property
    def announced_bytes(self) -> int:
        """The size of the body according to `Content-Length`; 0 without one."""
        value = self.noted.get(b"content-length", b"0")
        return int(value) if value.isdigit() and len(value) < 20 else 0

    def _has_long_head(self) -> bool:
        if self._first_bytes + self._head_bytes + self._piece_bytes <= MAX_HEAD_BYTES:
            return False  # all pieces that can hold it are within the bound
        return len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > MAX_HEAD_BYTES

    def refuse_with(self, response: bytes) -> None:
        """Send a response instead of reading the request, and close the connection in order."""
        if self.cycle is not None and not self.cycle.response_complete:
            if self.cycle.scope is not self.scope or self.cycle.response_started or self.pipeline:
                self.transport.abort()  # an earlier response is on its way; another one cannot be sent before it
                return
            self.cycle.disconnected = True  # the reader of the body learns that the rest will not come
            self.cycle.message_event.set()
        self.transport.write(response)
        self.end_unread()

    def end_unread(self) -> None:
        """Close the connection in order although the client still sends: what it sends is thrown away."""
        self._thrown_away = 0
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(LINGER_S, self.transport.abort)

    def _refuse_head(self) -> None:
        self._refuse(431, f"expected a request head of at most {MAX_HEAD_BYTES} bytes")

    def _refuse_body(self) -> None:
        self._refuse(413, f"expected a body of at most {self.max_body_bytes} bytes")

    def _refuse(self, status: int, text: str) -> None:
        body = text.encode("ascii")
        head = b"content-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
        self.refuse_with(STATUS_LINE[status] + head % len(body) + body)

    def _throw_away(self, size: int) -> None:
        self._thrown_away = (self._thrown_away or 0) + size
        if self._thrown_away > LINGER_BYTES:
            self.transport.abort()
