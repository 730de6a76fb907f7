"""A limit for the large bodies that all pulls together hold while they receive them.

One body is bounded, but forty pulls that each receive an endless one need forty times as much. So only a few bodies may
be large at the same time; the others wait, unread, until their turn comes. Most pages are smaller and never wait.
"""

import threading
import time
from collections.abc import Callable

from service.downstream import DownstreamClient

__all__ = ["LARGE_BYTES", "LargeBodies", "Ticket"]

LARGE_BYTES = 2**19
_MAX_LARGE = 3
_POLL_S = 0.02


class LargeBodies:
    """How many bodies may be large. All connections of an account share one."""

    def __init__(self, *, count: int = _MAX_LARGE) -> None:
        self._free = threading.BoundedSemaphore(count)

    def enter(self) -> bool:
        """Take a place, if one is free."""
        return self._free.acquire(blocking=False)

    def leave(self) -> None:
        """Give the place back."""
        self._free.release()


class Ticket:
    """The claim of one response. Call `release` in any case.

    Args:
        bodies: Gives the places.
        downstream: Decides how long it makes sense to wait.
        limit_s: The longest wait.
        clock: A monotonic clock.
    """

    def __init__(
        self,
        bodies: LargeBodies,
        downstream: DownstreamClient,
        *,
        limit_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._bodies = bodies
        self._downstream = downstream
        self._limit_s = limit_s
        self._clock = clock
        self._has_place = False

    def grow(self, size: int) -> None:
        """Report the size that the body has now. If it is large, wait for a place.

        Raises:
            TimeoutError: No place became free in time.
            PullAbandoned: The downstream client disconnected, or the service is shutting down.
        """
        if self._has_place or size <= LARGE_BYTES:
            return
        deadline = self._clock() + self._limit_s
        while not self._bodies.enter():
            if self._clock() >= deadline:
                raise TimeoutError
            self._downstream.wait(_POLL_S)
        self._has_place = True

    def release(self) -> None:
        """Give the place back, if there is one."""
        if self._has_place:
            self._has_place = False
            self._bodies.leave()
