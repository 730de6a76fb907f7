"""The client that reads the array. A pull waits through here, so that it notices a disconnect."""

import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
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

    def wait_any(self, socks: Sequence[socket.socket], *, seconds: float) -> list[socket.socket]:
        """Return those of the sockets that have data to read, none if the time is over.

        Raises:
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

    def wait_any(self, socks: Sequence[socket.socket], *, seconds: float) -> list[socket.socket]:
        """Return the sockets that have data to read."""
        if not socks:
            self._sleep(seconds)
            return []
        decrypted = _decrypted(socks)
        return decrypted + _readable([sock for sock in socks if sock not in decrypted], 0.0 if decrypted else seconds)


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

    def wait_any(self, socks: Sequence[socket.socket], *, seconds: float) -> list[socket.socket]:
        """Return the sockets that have data to read, and check the client four times a second."""
        return self._readable_before(self._clock() + seconds, socks)

    def _wait_until(self, deadline: float, sock: socket.socket | None) -> bool:
        """Wait for data on the socket. Returns whether some arrived before the deadline."""
        return bool(self._readable_before(deadline, () if sock is None else (sock,)))

    def _readable_before(self, deadline: float, socks: Sequence[socket.socket]) -> list[socket.socket]:
        """Wait for data on any of the sockets. Returns those that have some, none after the deadline."""
        poll = select.poll()
        poll.register(self._socket, _DISCONNECTED)
        decrypted = _decrypted(socks)
        if decrypted:
            return decrypted + _readable([sock for sock in socks if sock not in decrypted], 0.0)
        for sock in socks:
            poll.register(sock, select.POLLIN)
        while True:
            self._check_stopping()
            remaining_s = deadline - self._clock()
            ready = poll.poll(max(0.0, min(_POLL_INTERVAL_S, remaining_s)) * 1000)
            descriptors = {descriptor for descriptor, _ in ready}
            if self._socket.fileno() in descriptors:
                raise PullAbandoned("The client disconnected.", kind="caller-gone")
            if ready:
                return [sock for sock in socks if sock.fileno() in descriptors]
            if remaining_s <= 0:
                return []

    def _check_stopping(self) -> None:
        if self._stopping.is_set():
            raise PullAbandoned("The service is shutting down.", kind="stopping")


def _decrypted(socks: Sequence[socket.socket]) -> list[socket.socket]:
    """Return the sockets with data that is already decrypted, so that their file descriptors may stay silent."""
    return [sock for sock in socks if isinstance(sock, ssl.SSLSocket) and sock.pending()]


def _readable(socks: Sequence[socket.socket], seconds: float) -> list[socket.socket]:
    if not socks:
        return []
    poll = select.poll()
    for sock in socks:
        poll.register(sock, select.POLLIN)
    descriptors = {descriptor for descriptor, _ in poll.poll(max(0.0, seconds) * 1000)}
    return [sock for sock in socks if sock.fileno() in descriptors]
