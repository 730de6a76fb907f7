"""The account's time zone: where its day begins."""

from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

__all__ = ["TIME_ZONE", "day_of", "offset_ms"]

# As a new account in the recordings has it (2026-03); the database of zones knows it by its newer name.
TIME_ZONE = "US/Eastern"
ZONE = "America/New_York"
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
WINTER_MS = -5 * HOUR_MS


def offset_ms(now_ms: int) -> int:
    """How far local time is ahead of UTC.

    Units: milliseconds.
    """
    return _offset_of_hour(now_ms // HOUR_MS)


@lru_cache(maxsize=64)
def _offset_of_hour(hour: int) -> int:
    try:
        zone = ZoneInfo(ZONE)
    except ZoneInfoNotFoundError:  # a small image can be without the database of zones
        return WINTER_MS
    offset = datetime.fromtimestamp(hour * 3600, UTC).astimezone(zone).utcoffset()
    return round(offset.total_seconds() * 1000) if offset else 0


def day_of(now_ms: int) -> int:
    """The number of the account's day; daily counters start again each day. Source: docs (usage guidelines)."""
    return (now_ms + offset_ms(now_ms)) // DAY_MS
