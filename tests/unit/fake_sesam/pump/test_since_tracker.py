"""Offsets: which strategy applies, and what the next run sends."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fake_sesam.config import SourceConfig
from fake_sesam.errors import FakeSesamError
from fake_sesam.pump.run_plan import shift_back
from fake_sesam.pump.since_tracker import SinceTracker, later, strategy_of
from tests.support.cases import for_each

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)


@for_each(
    ("flags", "expected"),
    [
        ({}, "none"),
        ({"supports_since": True}, "max"),
        ({"supports_since": True, "is_since_comparable": False}, "none"),
        ({"supports_since": True, "is_chronological": True}, "chronological"),
        ({"supports_since": True, "is_chronological": True, "is_since_comparable": False}, "chronological"),
        ({"is_chronological": True}, "none"),
    ],
)
def test_the_flags_of_the_source_choose_the_strategy(flags: dict[str, Any], expected: str) -> None:
    assert strategy_of(SourceConfig(type="json", **flags)) == expected


@given(st.lists(st.integers(), min_size=1) | st.lists(TEXTS, min_size=1))
def test_the_max_of_strings_is_bytewise_and_of_integers_numeric(updated: list[Any]) -> None:
    """In whatever order and batches they come."""
    tracker = SinceTracker("max", None)
    for each in updated:
        tracker.observe([{"_updated": each}])

    expected = max(updated, key=lambda each: each.encode() if isinstance(each, str) else each)
    assert tracker.offset == expected


@given(st.lists(st.integers(), min_size=1))
def test_a_chronological_offset_is_the_last_one(updated: list[int]) -> None:
    """Even where the source is not what it claims."""
    tracker = SinceTracker("chronological", None)
    tracker.observe([{"_updated": each} for each in updated])

    assert tracker.offset == updated[-1]


@for_each("updated", [None, True, 1.5, [1], {"a": 1}])
def test_a_value_that_is_neither_string_nor_integer_is_not_an_offset(updated: Any) -> None:
    """It is passed over."""
    tracker = SinceTracker("max", 5)
    tracker.observe([{"_updated": updated}, {}])

    assert tracker.offset == 5


def test_without_a_strategy_nothing_is_kept() -> None:
    """Every run is a full run."""
    tracker = SinceTracker("none", None)
    tracker.observe([{"_updated": 1}])

    assert tracker.offset is None


@for_each(
    ("offset", "is_later"),
    [
        (None, False),
        ("", False),
        (6, False),
        (7, False),
        (8, True),
        ("6", False),
        ("-9", False),
        ("8", True),
        ("07", False),
        # No number, so a text, and texts are greater than integers.
        *((text, True) for text in ("X5", "5X", "--5", "-", "+5", " 5", "5\n", "²", "٣", "5" * 5_000)),
    ],
)
def test_an_offset_that_a_user_has_set_is_compared_as_what_the_source_sends(offset: Any, is_later: bool) -> None:
    """The one that stays is as it was given; of equal ones, it is that of the source."""
    found = later(7, offset)

    tracker = SinceTracker("max", offset)
    tracker.observe([{"_updated": 7}])

    assert (found, type(found)) == ((offset, type(offset)) if is_later else (7, int))
    assert tracker.offset == (offset if is_later or str(offset) in ("7", "07") else 7)


@for_each(
    ("offset", "delta", "expected"),
    [
        (12637, 100, 12537),
        ("~t2018-04-27T15:46:40Z", 3600, "~t2018-04-27T14:46:40Z"),
        ("~t2018-04-27T00:00:00.123Z", 1, "~t2018-04-26T23:59:59.123Z"),
    ],
)
def test_an_offset_is_shifted_back(offset: Any, delta: int, expected: Any) -> None:
    """Integers by the delta, datetimes by seconds."""
    assert shift_back(offset, delta) == expected


@for_each("offset", ["2018-04-27T15:46:40Z", "~tomorrow", "~t2018-99-99T15:46:40Z", "abc"])
def test_other_offsets_cannot_be_shifted(offset: str) -> None:
    """The pump fails with what it needs."""
    with pytest.raises(FakeSesamError, match="partial_rescan_delta needs"):
        shift_back(offset, 1)
