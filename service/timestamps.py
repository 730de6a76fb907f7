"""HubSpot's timestamps as Sesam's `since` tokens, and back. No clock is read here."""

import re
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache

__all__ = ["http_date_to_ms", "ms_to_token", "since_to_ms", "token_to_ms", "updated_tokens"]

_TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z", re.ASCII)
_FULL = "0000-00-00T00:00:00.000Z"
_MIDNIGHT = "T24"  # some versions of Python accept 24:00
_TO_ZERO = str.maketrans(dict.fromkeys("123456789", "0"))
_SINCE = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+ -]\d\d:?\d\d)?)?", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_DATE_LENGTH = 100
_LATEST_MS = 253402300799999  # the end of the year 9999


def updated_tokens(timestamps: Sequence[str]) -> list[str]:
    """Convert HubSpot's timestamps to tokens that sort as strings in the order of their times.

    HubSpot omits the fraction if it is zero, and `.` sorts before `Z`: `...00Z` would come after `...00.123Z`. So every
    token gets three digits. Sesam needs the tag `~t` for `partial_rescan_delta`.

    Raises:
        ValueError: A value is not a UTC timestamp, or no such time exists. The message contains its position, not the
            value.

    Units: milliseconds. Finer digits are cut off, which is safe for a token that is an inclusive lower bound.
    Source: recording (`2026-03-09T12:00:00Z` beside `...13.224Z`); docs (Sesam: JSON pull protocol, pump).
    """
    if set(map(len, timestamps)) <= {len(_FULL)} and _all_exist(timestamps, "".join(timestamps)):
        return [f"~t{value}" for value in timestamps]
    return [f"~t{_padded(value, position)}" for position, value in enumerate(timestamps)]


def _all_exist(timestamps: Sequence[str], text: str) -> bool:
    """Whether all timestamps of full length have the usual form and exist, checked without a step for each.

    Args:
        timestamps: Of the length of `_FULL`.
        text: All of them, joined.
    """
    if text.translate(_TO_ZERO) != _FULL * len(timestamps) or _MIDNIGHT in text:
        return False
    try:
        deque(map(datetime.fromisoformat, timestamps), maxlen=0)
    except ValueError:
        return False
    return True


def _padded(timestamp: str, position: int) -> str:
    match = _TIMESTAMP.fullmatch(timestamp)
    if match is None:
        raise ValueError(f"timestamp number {position + 1} is not of the form YYYY-MM-DDTHH:MM:SS[.fff]Z")
    padded = f"{match[1]}.{(match[2] or '').ljust(3, '0')[:3]}Z"
    _check_exists(padded, position)
    return padded


def _check_exists(timestamp: str, position: int) -> None:
    """Check a timestamp of the right form by its value, so that each token can come back as `since`."""
    try:
        datetime.fromisoformat(timestamp)
        exists = _MIDNIGHT not in timestamp
    except ValueError:
        exists = False
    if not exists:
        raise ValueError(f"timestamp number {position + 1} is a time that does not exist")


def ms_to_token(milliseconds: int) -> str:
    """Convert a time to a token.

    Units: milliseconds since 1970.
    """
    time = _EPOCH + timedelta(milliseconds=milliseconds)
    return f"~t{time:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03d}Z"


def token_to_ms(token: str) -> int:
    """Convert a token of `updated_tokens` to a time.

    Raises:
        ValueError: The token is not a time.

    Units: milliseconds since 1970.
    """
    return _milliseconds(datetime.fromisoformat(token.removeprefix("~t")))


def http_date_to_ms(date: str) -> int | None:
    """Convert a `Date` header to a time. Returns None if the header is missing or malformed.

    Units: milliseconds since 1970.
    """
    return _http_date_to_ms(date) if len(date) <= _MAX_DATE_LENGTH else None


@lru_cache(maxsize=16)  # pages that arrive within a second have the same date, and parsing it takes long
def _http_date_to_ms(date: str) -> int | None:
    try:
        return _milliseconds(parsedate_to_datetime(date))
    except (ValueError, TypeError, OverflowError):
        return None


def since_to_ms(text: str) -> int:
    """Parse a `since` in any form that Sesam or a person may send.

    Accepted are `2026-03-09T12:00:00Z`, with or without a fraction, `~t` in front or quotes around it; a date alone;
    and milliseconds since 1970.

    Raises:
        ValueError: The text has none of these forms.

    Units: milliseconds since 1970.
    """
    bare = text.strip().strip('"').removeprefix("~t")
    if bare.isascii() and bare.isdigit():
        if len(bare) > len(str(_LATEST_MS)) or int(bare) > _LATEST_MS:
            raise ValueError(f"expected milliseconds since 1970, got {text[:40]!r}")
        return int(bare)
    if not _SINCE.fullmatch(bare):
        raise ValueError(
            f"expected a time such as 2026-03-09T12:00:00.000Z, ~t2026-..., or milliseconds, got {text[:40]!r}"
        )
    try:
        time = datetime.fromisoformat(bare.replace(" ", "+"))  # a `+` that was not percent-encoded arrives as a space
        return max(0, _milliseconds(time if time.tzinfo else time.replace(tzinfo=UTC)))
    except (ValueError, OverflowError):
        raise ValueError(f"expected a time that exists, got {text[:40]!r}") from None


def _milliseconds(time: datetime) -> int:
    if time.tzinfo is None:
        raise ValueError("a time without a time zone")
    return (time - _EPOCH) // timedelta(milliseconds=1)
