"""Staying below HubSpot's rate limits instead of running into them, over all pulls of the process."""

import threading
import time
from collections.abc import Callable, Mapping

__all__ = ["Quota", "pause_s"]

_SPARE_SHARE = 0.1


def pause_s(headers: Mapping[str, str]) -> float:
    """Seconds until the next request by the quota headers of the last answer; 0 while a tenth of the quota is left.

    Below that the pace is the one the window can bear for ever, and with nothing left the window's half is waited out.

    Source: recording (headers of a private app: Max 100, Remaining 92, Interval-Milliseconds 10000).
    """
    most = _number(headers, "x-hubspot-ratelimit-max")
    left = _number(headers, "x-hubspot-ratelimit-remaining")
    interval_ms = _number(headers, "x-hubspot-ratelimit-interval-milliseconds")
    if most is None or left is None or interval_ms is None or left > most * _SPARE_SHARE:
        return 0.0
    return interval_ms / 1000 * (1 / most if most and left else 0.5)


def _number(headers: Mapping[str, str], name: str) -> int | None:
    text = headers.get(name, "")
    return int(text) if text.isascii() and text.isdigit() else None


class Quota:
    """When the next request may go out. One for the account, shared by all pulls.

    The search API has a limit of its own and tells nothing about it in headers, so searches keep a distance.
    """

    def __init__(self, *, searches_per_s: float = 4.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._search_distance_s = 1 / searches_per_s
        self._clock = clock
        self._lock = threading.Lock()
        self._free_at = 0.0
        self._search_free_at = 0.0

    def note(self, headers: Mapping[str, str]) -> None:
        """Learn from an answer."""
        pause = pause_s(headers)
        if pause:
            with self._lock:
                self._free_at = max(self._free_at, self._clock() + pause)

    def claim_s(self, *, is_search: bool) -> float:
        """Take the next free moment; returns how many seconds away it is."""
        now = self._clock()
        if not is_search:
            return max(0.0, self._free_at - now)
        with self._lock:
            moment = max(now, self._search_free_at)
            self._search_free_at = moment + self._search_distance_s
        return moment - now
