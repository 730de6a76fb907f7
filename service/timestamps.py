"""HubSpot's timestamps as Sesam's `since` tokens. Pure: no clock is read here."""

import re
from collections.abc import Sequence

__all__ = ["updated_tokens"]

_TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z", re.ASCII)
_ALL_FULL = re.compile(r"(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)*", re.ASCII)


def updated_tokens(timestamps: Sequence[str]) -> list[str]:
    """Turn HubSpot's timestamps into tokens whose order as strings is their order in time.

    HubSpot leaves the fraction out where it is zero, and `.` sorts before `Z`: `...00Z` would come after `...00.123Z`.
    So every token gets three digits. Sesam wants the tag `~t` for `partial_rescan_delta` to work on it.

    Units: milliseconds; finer digits are cut off, which is safe for a token that is an inclusive lower bound.

    Raises:
        ValueError: A value is not a UTC timestamp; the message holds its position, not the value.

    Source: recording (`2026-03-09T12:00:00Z` beside `...13.224Z`); docs (Sesam: JSON pull protocol, pump).
    """
    if _ALL_FULL.fullmatch("".join(timestamps)) and all(len(value) == 24 for value in timestamps):
        return [f"~t{value}" for value in timestamps]
    return [f"~t{_padded(value, position)}" for position, value in enumerate(timestamps)]


def _padded(timestamp: str, position: int) -> str:
    match = _TIMESTAMP.fullmatch(timestamp)
    if match is None:
        raise ValueError(f"timestamp number {position + 1} is not of the form YYYY-MM-DDTHH:MM:SS[.fff]Z")
    return f"{match[1]}.{(match[2] or '').ljust(3, '0')[:3]}Z"
