"""Points in time, calendar periods and spans in the filters of lists."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_hubspot.portal.clock import format_time, parse_time
from fake_hubspot.portal.list_times import period, time_point, unbuilt_period, unbuilt_point, unbuilt_window, window

# A Wednesday; in the account's time zone it is four hours earlier, still on the same day.
NOW = parse_time("2026-05-13T10:20:30.400Z")


def nothing(*_: str) -> None:
    """No property of the record is a time."""


@pytest.mark.parametrize(
    ("unit", "operator", "more", "low", "high"),
    [
        ("DAY", "IN_THIS_TIME_UNIT", {}, "2026-05-13T04:00:00Z", "2026-05-14T03:59:59.999Z"),
        ("DAY", "IN_LAST_TIME_UNIT", {"timeUnitCount": 2}, "2026-05-11T04:00:00Z", "2026-05-13T03:59:59.999Z"),
        ("WEEK", "IN_THIS_TIME_UNIT", {}, "2026-05-11T04:00:00Z", "2026-05-18T03:59:59.999Z"),
        ("WEEK", "IN_THIS_TIME_UNIT_SO_FAR", {}, "2026-05-11T04:00:00Z", "2026-05-13T10:20:30.400Z"),
        ("MONTH", "IN_NEXT_TIME_UNIT", {}, "2026-06-01T04:00:00Z", "2026-07-01T03:59:59.999Z"),
        ("MONTH", "IN_LAST_TIME_UNIT", {"timeUnitCount": 3}, "2026-02-01T05:00:00Z", "2026-05-01T03:59:59.999Z"),
        ("QUARTER", "IN_THIS_TIME_UNIT", {}, "2026-04-01T04:00:00Z", "2026-07-01T03:59:59.999Z"),
        ("YEAR", "IN_LAST_TIME_UNIT", {}, "2025-01-01T05:00:00Z", "2026-01-01T04:59:59.999Z"),
        (
            *("YEAR", "IN_THIS_TIME_UNIT", {"useFiscalYear": True, "fiscalYearStart": "JULY"}),
            *("2025-07-01T04:00:00Z", "2026-07-01T03:59:59.999Z"),
        ),
        (
            *("QUARTER", "IN_NEXT_TIME_UNIT", {"useFiscalYear": True, "fiscalYearStart": "FEBRUARY"}),
            *("2026-08-01T04:00:00Z", "2026-11-01T03:59:59.999Z"),
        ),
    ],
)
def test_a_calendar_period_is_whole_units_of_the_account(
    unit: str, operator: str, more: dict[str, Any], low: str, high: str
) -> None:
    """Its first and last millisecond, with the change to summer time between."""
    found = period({"timeUnit": unit, "operator": operator, **more}, NOW)

    assert tuple(map(format_time, found)) == (low, high)


def test_points_in_time_refer_to_days_of_the_present_units() -> None:
    """In the zone of the point, moved by an offset of the calendar."""
    cases: tuple[tuple[dict[str, Any], dict[str, int], str], ...] = (
        ({"referenceType": "NOW"}, {}, "2026-05-13T10:20:30.400Z"),
        ({"referenceType": "NOW"}, {"hours": -3, "minutes": 1}, "2026-05-13T07:21:30.400Z"),
        ({"referenceType": "NOW", "hour": 8}, {}, "2026-05-13T08:00:00Z"),
        ({"referenceType": "TODAY"}, {"months": 1, "days": -13}, "2026-05-31T00:00:00Z"),
        ({"referenceType": "TODAY", "hour": 23, "minute": 59}, {"years": -1}, "2025-05-13T23:59:00Z"),
        ({"referenceType": "WEEK", "dayOfWeek": "MONDAY"}, {"weeks": 1}, "2026-05-18T00:00:00Z"),
        ({"referenceType": "WEEK", "dayOfWeek": "SUNDAY"}, {}, "2026-05-17T00:00:00Z"),
        ({"referenceType": "MONTH", "day": 31}, {"months": -3}, "2026-02-28T00:00:00Z"),
        ({"referenceType": "QUARTER", "month": 2, "day": 3}, {}, "2026-05-03T00:00:00Z"),
        ({"referenceType": "YEAR", "month": 2, "day": 30}, {"quarters": 1}, "2026-05-28T00:00:00Z"),
        ({"referenceType": "FISCAL_QUARTER", "month": 1, "day": 1}, {}, "2026-04-01T00:00:00Z"),
        ({"referenceType": "FISCAL_YEAR", "month": 1, "day": 1}, {}, "2026-01-01T00:00:00Z"),
    )

    for reference, offset, expected in cases:
        point = {"timeType": "INDEXED", "zoneId": "UTC", "indexReference": reference, "offset": offset}
        found = time_point(point, NOW, nothing)
        assert found is not None
        assert format_time(int(found)) == expected, (reference, offset)


def test_a_day_begins_in_the_zone_of_the_point() -> None:
    """An older name of a zone is known without the older time zone database."""
    date = {"timeType": "DATE", "year": 2026, "month": 7, "day": 1, "hour": 23, "millisecond": 5}

    zones = ("US/Eastern", "Europe/Oslo", "UTC", None)
    found = [time_point({**date, "zoneId": zone}, NOW, nothing) for zone in zones]

    expected = ("2026-07-02T03:00:00.005Z", "2026-07-01T21:00:00.005Z", "2026-07-01T23:00:00.005Z")
    assert found == [*map(parse_time, expected), parse_time(expected[0])]


def test_spans_let_through_what_is_inside_or_outside() -> None:
    """Before and after a time or an offset, between two of them, and between points."""
    day = 86_400_000
    past = {"amount": 2, "timeUnit": "DAYS", "offsetDirection": "PAST"}
    point = {"timeType": "INDEXED", "indexReference": {"referenceType": "NOW"}, "offset": {"days": -2}}
    cases: tuple[tuple[dict[str, Any], list[bool]], ...] = (
        ({"type": "ALL_HISTORY"}, [True, True, True]),
        ({"type": "ABSOLUTE_COMPARATIVE", "comparison": "BEFORE", "timestamp": NOW - day}, [True, False, False]),
        (
            {"type": "ABSOLUTE_RANGED", "rangeType": "NOT_BETWEEN", "lowerTimestamp": 0, "upperTimestamp": NOW - day},
            [False, False, True],
        ),
        ({"type": "RELATIVE_COMPARATIVE", "comparison": "AFTER", "timeOffset": past}, [False, True, True]),
        (
            {
                "type": "RELATIVE_RANGED",
                "rangeType": "BETWEEN",
                "lowerBoundOffset": past,
                "upperBoundOffset": past | {"amount": 1},
            },
            [False, True, False],
        ),
        ({"type": "TIME_POINT", "operator": "IS_BEFORE", "timePoint": point}, [True, False, False]),
        (
            {
                "type": "TIME_RANGED",
                "operator": "IS_BETWEEN",
                "lowerBoundTimePoint": point,
                "upperBoundTimePoint": point | {"offset": {}},
            },
            [False, True, True],
        ),
    )

    for refining, expected in cases:
        lets_through = window(refining, NOW, nothing)
        assert [lets_through(NOW - days * day) for days in (3, 1, 0)] == expected, refining


@pytest.mark.parametrize(
    "point",
    [
        5,
        {"timeType": "SOMETIME"},
        {"timeType": "DATE", "year": 2026, "month": 13, "day": 1},
        {"timeType": "DATE", "year": 2026, "month": "MAYBE", "day": 1},
        {"timeType": "DATE", "year": 2026, "month": 2, "day": 30},
        {"timeType": "INDEXED", "indexReference": {"referenceType": "DECADE"}},
        {"timeType": "INDEXED", "indexReference": {"referenceType": "WEEK"}},
        {"timeType": "INDEXED", "zoneId": "Mars/Olympus", "indexReference": {"referenceType": "NOW"}},
        {"timeType": "INDEXED", "zoneId": "../../etc/passwd", "indexReference": {"referenceType": "NOW"}},
        {"timeType": "INDEXED", "indexReference": {"referenceType": "NOW"}, "offset": {"fortnights": 1}},
        {"timeType": "INDEXED", "indexReference": {"referenceType": "NOW"}, "offset": {"days": "many"}},
        {"timeType": "PROPERTY_REFERENCED"},
    ],
)
def test_what_cannot_be_evaluated_is_told(point: Any) -> None:
    """Before a list is made with it."""
    assert unbuilt_point(point).startswith("the point in time ")


def test_odd_periods_and_spans_are_told() -> None:
    """By their names."""
    assert unbuilt_period({"timeUnit": "DECADE", "operator": "IN_THIS_TIME_UNIT"}).startswith("the period {")
    assert unbuilt_period({"operator": "IN_THIS_TIME_UNIT"}).startswith("the period {")
    for refining in ({"type": "SOMETIMES"}, {"type": "ABSOLUTE_COMPARATIVE", "timestamp": 1, "comparison": "NEAR"}):
        assert unbuilt_window(refining) == f"the refinement {refining['type']} of list filters"
    assert unbuilt_window("often") == "the refinement often of list filters"


@settings(max_examples=50)
@given(
    amounts=st.dictionaries(
        st.sampled_from(("years", "quarters", "months", "weeks", "days", "hours", "milliseconds")), st.integers()
    ),
    now=st.integers(min_value=-(10**16), max_value=10**16),
)
def test_no_offset_and_no_present_breaks_a_point(amounts: dict[str, int], now: int) -> None:
    """What lies beyond the calendar counts as its bound."""
    point = {"timeType": "INDEXED", "indexReference": {"referenceType": "TODAY"}, "offset": amounts}

    found = time_point(point, now, nothing)

    assert found is not None
    assert -70_000_000_000_000 < found < 260_000_000_000_000
    low, high = period({"timeUnit": "YEAR", "operator": "IN_NEXT_TIME_UNIT", "timeUnitCount": 10**9}, now)
    assert low <= high + 1
