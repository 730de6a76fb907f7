"""A portal's clock: real, shifted or frozen. Pure except for the injected time source."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.durations import DAY_MS

__all__ = ["Clock", "format_time", "parse_time", "real_now_ms"]


def real_now_ms() -> int:
    """Return the machine's time.

    Units: milliseconds since 1970.
    """
    return time.time_ns() // 1_000_000


class Clock:
    """The time as one portal sees it.

    Units: milliseconds since 1970.
    """

    def __init__(self, source: Callable[[], int] = real_now_ms) -> None:
        self._source = source
        # Called when the time jumps, stops or goes on.
        self.on_move: Callable[[], None] = _nobody
        self._shift_ms = 0
        self._frozen_ms: int | None = None

    @property
    def is_frozen(self) -> bool:
        """Whether the clock is stopped."""
        return self._frozen_ms is not None

    def now_ms(self) -> int:
        """Return the portal's current time."""
        return self._source() + self._shift_ms if self._frozen_ms is None else self._frozen_ms

    def freeze(self, at_ms: int | None = None) -> None:
        """Stop at `at_ms`, or at the current time."""
        self._frozen_ms = self.now_ms() if at_ms is None else at_ms
        self.on_move()

    def advance(self, by_ms: int) -> None:
        """Move forward, or back if `by_ms` is negative."""
        if self._frozen_ms is None:
            self._shift_ms += by_ms
        else:
            self._frozen_ms += by_ms
        self.on_move()

    def reset(self) -> None:
        """Go back to the real time."""
        self._shift_ms, self._frozen_ms = 0, None
        self.on_move()

    @property
    def state(self) -> tuple[int, int | None]:
        """The state of the clock, to restore it later."""
        return self._shift_ms, self._frozen_ms

    @state.setter
    def state(self, state: tuple[int, int | None]) -> None:
        self._shift_ms, self._frozen_ms = state
        self.on_move()

    def resume(self) -> None:
        """Continue from the current state."""
        now = self.now_ms()
        self._frozen_ms = None
        self._shift_ms = now - self._source()
        self.on_move()


def _nobody() -> None:
    """Do nothing: nobody waits for a time."""


def format_time(at_ms: int) -> str:
    """Return a time in HubSpot's format, which leaves out the fraction if it is zero.

    Source: recording (`"2022-05-03T09:15:00Z"` in hubspot-api-ruby meetings, 2022-08).
    """
    day, within = divmod(at_ms, DAY_MS)
    seconds, fraction = divmod(within, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    text = f"{_format_day(day)}T{hour:02d}:{minute:02d}:{second:02d}"
    return f"{text}.{fraction:03d}Z" if fraction else f"{text}Z"


@lru_cache(maxsize=4096)
def _format_day(day: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=day)).isoformat()


def parse_time(text: str) -> int:
    """Return the milliseconds since 1970 of an ISO-8601 time or of a number of milliseconds.

    Raises:
        ValueError: The text is neither.
    """
    milliseconds = parse_id(text.removeprefix("-"))
    if milliseconds is not None:
        return -milliseconds if text.startswith("-") else milliseconds
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000)
