"""Time as a pump sees it."""

import time
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Clock"]


@dataclass(frozen=True, slots=True)
class Clock:
    """Clocks and sleep; tests give their own.

    Attributes:
        now: Seconds since 1970.
        elapsed: Seconds of a clock that never goes back.
        sleep: Waits so many seconds.
    """

    now: Callable[[], float] = time.time
    elapsed: Callable[[], float] = time.perf_counter
    sleep: Callable[[float], None] = time.sleep
