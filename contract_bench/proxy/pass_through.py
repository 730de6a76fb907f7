"""A response on its way from the upstream to the client, as it arrives.

The body of a page of JSON is held until it is complete, because links in it are rewritten; everything else is passed on
piece by piece, in both directions. What the upstream breaks off is broken off for the client in the same way.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol

from contract_bench.proxy.connection import NO_BODY, Head, Headers, UpstreamConnection
from contract_bench.proxy.errors import UpstreamError
from contract_bench.proxy.links import LinkRewriter, may_hold_links, without_gzip
from contract_bench.proxy.pool import UpstreamPool

__all__ = ["HOP_BY_HOP", "Client", "PassThrough", "Passed", "Upload", "error_message"]

HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-connection",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
        b"content-length",
    }
)
# A larger body is passed on as it is.
MOST_HELD_BYTES = 1024 * 1024
MOST_KEPT_BYTES = 256 * 1024
REPEATABLE = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"})


class Client(Protocol):
    """The connection to the client."""

    def write(self, content: bytes) -> None:
        """Send bytes."""

    def finish(self, *, closes: bool) -> None:
        """End the response in order."""

    def break_off(self, *, with_reset: bool) -> None:
        """End the connection in the middle of the response."""

    def upload_full(self, is_full: bool) -> None:
        """Called when the body of the request should stop for a while, and when it may go on."""


class Passed:
    """What is known about a response when it has ended.

    Attributes:
        status: 0 if none was sent.
        body: The beginning of the body as the client got it, or all of it if it is recorded.
        error: Why it was broken off, or why the proxy answered itself.
        length: How many bytes of the body the client got.
        own_headers: The headers of the upstream, before links in them were rewritten.
        own_body: The body of the upstream, if links in it were rewritten.
        uploaded: The beginning of the body of the request, if it was streamed.
    """

    __slots__ = ("body", "error", "headers", "length", "own_body", "own_headers", "status", "uploaded")

    def __init__(self) -> None:
        self.status = 0
        self.headers: Headers = []
        self.body = b""
        self.length = 0
        self.error = ""
        self.own_headers: Headers = []
        self.own_body: bytes | None = None
        self.uploaded = b""


class PassThrough:
    """Sends one request to the upstream and passes the response on.

    Args:
        pool: Connections to the upstream.
        client: Where the response goes.
        request: The request as it is sent to the upstream.
        method: Its method.
        rewriter: Rewrites links; None leaves them.
        timeout_s: How long the upstream may be silent.
        upload: How the body of the request follows: it comes with `feed` and ends with `feed_end`. None if `request`
            has it already.
        keeps_all: Whether the whole body is kept for a recording.
        speaks_1_1: Whether the client knows chunks.
        on_end: Called once, at the end.
    """

    def __init__(
        self,
        pool: UpstreamPool,
        client: Client,
        request: bytes,
        method: str,
        *,
        rewriter: LinkRewriter | None,
        timeout_s: float,
        keeps_all: bool,
        speaks_1_1: bool,
        keeps_alive: bool,
        on_end: Callable[[Passed], None],
        upload: "Upload | None" = None,
    ) -> None:
        self._pool = pool
        self._client = client
        self._request = request
        self._method = method
        self._rewriter = rewriter
        self._timeout_s = timeout_s
        self._most_kept = 2**62 if keeps_all else MOST_KEPT_BYTES
        self._speaks_1_1 = speaks_1_1
        self._keeps_alive = keeps_alive
        self._on_end = on_end
        self._upload = upload
        self._is_repeatable = method in REPEATABLE and upload is None
        self._loop = asyncio.get_running_loop()
        self._connection: UpstreamConnection | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._head: Head | None = None
        self._out: list[bytes] = []
        self._held: list[bytes] | None = None
        self._held_bytes = 0
        self._kept: list[bytes] = []
        self._is_chunked = False
        self._closes = False
        self._is_over = False
        self._is_paused = False
        self._is_upload_full = False
        self._alive_at = self._loop.time()
        self._timer = self._loop.call_later(timeout_s, self._look_at_the_clock)
        self.passed = Passed()

    def start(self) -> None:
        """Send the request, at once if a connection is open; an upload cannot be repeated and gets a fresh one."""
        connection = None if self._upload else self._pool.take(may_be_stale=self._is_repeatable)
        if connection is not None:
            self._send(connection)
        else:
            self._connecting = self._loop.create_task(self._connect())

    async def _connect(self) -> None:
        try:
            connection = await self._pool.connect()
        except UpstreamError as error:
            self._refuse(error)
            return
        if self._is_over:
            connection.abandon()
        else:
            self._send(connection)

    def _send(self, connection: UpstreamConnection) -> None:
        self._connection = connection
        connection.send(self._request, self, is_head_request=self._method == "HEAD")
        if self._upload is not None:
            connection.send_more(self._upload.take())
            self._client.upload_full(False)

    def feed(self, piece: bytes) -> None:
        """Send a piece of the body of the request on; one that comes before the connection waits for it."""
        upload = self._upload
        if upload is None or self._is_over:
            return
        self._alive_at = self._loop.time()
        if len(self.passed.uploaded) < MOST_KEPT_BYTES:
            self.passed.uploaded += piece
        upload.add(piece)
        if self._connection is not None:
            self._connection.send_more(upload.take())
        elif self._head is None:
            self._client.upload_full(True)

    def feed_end(self) -> None:
        """End the body of the request."""
        if self._upload is not None and not self._is_over:
            self._alive_at = self._loop.time()
            self._upload.end()
            if self._connection is not None:
                self._connection.send_more(self._upload.take())

    @property
    def is_uploading(self) -> bool:
        """Whether the client has more to send."""
        return self._upload is not None and not self._upload.is_complete

    def upload_full(self, is_full: bool) -> None:
        """Let the client wait while the upstream reads slowly."""
        self._is_upload_full, self._alive_at = is_full, self._loop.time()
        self._client.upload_full(is_full)

    def begin(self, head: Head) -> None:
        """Take the head of the response."""
        self._head = head
        self.passed.status = head.status
        content_type = b""
        kept: Headers = []
        own = self.passed.own_headers
        for name, value in head.headers:
            lower = name.lower()
            if lower in HOP_BY_HOP:
                continue
            if lower == b"content-type":
                content_type = value
            own.append((name, value))
            kept.append((name, self._rewriter.header(name, value) if self._rewriter else value))
        self.passed.headers = kept
        has_body = self._method != "HEAD" and head.status not in NO_BODY
        if has_body and self._rewriter and (head.length or 0) <= MOST_HELD_BYTES and may_hold_links(content_type):
            self._held = []
        else:
            self._write_head(head.length, has_body=has_body)

    def _write_head(self, length: int | None, *, has_body: bool) -> None:
        head = self._head
        assert head is not None  # noqa: S101 - called with a head
        fields = [b"%b: %b\r\n" % header for header in self.passed.headers]
        if length is not None:
            fields.append(b"Content-Length: %d\r\n" % length)
        elif has_body and self._speaks_1_1 and head.is_chunked:
            self._is_chunked = True
            fields.append(b"Transfer-Encoding: chunked\r\n")
        elif has_body:
            self._closes = True
        if self._closes or not self._keeps_alive:
            fields.append(b"Connection: close\r\n")
        self._out.append(b"HTTP/1.1 %d %b\r\n%b\r\n" % (head.status, head.reason, b"".join(fields)))

    def add(self, piece: bytes) -> None:
        """Take a piece of the body."""
        if self._held is not None:
            self._held.append(piece)
            self._held_bytes += len(piece)
            if self._held_bytes > MOST_HELD_BYTES:
                self._release()
            return
        self._write(piece)

    def _write(self, piece: bytes) -> None:
        if self.passed.length < self._most_kept:
            self._kept.append(piece)
        self.passed.length += len(piece)
        self._out.append(b"%x\r\n%b\r\n" % (len(piece), piece) if self._is_chunked else piece)

    def _release(self) -> None:
        """Pass on what was held, as it is."""
        held, self._held = self._held or [], None
        if self._head is not None:
            self._write_head(self._head.length, has_body=True)
        for piece in held:
            self._write(piece)

    def flush(self) -> None:
        """Send what has been taken."""
        self._alive_at = self._loop.time()
        if self._out:
            self._client.write(b"".join(self._out))
            self._out.clear()

    def end(self) -> None:
        """Take the end of the response."""
        if self._is_over:
            return
        if self._held is not None:
            own = b"".join(self._held)
            body, self._held = self._rewritten(own), None
            self.passed.own_body = None if body is own else own
            self._write_head(len(body), has_body=True)
            if body:
                self._write(body)
        if self._is_chunked:
            self._out.append(b"0\r\n\r\n")
        self.flush()
        self._give_back()
        self._close_books()
        self._client.finish(closes=self._closes or not self._keeps_alive)

    def _rewritten(self, body: bytes) -> bytes:
        assert self._rewriter is not None  # noqa: S101 - nothing is held without one
        encoding = next((value for name, value in self.passed.headers if name.lower() == b"content-encoding"), b"")
        if not encoding:
            return self._rewriter.body(body)
        plain = without_gzip(body) if encoding == b"gzip" else None
        changed = None if plain is None else self._rewriter.body(plain)
        if changed is None or changed is plain:
            return body
        self.passed.headers = [header for header in self.passed.headers if header[0].lower() != b"content-encoding"]
        return changed

    def _give_back(self) -> None:
        if self._connection is not None:
            if self.is_uploading:  # the upstream did not wait for the rest of the request
                self._connection.abandon()
            else:
                self._pool.give_back(self._connection)
            self._connection = None

    def fail(self, error: UpstreamError, *, has_begun: bool) -> None:
        """Take the end of the upstream's connection before the end of the response."""
        if self._is_over:
            return
        connection, self._connection = self._connection, None
        if not has_begun:
            if connection is not None and connection.was_used and self._is_repeatable:
                self._connecting = self._loop.create_task(self._connect())  # the idle connection was stale
            else:
                self._refuse(error)
            return
        if self._held is not None:
            self._release()
        self.flush()
        self.passed.error = str(error)
        self._close_books()
        self._client.break_off(with_reset=error.was_reset)

    def _refuse(self, error: UpstreamError) -> None:
        """Answer in place of the upstream."""
        if self._is_over:
            return
        status, headers, body = error_message(error)
        self.passed.status, self.passed.headers, self.passed.body = status, headers, body
        self.passed.error = str(error)
        fields = b"".join(b"%b: %b\r\n" % header for header in headers)
        closing = b"" if self._keeps_alive else b"Connection: close\r\n"
        self._client.write(
            b"HTTP/1.1 %d %b\r\n%bContent-Length: %d\r\n%b\r\n%b"
            % (status, REASONS[status], fields, len(body), closing, b"" if self._method == "HEAD" else body)
        )
        self._close_books()
        self._client.finish(closes=not self._keeps_alive)

    def cancel(self) -> None:
        """Give up, because the client is gone or the proxy stops."""
        if self._is_over:
            return
        if self._connecting is not None:
            self._connecting.cancel()
        if self._connection is not None:
            self._connection.abandon()
        self.passed.error = self.passed.error or "the client disconnected"
        self._close_books()

    def pause(self) -> None:
        """Stop reading from the upstream, because the client reads slowly."""
        self._is_paused = True
        if self._connection is not None:
            self._connection.pause()

    def resume(self) -> None:
        """Go on reading from the upstream."""
        self._is_paused, self._alive_at = False, self._loop.time()
        if self._connection is not None:
            self._connection.resume()

    def _close_books(self) -> None:
        self._is_over = True
        self._timer.cancel()
        if self._kept:
            self.passed.body = b"".join(self._kept)
        self._on_end(self.passed)

    @property
    def _waits_for_upload(self) -> bool:
        """Whether the upstream has read all that there is of the request, and waits for more."""
        return self.is_uploading and self._connection is not None and not self._is_upload_full and self._head is None

    def _look_at_the_clock(self) -> None:
        # The upstream cannot be blamed for silence while the client is slow.
        is_clients_turn = self._is_paused or self._waits_for_upload
        left_s = self._timeout_s if is_clients_turn else self._alive_at + self._timeout_s - self._loop.time()
        if is_clients_turn or left_s > 0:
            self._timer = self._loop.call_later(left_s, self._look_at_the_clock)
            return
        connection, self._connection = self._connection, None
        if self._connecting is not None:
            self._connecting.cancel()
        if connection is not None:
            connection.abandon()
        error = UpstreamError(f"the upstream was silent for {self._timeout_s:g} s", status=504)
        if self._head is None:
            self._refuse(error)
        else:
            self.fail(error, has_begun=True)


class Upload:
    """The body of a request on its way.

    Args:
        is_chunked: Whether its length is unknown.
    """

    __slots__ = ("_is_chunked", "_waiting", "is_complete")

    def __init__(self, *, is_chunked: bool) -> None:
        self._is_chunked = is_chunked
        self._waiting: list[bytes] = []
        self.is_complete = False

    def add(self, piece: bytes) -> None:
        """Add a piece; it must not be empty."""
        self._waiting.append(b"%x\r\n%b\r\n" % (len(piece), piece) if self._is_chunked else piece)

    def end(self) -> None:
        """Add the end."""
        self.is_complete = True
        if self._is_chunked:
            self._waiting.append(b"0\r\n\r\n")

    def take(self) -> bytes:
        """Return what has not been sent yet."""
        content = b"".join(self._waiting)
        self._waiting.clear()
        return content


REASONS = {502: b"Bad Gateway", 504: b"Gateway Timeout"}
MARK = (b"X-Contract-Bench-Proxy", b"no response of the upstream")


def error_message(error: UpstreamError) -> tuple[int, Headers, bytes]:
    """Return the response in place of the upstream's: status, headers and body."""
    text = str(error).replace("\\", "\\\\").replace('"', '\\"')
    body = f'{{"error":{{"status":{error.status},"message":"contract-bench proxy: {text}"}}}}'.encode()
    return error.status, [(b"Content-Type", b"application/json"), MARK], body
