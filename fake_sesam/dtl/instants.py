"""Transit datetimes with nanosecond precision. Pure.

Units: an instant is an integer, nanoseconds since 1970-01-01T00:00:00Z.

Source: docs (entity-data-model.rst): `~t2015-12-31` or `~t2015-01-02T03:04:05.123456789Z`, always UTC.
"""

import re
from datetime import UTC, datetime, timedelta

__all__ = ["EPOCH", "format_instant", "from_datetime", "parse_instant", "to_datetime"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NANOS = 1_000_000_000
_PATTERN = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z)?")


def parse_instant(text: str) -> int | None:
    """Parse a date or datetime without its `~t` tag; return None if it is neither."""
    match = _PATTERN.fullmatch(text)
    if not match:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    return from_datetime(moment) + int((match[7] or "0").ljust(9, "0"))


def format_instant(nanos: int) -> str:
    """Format an instant with its `~t` tag; the fraction has no trailing zeros.

    Raises:
        OverflowError: The year is not between 1 and 9999.
    """
    seconds, fraction = divmod(nanos, NANOS)
    moment = EPOCH + timedelta(seconds=seconds)
    text = f"{moment.year:04}-{moment:%m-%dT%H:%M:%S}"
    return f"~t{text}.{fraction:09}".rstrip("0") + "Z" if fraction else f"~t{text}Z"


def to_datetime(nanos: int) -> datetime:
    """Convert an instant to a datetime in UTC, truncated to microseconds."""
    return EPOCH + timedelta(microseconds=nanos // 1000)


def from_datetime(moment: datetime) -> int:
    """Convert an aware datetime to an instant."""
    delta = moment - EPOCH
    return (delta.days * 86400 + delta.seconds) * NANOS + delta.microseconds * 1000
