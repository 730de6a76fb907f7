"""Pacing of requests, so that all pulls of the process together stay below HubSpot's rate limits."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from service.upstream.messages import header_number

__all__ = ["Quota", "pause_s"]

_RESERVE = 0.1
_FAST_SHARE = 0.75
_OWN_SHARE = 0.25
_WINDOW_S = 10.0
_POLL_S = 0.05
_MAX_LOGGED = 300  # more than HubSpot allows in a window


def pause_s(headers: Mapping[str, str]) -> float:
    """Return how long to wait before the next request, by the rate limit headers of the last response alone.

    The result is 0 while more than a tenth of the quota remains. Below that, requests are spaced so that the window is
    never used up. With nothing left, it is half the window.

    Units: seconds.
    Source: recording (headers of a private app: Max 100, Remaining 92, Interval-Milliseconds 10000).
    """
    found = _numbers(headers)
    return 0.0 if found is None else _pause_s(*found)


def _pause_s(maximum: float, remaining: float, interval_s: float) -> float:
    return 0.0 if remaining > maximum * _RESERVE else interval_s * (1 / maximum if remaining else 0.5)


def _numbers(headers: Mapping[str, str]) -> tuple[float, float, float] | None:
    """Return the size of the window, what remains of it, and its length in seconds, None if one is not reported."""
    maximum = header_number(headers, "x-hubspot-ratelimit-max")
    remaining = header_number(headers, "x-hubspot-ratelimit-remaining")
    interval_ms = header_number(headers, "x-hubspot-ratelimit-interval-milliseconds")
    if maximum is None or remaining is None or interval_ms is None:
        return None
    return maximum, remaining, interval_ms / 1000


@dataclass(slots=True)
class _Limit:
    """What a response said of the limit.

    Attributes:
        maximum: How many requests the window allows.
        remaining: How many of them are left.
        interval_s: The length of the window.
        sent_s: When its request was sent.
        at_s: When it arrived.
        sent_since: How many requests HubSpot may not have counted yet.
        is_refusal: Whether it was a 429.
        yielded: How many of what remains is kept for other clients that send requests.
    """

    maximum: float
    remaining: float
    interval_s: float
    sent_s: float
    at_s: float
    sent_since: int
    is_refusal: bool
    yielded: float = 0.0


class Quota:
    """Decides when the next request may be sent. All connections of all pulls of an account share one.

    HubSpot counts requests in a rolling window and reports how many are left. While more than a quarter is left,
    requests are sent at once. Below that they are spaced evenly, at the pace that the window allows for good. When what
    is left is needed for requests that are under way, or is kept for others, the next one is sent after one of the own
    requests has left the window: an interval after its response arrived, because nobody knows when HubSpot counted it.
    After a 429, others must have used the window. Then one request is sent after half of it to find out.

    Other clients of the same app that send requests find a tenth of the window free, once this process has a quarter.

    The search API has its own rate limit, which no header reports, so searches are spaced at a fixed interval.

    Args:
        searches_per_s: The rate of searches.
        percent: The part of the window that this process uses, not counting what it may send at once after a break.
        max_pause_s: The longest pause that headers can impose on all pulls, at least HubSpot's window of ten seconds.
        clock: A monotonic clock.

    Source: recording (headers), docs (limits of 100 to 250 requests in ten seconds, policy TEN_SECONDLY_ROLLING).
    """

    def __init__(
        self,
        *,
        searches_per_s: float = 4.0,
        percent: int = 98,
        max_pause_s: float = 300.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._max_pause_s = max(max_pause_s, _WINDOW_S)
        self._search_interval_s = 1 / searches_per_s
        self._percent = percent
        self._clock = clock
        self._lock = threading.Lock()
        self._search_free_at = 0.0
        self._limit: _Limit | None = None
        self._in_flight = 0
        self._answered: deque[tuple[float, float]] = deque(maxlen=_MAX_LOGGED)
        self._next_at = 0.0

    def reserve_search_s(self) -> float:
        """Reserve the next free slot for a search and return how many seconds away it is."""
        with self._lock:
            now = self._clock()
            slot = max(now, self._search_free_at)
            self._search_free_at = slot + self._search_interval_s
            return slot - now

    def acquire_s(self) -> float:
        """Take a slot for a request that is sent now. Every slot is given back with `answered` or `give_up`.

        Returns:
            0, or the seconds after which to ask again because there is no slot yet.
        """
        with self._lock:
            wait = self._wait_s(self._clock())
            if wait <= 0:
                self._in_flight += 1
                if self._limit is not None:
                    self._limit.sent_since += 1
            return max(0.0, wait)

    def answered(self, headers: Mapping[str, str], *, sent_s: float, is_refusal: bool = False) -> float:
        """Give a slot back after its response has arrived, and take the rate limit headers into account.

        Args:
            headers: Those of the response.
            sent_s: When the request was sent, by the clock.
            is_refusal: Whether the response is a 429.

        Returns:
            The pause if it is too long for this pull, otherwise 0. Other pulls do not wait for such a pause.
        """
        with self._lock:
            now = self._clock()
            self._in_flight = max(0, self._in_flight - 1)
            self._answered.append((sent_s, now))
            found = _numbers(headers)
            if found is None:
                return 0.0
            pause = _pause_s(*found)
            if not pause <= self._max_pause_s:
                return pause
            if self._limit is None or self._limit.sent_s <= sent_s:  # responses arrive in any order
                self._limit = limit = _Limit(
                    *found, sent_s=sent_s, at_s=now, sent_since=self._in_flight, is_refusal=is_refusal
                )
                if self._is_scarce(limit):
                    limit.yielded = self._yielded(limit)
            return 0.0

    def give_up(self) -> None:
        """Give a slot back whose response will never arrive."""
        with self._lock:
            self._in_flight = max(0, self._in_flight - 1)

    def _wait_s(self, now: float) -> float:
        limit = self._limit
        if limit is None or not self._is_scarce(limit):
            return 0.0
        left = limit.remaining - limit.sent_since
        kept = self._kept(limit)
        if left <= kept:
            left += sum(freed <= now for freed in self._freed_at(limit))
        if left <= kept:
            return self._until_free_s(limit, now)
        if now < self._next_at:
            return self._next_at - now
        spacing_s = limit.interval_s * 100 / (max(1.0, limit.maximum) * self._percent)
        self._next_at = max(self._next_at, now - spacing_s) + spacing_s  # what a late thread lost is made up for once
        return 0.0

    def _is_scarce(self, limit: _Limit) -> bool:
        """Whether so little is left that requests are spaced."""
        return limit.remaining - limit.sent_since <= limit.maximum * (1 - _FAST_SHARE * self._percent / 100)

    def _kept(self, limit: _Limit) -> float:
        """Return how many requests are left to others."""
        return limit.maximum * (100 - self._percent) // 200 + limit.yielded

    def _yielded(self, limit: _Limit) -> float:
        """Return how many requests more others find free if they send some: nothing while we have hardly any ourselves.

        What the headers count and this process did not send comes from others.
        """
        own = self._in_flight + sum(arrived_s + limit.interval_s > limit.at_s for _, arrived_s in self._answered)
        if own < limit.maximum * _OWN_SHARE:
            return 0.0
        return min(max(0.0, limit.maximum - limit.remaining - own), limit.maximum * _RESERVE)

    def _freed_at(self, limit: _Limit) -> Iterator[float]:
        """Yield when requests leave the window that were surely in it when HubSpot reported what is left."""
        return (
            arrived_s + limit.interval_s
            for sent_s, arrived_s in self._answered
            if sent_s + limit.interval_s > limit.at_s
        )

    def _until_free_s(self, limit: _Limit, now: float) -> float:
        """Return how long no slot becomes free; nothing if it is time to try one."""
        waits = [freed - now for freed in self._freed_at(limit) if freed > now]
        if self._in_flight:
            return min(_POLL_S, *waits) if waits else _POLL_S
        if waits and not limit.is_refusal:
            return min(*waits, limit.at_s + self._max_pause_s - now)
        # Others use it, and nobody knows when their requests leave the window: one request finds out after half of it.
        return limit.at_s + limit.interval_s / 2 - now
