"""Waiting for something that another thread, process or container does."""

import time
from collections.abc import Callable
from typing import TypeVar

__all__ = ["wait_until"]

T = TypeVar("T")


def wait_until(
    observe: Callable[[], T],
    what: str,
    *,
    is_met: Callable[[T], bool] = bool,
    timeout_s: float = 30.0,
    interval_s: float = 0.01,
) -> T:
    """Poll until an observation meets a condition, and return that observation.

    Args:
        observe: Returns the current state, in as much detail as helps to explain a failure.
        what: What the test waits for, as the rest of the sentence "timed out waiting for ...".
        is_met: The condition. By default the observation has to be true.
        timeout_s: How long to wait at most.
        interval_s: The pause between two observations.

    Raises:
        AssertionError: When the time is up, with the last observation.
    """
    deadline = time.monotonic() + timeout_s
    while not is_met(seen := observe()):
        assert time.monotonic() < deadline, f"timed out waiting for {what} ({timeout_s:g} s); last seen: {seen!r}"
        time.sleep(interval_s)
    return seen
