"""Pacing of requests, so that all pulls of the process together stay below HubSpot's rate limits."""

import threading
import time
from collections.abc import Callable, Mapping

__all__ = ["Quota", "pause_s"]

_RESERVE = 0.1


def pause_s(headers: Mapping[str, str]) -> float:
    """Return how long to wait before the next request, by the rate limit headers of the last response.

    The result is 0 while more than a tenth of the quota remains. Below that, requests are spaced so that the window is
    never used up. With nothing left, it is half the window.

    Units: seconds.
    Source: recording (headers of a private app: Max 100, Remaining 92, Interval-Milliseconds 10000).
    """
    maximum = _number(headers, "x-hubspot-ratelimit-max")
    remaining = _number(headers, "x-hubspot-ratelimit-remaining")
    interval_ms = _number(headers, "x-hubspot-ratelimit-interval-milliseconds")
    if maximum is None or remaining is None or interval_ms is None or remaining > maximum * _RESERVE:
        return 0.0
    return interval_ms / 1000 * (1 / maximum if remaining else 0.5)


def _number(headers: Mapping[str, str], name: str) -> int | None:
    text = headers.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else None


class Quota:
    """Decides when the next request may be sent. All pulls of an account share one.

    The search API has its own rate limit, which no header reports, so searches are spaced at a fixed interval.
    """

    def __init__(self, *, searches_per_s: float = 4.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._search_interval_s = 1 / searches_per_s
        self._clock = clock
        self._lock = threading.Lock()
        self._free_at = 0.0
        self._search_free_at = 0.0

    def update(self, headers: Mapping[str, str]) -> None:
        """Take the rate limit headers of a response into account."""
        pause = pause_s(headers)
        if pause:
            with self._lock:
                self._free_at = max(self._free_at, self._clock() + pause)

    def reserve_s(self, *, is_search: bool) -> float:
        """Reserve the next free slot and return how many seconds away it is."""
        now = self._clock()
        if not is_search:
            return max(0.0, self._free_at - now)
        with self._lock:
            slot = max(now, self._search_free_at)
            self._search_free_at = slot + self._search_interval_s
        return slot - now
