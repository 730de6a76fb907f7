"""HubSpot's timestamps as Sesam's `since` tokens, and back. Pure: no clock is read here."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

__all__ = ["ms_to_token", "since_to_ms", "token_of_http_date", "token_to_ms", "updated_tokens"]

_TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z", re.ASCII)
_FULL = "0000-00-00T00:00:00.000Z"
_TO_ZERO = str.maketrans(dict.fromkeys("123456789", "0"))
_SINCE = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+ -]\d\d:?\d\d)?)?", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_MS = 253402300799999  # the end of the year 9999


def updated_tokens(timestamps: Sequence[str]) -> list[str]:
    """Turn HubSpot's timestamps into tokens whose order as strings is their order in time.

    HubSpot leaves the fraction out where it is zero, and `.` sorts before `Z`: `...00Z` would come after `...00.123Z`.
    So every token gets three digits. Sesam wants the tag `~t` for `partial_rescan_delta` to work on it.

    Units: milliseconds; finer digits are cut off, which is safe for a token that is an inclusive lower bound.

    Raises:
        ValueError: A value is not a UTC timestamp; the message holds its position, not the value.

    Source: recording (`2026-03-09T12:00:00Z` beside `...13.224Z`); docs (Sesam: JSON pull protocol, pump).
    """
    if set(map(len, timestamps)) <= {len(_FULL)} and "".join(timestamps).translate(_TO_ZERO) == _FULL * len(timestamps):
        return [f"~t{value}" for value in timestamps]
    return [f"~t{_padded(value, position)}" for position, value in enumerate(timestamps)]


def _padded(timestamp: str, position: int) -> str:
    match = _TIMESTAMP.fullmatch(timestamp)
    if match is None:
        raise ValueError(f"timestamp number {position + 1} is not of the form YYYY-MM-DDTHH:MM:SS[.fff]Z")
    return f"{match[1]}.{(match[2] or '').ljust(3, '0')[:3]}Z"


def ms_to_token(milliseconds: int) -> str:
    """The token of a moment.

    Units: milliseconds since 1970.
    """
    moment = _EPOCH + timedelta(milliseconds=milliseconds)
    return f"~t{moment:%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03d}Z"


def token_to_ms(token: str) -> int:
    """The moment of a token that `updated_tokens` made.

    Raises:
        ValueError: The digits name no moment, such as month 13.
    """
    return _milliseconds(datetime.fromisoformat(token.removeprefix("~t")))


def token_of_http_date(date: str, *, plus_s: int = 0) -> str | None:
    """The token of a `Date` header, None where it cannot be read."""
    try:
        return ms_to_token(_milliseconds(parsedate_to_datetime(date)) + plus_s * 1000)
    except (ValueError, TypeError, OverflowError):
        return None


def since_to_ms(text: str) -> int:
    """Read a `since`, in every form Sesam or a person may send it.

    `2026-03-09T12:00:00Z`, with a fraction, with `~t` in front, in quotes, as a date, or as milliseconds since 1970.

    Raises:
        ValueError: It is none of these.
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
        moment = datetime.fromisoformat(bare.replace(" ", "+"))  # a `+` that was not encoded arrives as a blank
        return max(0, _milliseconds(moment if moment.tzinfo else moment.replace(tzinfo=UTC)))
    except (ValueError, OverflowError):
        raise ValueError(f"expected a moment that exists, got {text[:40]!r}") from None


def _milliseconds(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return (moment - _EPOCH) // timedelta(milliseconds=1)
