"""Pacing of requests, so that all pulls of the process together stay below HubSpot's rate limits."""

import threading
import time
from collections.abc import Callable, Mapping

from service.upstream.messages import header_number

__all__ = ["Quota", "pause_s"]

_RESERVE = 0.1
_WINDOW_S = 10.0


def pause_s(headers: Mapping[str, str]) -> float:
    """Return how long to wait before the next request, by the rate limit headers of the last response.

    The result is 0 while more than a tenth of the quota remains. Below that, requests are spaced so that the window is
    never used up. With nothing left, it is half the window.

    Units: seconds.
    Source: recording (headers of a private app: Max 100, Remaining 92, Interval-Milliseconds 10000).
    """
    maximum = header_number(headers, "x-hubspot-ratelimit-max")
    remaining = header_number(headers, "x-hubspot-ratelimit-remaining")
    interval_ms = header_number(headers, "x-hubspot-ratelimit-interval-milliseconds")
    if maximum is None or remaining is None or interval_ms is None or remaining > maximum * _RESERVE:
        return 0.0
    return interval_ms / 1000 * (1 / maximum if remaining else 0.5)


class Quota:
    """Decides when the next request may be sent. All pulls of an account share one.

    The search API has its own rate limit, which no header reports, so searches are spaced at a fixed interval.

    Args:
        searches_per_s: The rate of searches.
        max_pause_s: The longest pause that headers can impose on all pulls, at least HubSpot's window of ten seconds.
        clock: A monotonic clock.
    """

    def __init__(
        self,
        *,
        searches_per_s: float = 4.0,
        max_pause_s: float = 300.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._max_pause_s = max(max_pause_s, _WINDOW_S)
        self._search_interval_s = 1 / searches_per_s
        self._clock = clock
        self._lock = threading.Lock()
        self._free_at = 0.0
        self._search_free_at = 0.0

    def update(self, headers: Mapping[str, str]) -> float:
        """Take the rate limit headers of a response into account.

        Returns:
            The pause if it is too long for this pull, otherwise 0. Other pulls do not wait for such a pause.
        """
        pause = pause_s(headers)
        if not pause <= self._max_pause_s:
            return pause
        if pause:
            with self._lock:
                self._free_at = max(self._free_at, self._clock() + pause)
        return 0.0

    def reserve_s(self, *, is_search: bool) -> float:
        """Reserve the next free slot and return how many seconds away it is."""
        now = self._clock()
        if not is_search:
            return max(0.0, self._free_at - now)
        with self._lock:
            slot = max(now, self._search_free_at)
            self._search_free_at = slot + self._search_interval_s
        return slot - now
