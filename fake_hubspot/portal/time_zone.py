"""The account's time zone, which decides when its day begins."""

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fake_hubspot.portal.durations import DAY_MS, HOUR_MS

__all__ = ["TIME_ZONE", "day_of", "offset_ms"]

# The time zone of a new account in the recordings (2026-03); the time zone database has it under its newer name.
TIME_ZONE = "US/Eastern"
ZONE = "America/New_York"
WINTER_MS = -5 * HOUR_MS


def offset_ms(now_ms: int) -> int:
    """Return how far local time is ahead of UTC.

    Units: milliseconds.
    """
    return _offset_of_hour(now_ms // HOUR_MS)


@lru_cache(maxsize=64)
def _offset_of_hour(hour: int) -> int:
    try:
        zone = ZoneInfo(ZONE)
    except ZoneInfoNotFoundError:  # a small image can lack the time zone database
        return WINTER_MS
    offset = datetime.fromtimestamp(hour * 3600, UTC).astimezone(zone).utcoffset()
    return round(offset.total_seconds() * 1000) if offset else 0


def day_of(now_ms: int) -> int:
    """Return the number of the account's day; daily counters restart with each day.

    Source: docs (usage guidelines).
    """
    return (now_ms + offset_ms(now_ms)) // DAY_MS
