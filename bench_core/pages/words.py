"""Numbers, times and sizes as people write them on pages. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bench_core.text import counted

__all__ = ["FILTERS", "Moment", "counted", "lasted", "moment_of", "ordinal", "sized", "spanned"]

STEPS = ((86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1000, "s"))
DAYS_IN_WORDS = 60


@dataclass(frozen=True, slots=True)
class Moment:
    """A time, exact and in words."""

    exact: str
    words: str

    @property
    def time(self) -> str:
        """The time of the day to the second."""
        return self.exact[11:19]


def moment_of(at_ms: float, *, now_ms: float) -> Moment:
    """Return a time and how long ago it was; after two months the day says more."""
    exact = datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    ago = round(now_ms - at_ms)
    if abs(ago) > DAYS_IN_WORDS * 86_400_000:
        return Moment(exact, exact[:10])
    if abs(ago) < 1000:
        return Moment(exact, "now")
    span = spanned(abs(ago))
    return Moment(exact, f"{span} ago" if ago > 0 else f"in {span}")


def spanned(span_ms: int) -> str:
    """Return a span of time in its largest unit: `5 s`, `90 d`."""
    return next((f"{span_ms // step:,} {name}" for step, name in STEPS if span_ms >= step), f"{span_ms} ms")


def sized(number: int) -> str:
    """Return a number of bytes in words."""
    if number < 1000:
        return f"{number} B"
    return f"{number / 1000:.1f} kB" if number < 1_000_000 else f"{number / 1_000_000:.1f} MB"


def lasted(seconds: float) -> str:
    """Return how long something took."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def ordinal(number: int) -> str:
    """Return a number as a place in a row: `1st`, `12th`, `23rd`."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"


FILTERS: Mapping[str, Callable[..., Any]] = {
    "counted": counted,
    "sized": sized,
    "lasted": lasted,
    "ordinal": ordinal,
    "grouped": "{:,}".format,
}
