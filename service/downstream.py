"""Whoever reads the array. A pull waits through here, and so learns when nobody is waiting for it any more."""

import select
import socket
import ssl
import threading
import time
from collections.abc import Callable
from typing import Protocol

from service.errors import PullAbandoned

__all__ = ["DownstreamClient", "PatientDownstreamClient", "SocketDownstreamClient"]

_SLICE_S = 0.25
_HANG_UP = getattr(select, "POLLRDHUP", select.POLLHUP)  # POLLRDHUP is Linux's; elsewhere only a full close is seen


class DownstreamClient(Protocol):
    """Waiting, with an eye on whether it still makes sense."""

    def wait(self, seconds: float) -> None:
        """Let time pass.

        Raises:
            PullAbandoned: Nobody waits for the result any more.
        """

    def wait_readable(self, sock: socket.socket | None, *, deadline: float) -> None:
        """Return when the socket has something to read.

        Raises:
            TimeoutError: The deadline, on the monotonic clock, is past.
            PullAbandoned: Nobody waits for the result any more.
        """


class PatientDownstreamClient:
    """A caller that never goes away. Reading from the socket itself is the wait."""

    def __init__(self, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sleep = sleep

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self._sleep(seconds)

    def wait_readable(self, sock: socket.socket | None, *, deadline: float) -> None:
        """Return at once: the read that follows has a time-out of its own."""


class SocketDownstreamClient:
    """A caller at the other end of a socket, and a service that may be told to stop."""

    def __init__(
        self, sock: socket.socket, *, stopping: threading.Event, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._socket = sock
        self._stopping = stopping
        self._clock = clock

    def wait(self, seconds: float) -> None:
        """Let time pass, in short slices."""
        self.wait_readable(None, deadline=self._clock() + seconds, at_deadline=None)

    def wait_readable(
        self,
        sock: socket.socket | None,
        *,
        deadline: float,
        at_deadline: type[Exception] | None = TimeoutError,
    ) -> None:
        """Return when the socket has something to read, or at the deadline where `at_deadline` is None."""
        poll = select.poll()
        poll.register(self._socket, _HANG_UP)
        if sock is not None:
            if isinstance(sock, ssl.SSLSocket) and sock.pending():
                return  # decrypted already, so the descriptor may stay silent
            poll.register(sock, select.POLLIN)
        while True:
            self._check_stopping()
            left_s = deadline - self._clock()
            ready = poll.poll(max(0.0, min(_SLICE_S, left_s)) * 1000)
            if any(descriptor == self._socket.fileno() for descriptor, _ in ready):
                raise PullAbandoned("The caller went away.", kind="caller-gone")
            if ready:
                return
            if left_s <= 0:
                if at_deadline is not None:
                    raise at_deadline
                return

    def _check_stopping(self) -> None:
        if self._stopping.is_set():
            raise PullAbandoned("The service was told to stop.", kind="stopping")
