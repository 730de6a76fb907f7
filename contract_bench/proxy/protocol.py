"""The client's side: requests without a fault are passed through without a task of their own."""

import asyncio
from collections.abc import Callable
from typing import Any, Protocol, cast

from bench_core.wire import WireProtocol
from contract_bench.proxy.pass_through import PassThrough, Upload

__all__ = ["ProxyProtocol", "Starter"]

Scope = dict[str, Any]
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
UNBOUNDED = 2**62


class Starter(Protocol):
    """What the protocol needs of the application."""

    def fast_path(self, scope: Scope, body: bytes, *, keeps_alive: bool) -> bytes | None:
        """Open a request; the application itself answers it."""

    @property
    def max_body_bytes(self) -> int:
        """The bound on a body that is held in memory."""

    def start_upload(
        self, scope: Scope, client: "ProxyProtocol", upload: Upload, *, keeps_alive: bool, speaks_1_1: bool
    ) -> PassThrough | None:
        """Return the response to a request whose body follows; None if the body must be held in memory."""

    def start(
        self, scope: Scope, body: bytes, client: "ProxyProtocol", *, keeps_alive: bool, speaks_1_1: bool
    ) -> PassThrough | None:
        """Return the response on its way; None if the application itself has to answer."""

    def give_up(self, scope: Scope, *, is_refused: bool) -> None:
        """Called when a request ends before its body is complete: the body is too large, or the client is gone."""


class _Passing:
    """Stands in for uvicorn's response while one is passed through, so that later requests wait for it."""

    __slots__ = ("body", "disconnected", "keep_alive", "message_event", "response_complete", "response_started")

    def __init__(self) -> None:
        self.body = b""
        self.disconnected = False
        self.keep_alive = True
        self.message_event = asyncio.Event()
        self.response_complete = False
        self.response_started = True


class ProxyProtocol(WireProtocol):
    """A connection of a client.

    Attributes:
        passing: The response that is passed through at the moment.
        on_passed: Called at the end of one that the application started; it says whether the connection stays open.
    """

    def __init__(self, starter: Starter, **uvicorns: Any) -> None:
        super().__init__(starter.fast_path, **uvicorns)
        self._starter = starter
        self.passing: PassThrough | None = None
        self._turn = _Passing()
        self.on_passed: Callable[[bool], None] | None = None
        self._is_streamed = False

    def on_message_begin(self) -> None:
        """Begin with the bound on bodies in memory."""
        super().on_message_begin()
        self.max_body_bytes, self._is_streamed = self._starter.max_body_bytes, False

    def refuse_early(self) -> None:
        """Begin to pass on a request with a large body, whose size then does not matter."""
        if not self._has_large_body() or not self._is_free():
            return
        self._complete_scope()
        upload = Upload(is_chunked=b"transfer-encoding" in self.noted)
        passing = self._starter.start_upload(
            cast("Scope", self.scope), self, upload, keeps_alive=self._keeps_alive, speaks_1_1=self._speaks_1_1
        )
        if passing is None:
            return
        self.max_body_bytes, self._is_streamed = UNBOUNDED, True
        if self.expect_100_continue:
            self.transport.write(CONTINUE)
        self._begin(passing)

    def accept_head(self) -> None:
        """Begin to answer, unless the request is on its way already."""
        if not self._is_streamed:
            super().accept_head()

    def accept_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        if not self._is_streamed:
            super().accept_body(body)
        elif self.passing is not None:
            self.passing.feed(body)

    def refuse_with(self, response: bytes) -> None:
        """Send a response instead of reading the request."""
        self._starter.give_up(cast("Scope", self.scope), is_refused=True)
        super().refuse_with(response)

    def upload_full(self, is_full: bool) -> None:
        """Let the client wait with the body of its request."""
        if is_full:
            self.flow.pause_reading()
        else:
            self.flow.resume_reading()

    def _begin(self, passing: PassThrough) -> None:
        self._turn = _Passing()
        self.cycle = cast("Any", self._turn)
        self.passing = passing
        passing.start()

    def complete(self) -> None:
        """Pass the request on, or let the application answer it."""
        if self._is_streamed:
            if self.passing is not None:
                self.passing.feed_end()
            return
        if not self._is_direct:
            super().complete()
            return
        passing = self._starter.start(
            cast("Scope", self.scope),
            b"".join(self._body),
            self,
            keeps_alive=self._keeps_alive,
            speaks_1_1=self._speaks_1_1,
        )
        if passing is None:
            super().complete()
            return
        self._begin(passing)

    def write(self, content: bytes) -> None:
        """Send bytes of the response that is passed through."""
        if not self.transport.is_closing():
            self.transport.write(content)

    def finish(self, *, closes: bool) -> None:
        """End the response in order."""
        passing, self.passing = self.passing, None
        if self.on_passed is not None:
            on_passed, self.on_passed = self.on_passed, None
            on_passed(not closes)
            return
        self._turn.response_complete = True
        if passing is not None and passing.is_uploading:
            self.end_unread()
        elif closes or not self._turn.keep_alive:
            self.transport.close()
        self.on_response_complete()

    def break_off(self, *, with_reset: bool) -> None:
        """End the connection in the middle of the response."""
        self.passing = None
        on_passed, self.on_passed = self.on_passed, None
        if with_reset:
            self.reset()
        else:
            self.transport.close()
        self._turn.response_complete = True
        if on_passed is not None:
            on_passed(False)

    def pause_writing(self) -> None:
        """The client reads slowly: stop reading from the upstream."""
        super().pause_writing()
        if self.passing is not None:
            self.passing.pause()

    def resume_writing(self) -> None:
        """The client goes on reading."""
        super().resume_writing()
        if self.passing is not None:
            self.passing.resume()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give up the response for a client that is gone."""
        passing, self.passing = self.passing, None
        if passing is not None:
            passing.cancel()
        if self.scope is not None:
            self._starter.give_up(cast("Scope", self.scope), is_refused=False)
        super().connection_lost(exc)
        if self.on_passed is not None:
            on_passed, self.on_passed = self.on_passed, None
            on_passed(False)

    def shutdown(self) -> None:
        """End a response that is under way."""
        super().shutdown()
        if self.passing is not None:
            self.transport.abort()
