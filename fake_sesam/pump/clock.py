"""The time, as a parameter."""

import time
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Clock"]


@dataclass(frozen=True, slots=True)
class Clock:
    """The clocks and the sleep that a pump uses; tests pass their own.

    Attributes:
        now: Returns seconds since 1970.
        elapsed: Returns the seconds of a monotonic clock.
        sleep: Waits for a number of seconds.
    """

    now: Callable[[], float] = time.time
    elapsed: Callable[[], float] = time.perf_counter
    sleep: Callable[[float], None] = time.sleep
