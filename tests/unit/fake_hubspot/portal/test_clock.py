"""The clock of a portal."""

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_hubspot.portal import time_zone
from fake_hubspot.portal.clock import Clock, format_time, parse_time, real_now_ms
from tests.support.cases import for_each


@given(st.integers(-62_135_596_800_000, 253_402_300_799_999))
def test_a_time_is_written_as_hubspot_does_and_read_back(at_ms: int) -> None:
    """With milliseconds unless they are zero."""
    text = format_time(at_ms)

    assert parse_time(text) == at_ms
    assert text.endswith("Z")
    assert ("." in text) == (at_ms % 1000 != 0)
    assert datetime.fromisoformat(text).tzinfo == UTC


def test_a_fraction_of_zero_is_left_out() -> None:
    """As recorded."""
    assert format_time(1651569300000) == "2022-05-03T09:15:00Z"
    assert format_time(1523279820224) == "2018-04-09T13:17:00.224Z"


@for_each("text", ["", "soon", "2026-13-01", "12:00"])
def test_what_is_no_time_is_refused(text: str) -> None:
    """With a ValueError."""
    with pytest.raises(ValueError, match=r".*"):
        parse_time(text)


def test_a_clock_freezes_jumps_and_runs_on() -> None:
    """It continues from where it stopped."""
    now = 1_000
    clock = Clock(lambda: now)

    clock.freeze()
    now += 500
    frozen = clock.now_ms()
    clock.advance(10_000)
    clock.resume()
    now += 7

    assert frozen == 1_000
    assert clock.now_ms() == 11_007
    assert not clock.is_frozen


def test_without_a_time_zone_database_it_is_winter(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small image can lack it."""

    def missing(_name: str) -> None:
        raise ZoneInfoNotFoundError

    monkeypatch.setattr(time_zone, "ZoneInfo", missing)
    time_zone._offset_of_hour.cache_clear()

    assert time_zone.offset_ms(parse_time("2026-07-15T04:00:00Z")) == -18_000_000
    time_zone._offset_of_hour.cache_clear()


def test_the_real_time_is_that_of_the_machine() -> None:
    """In milliseconds."""
    before = time.time()
    now_ms = real_now_ms()

    assert before * 1000 - 1 <= now_ms <= time.time() * 1000
