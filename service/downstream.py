"""The client that reads the array. A pull waits through here, so that it notices a disconnect."""

import select
import socket
import ssl
import threading
import time
from collections.abc import Callable
from typing import Protocol

from service.errors import PullAbandoned

__all__ = ["DownstreamClient", "PatientDownstreamClient", "SocketDownstreamClient"]

_POLL_INTERVAL_S = 0.25
_DISCONNECTED = getattr(select, "POLLRDHUP", select.POLLHUP)  # without Linux's POLLRDHUP, only a full close is noticed


class DownstreamClient(Protocol):
    """Ways to wait that end early when the result is no longer wanted."""

    def wait(self, seconds: float) -> None:
        """Sleep.

        Raises:
            PullAbandoned: The client disconnected, or the service is shutting down.
        """

    def wait_readable(self, sock: socket.socket | None, *, deadline: float) -> None:
        """Return when the socket has data to read.

        Raises:
            TimeoutError: The deadline, on the monotonic clock, has passed.
            PullAbandoned: The client disconnected, or the service is shutting down.
        """


class PatientDownstreamClient:
    """A client that never disconnects."""

    def __init__(self, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sleep = sleep

    def wait(self, seconds: float) -> None:
        """Sleep for the whole time."""
        self._sleep(seconds)

    def wait_readable(self, sock: socket.socket | None, *, deadline: float) -> None:
        """Return at once: the read that follows has its own timeout."""


class SocketDownstreamClient:
    """A client at the other end of a socket.

    Args:
        sock: The connection to the client.
        stopping: Set when the service is shutting down and its grace period is over.
        clock: A monotonic clock.
    """

    def __init__(
        self, sock: socket.socket, *, stopping: threading.Event, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._socket = sock
        self._stopping = stopping
        self._clock = clock

    def wait(self, seconds: float) -> None:
        """Sleep, and check the client four times a second."""
        self._wait_until(self._clock() + seconds, None)

    def wait_readable(self, sock: socket.socket | None, *, deadline: float) -> None:
        """Return when the socket has data to read, and check the client four times a second."""
        if not self._wait_until(deadline, sock):
            raise TimeoutError

    def _wait_until(self, deadline: float, sock: socket.socket | None) -> bool:
        """Wait for data on the socket. Returns whether some arrived before the deadline."""
        poll = select.poll()
        poll.register(self._socket, _DISCONNECTED)
        if sock is not None:
            if isinstance(sock, ssl.SSLSocket) and sock.pending():
                return True  # already decrypted, so the file descriptor may stay silent
            poll.register(sock, select.POLLIN)
        while True:
            self._check_stopping()
            remaining_s = deadline - self._clock()
            ready = poll.poll(max(0.0, min(_POLL_INTERVAL_S, remaining_s)) * 1000)
            if any(descriptor == self._socket.fileno() for descriptor, _ in ready):
                raise PullAbandoned("The client disconnected.", kind="caller-gone")
            if ready:
                return True
            if remaining_s <= 0:
                return False

    def _check_stopping(self) -> None:
        if self._stopping.is_set():
            raise PullAbandoned("The service is shutting down.", kind="stopping")
