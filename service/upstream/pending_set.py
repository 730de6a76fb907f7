"""Several results that are on their way at the same time, without a thread."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from service.downstream import DownstreamClient
from service.pending import Pending, Readiness, Wait

__all__ = ["PendingSet"]

Key = TypeVar("Key")


@dataclass(slots=True, eq=False)
class _Entry(Generic[Key]):
    """A result that is not there yet.

    Attributes:
        overdue_at: When its wait is over, by the clock.
    """

    key: Key
    pending: Pending[Any]
    wait: Wait
    overdue_at: float


class PendingSet(Generic[Key]):
    """Waits for the first of several results. Each is on a connection of its own.

    Args:
        downstream: Decides how long it makes sense to wait.
        clock: A monotonic clock.
    """

    def __init__(self, downstream: DownstreamClient, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._downstream = downstream
        self._clock = clock
        self._waiting: list[_Entry[Key]] = []
        self._done: deque[tuple[Key, Pending[Any]]] = deque()
        self._readable: deque[_Entry[Key]] = deque()

    def __len__(self) -> int:
        return len(self._waiting) + len(self._done)

    def add(self, key: Key, pending: Pending[Any]) -> None:
        """Add a result.

        Raises:
            UpstreamError: See `next`.
        """
        wait = pending.poll()
        if wait is None:
            self._done.append((key, pending))
        else:
            self._waiting.append(_Entry(key, pending, wait, self._clock() + wait.seconds))

    def next(self) -> tuple[Key, Pending[Any]]:
        """Wait for a result and remove it. Those that are there already take turns.

        Raises:
            UpstreamError: A result will never be there. The others are lost as well.
            PullAbandoned: The downstream client disconnected, or the service is shutting down.
        """
        while not self._done:
            if not self._readable:
                self._wait_for_any()
            while self._readable and not self._done:
                self._resume(self._readable.popleft(), Readiness.READABLE)
        return self._done.popleft()

    def _wait_for_any(self) -> None:
        """Wait until an entry can go on. A socket with data is never overdue: a late reader is not HubSpot's fault."""
        by_socket = {id(entry.wait.sock): entry for entry in self._waiting if entry.wait.sock is not None}
        earliest = min(entry.overdue_at for entry in self._waiting)
        socks: list[Any] = [entry.wait.sock for entry in by_socket.values()]
        found = self._downstream.wait_any(socks, seconds=max(0.0, earliest - self._clock()))
        readable = [by_socket[id(sock)] for sock in found]
        now = self._clock() if found else max(self._clock(), earliest)
        overdue = [entry for entry in self._waiting if entry.overdue_at <= now and entry not in readable]
        self._readable.extend(readable)
        for entry in overdue:
            self._resume(entry, Readiness.NOT_CHECKED if entry.wait.sock is None else Readiness.OVERDUE)

    def _resume(self, entry: _Entry[Key], readiness: Readiness) -> None:
        entry.pending.resume(readiness)
        wait = entry.pending.poll()
        self._waiting.remove(entry)
        if wait is None:
            self._done.append((entry.key, entry.pending))
        else:
            self._waiting.append(_Entry(entry.key, entry.pending, wait, self._clock() + wait.seconds))
