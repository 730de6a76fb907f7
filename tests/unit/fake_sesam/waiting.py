"""Waiting for what another thread does, with a deadline."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(ask: Callable[[], T], is_good: Callable[[T], bool], *, timeout_s: float = 10) -> T:
    """Ask until the answer is good; fail with the last answer when the time is over."""
    deadline = time.monotonic() + timeout_s
    while True:
        found = ask()
        if is_good(found):
            return found
        assert time.monotonic() < deadline, f"still {found!r} after {timeout_s} s"
        time.sleep(0.01)
