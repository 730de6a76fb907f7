"""Rate limits of one portal: windows, the daily counter, the headers. Enforced only if asked for."""

from collections import deque
from functools import lru_cache

import msgspec

from fake_hubspot.portal.durations import DAY_MS
from fake_hubspot.portal.time_zone import day_of

__all__ = ["TIERS", "RateLimits", "Tier"]

WINDOW_MS = 10_000


class Tier(msgspec.Struct, frozen=True):
    """What an account's subscription allows. `daily` is None if HubSpot sends no daily headers."""

    name: str
    burst: int
    daily: int | None
    search_per_second: int = 5


# Source: docs (usage guidelines, 2026); the headers of free, professional and oauth are recorded.
TIERS = {
    tier.name: tier
    for tier in (
        Tier("free", 100, 250_000),
        Tier("professional", 190, 625_000),
        Tier("enterprise", 190, 1_000_000),
        Tier("increased", 250, 2_000_000),
        Tier("oauth", 110, None),
        # Not HubSpot's. While an account's clock stands still, no request leaves the window, and a client that paces
        # itself by the headers would wait forever.
        Tier("unlimited", 1_000_000, None, search_per_second=1_000_000),
    )
}


@lru_cache(maxsize=16)
def _window_headers(burst: int) -> tuple[tuple[bytes, bytes], ...]:
    """Return the headers about windows that are the same for every request."""
    secondly = burst // 10
    return (
        (b"x-hubspot-ratelimit-interval-milliseconds", b"10000"),
        (b"x-hubspot-ratelimit-max", b"%d" % burst),
        (b"x-hubspot-ratelimit-secondly", b"%d" % secondly),
        (b"x-hubspot-ratelimit-secondly-remaining", b"%d" % (secondly - 1)),
    )


class RateLimits:
    """Counts requests in a rolling window of ten seconds and per day.

    Units: every time is milliseconds since 1970.
    """

    def __init__(self, tier: Tier, *, enforced: bool = False) -> None:
        self.tier = tier
        self.enforced = enforced
        self._recent: deque[int] = deque()
        self._searches: deque[int] = deque()
        self._day = 0
        self.used_today = 0

    def reset(self) -> None:
        """Reset the counters."""
        self._recent.clear()
        self._searches.clear()
        self.used_today = 0

    @property
    def day(self) -> tuple[int, int]:
        """The account's day and the requests used in it, to continue from later."""
        return self._day, self.used_today

    @day.setter
    def day(self, day: tuple[int, int]) -> None:
        self._day, self.used_today = day

    def use(self, count: int, now_ms: int) -> None:
        """Set how many requests of the day are used."""
        self._day, self.used_today = day_of(now_ms), count

    def admit(self, now_ms: int, *, is_search: bool = False) -> str | None:
        """Count one request, and return the name of the policy that it breaks, or None.

        A refused request counts in no window. Search has its own bucket.
        """
        if is_search:
            return self._admit_search(now_ms)
        self._forget(self._recent, older_than=now_ms - WINDOW_MS)
        day = day_of(now_ms)
        if day != self._day:
            self._day, self.used_today = day, 0
        if self.enforced:
            if self.tier.daily is not None and self.used_today >= self.tier.daily:
                return "DAILY"
            if len(self._recent) >= self.tier.burst:
                return "TEN_SECONDLY_ROLLING"
        if len(self._recent) < self.tier.burst:
            self._recent.append(now_ms)
        self.used_today += 1
        return None

    def _admit_search(self, now_ms: int) -> str | None:
        if not self.enforced:
            return None
        self._forget(self._searches, older_than=now_ms - 1000)
        if len(self._searches) >= self.tier.search_per_second:
            return "SECONDLY"
        self._searches.append(now_ms)
        return None

    @staticmethod
    def _forget(times: deque[int], *, older_than: int) -> None:
        while times and times[0] <= older_than:
            times.popleft()
        if times and times[-1] > older_than + DAY_MS:
            times.clear()  # the clock was set back

    def headers(self, *, is_oauth: bool = False) -> list[tuple[bytes, bytes]]:
        """Return the rate-limit headers; an OAuth app has its own burst and no daily headers.

        Source: recording (hubspot-api-ruby 2026-04 and 2024-11, Nango 2026-03); that `Secondly-Remaining` rests at the
        maximum less one: recording.
        """
        tier = TIERS["oauth"] if is_oauth else self.tier
        interval, most, secondly, secondly_remaining = _window_headers(tier.burst)
        remaining = (b"x-hubspot-ratelimit-remaining", b"%d" % max(tier.burst - len(self._recent), 0))
        daily = self.daily_headers(is_oauth=is_oauth)
        return [*daily, interval, most, remaining, secondly, secondly_remaining]

    def daily_headers(self, *, is_oauth: bool = False) -> list[tuple[bytes, bytes]]:
        """Return the headers about the day, which are the only ones that searches have.

        Source: recording (hubspot-api-ruby 2022-11 and 2024-12), though HubSpot's documentation says that they have
        none.
        """
        daily = (TIERS["oauth"] if is_oauth else self.tier).daily
        if daily is None:
            return []
        return [
            (b"x-hubspot-ratelimit-daily", b"%d" % daily),
            (b"x-hubspot-ratelimit-daily-remaining", b"%d" % max(daily - self.used_today, 0)),
        ]
