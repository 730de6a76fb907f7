"""Points in time, periods and spans of list filters at their exact bounds, and each word that they know."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from fake_hubspot.portal import list_times as module
from fake_hubspot.portal.clock import format_time, parse_time
from fake_hubspot.portal.list_times import (
    day_of_date,
    local_midnight,
    period,
    this_year,
    time_point,
    unbuilt_period,
    unbuilt_point,
    unbuilt_window,
    window,
)
from tests.support.cases import Cases

# A Wednesday; in the account's time zone it is four hours earlier, still on the same day.
NOW = parse_time("2026-05-13T10:20:30.400Z")
FIRST, LAST = -62_104_060_800_000, 253_370_678_400_000  # 0002-01-01 and 9998-12-31 in UTC
MONTHS = (
    *("JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE"),
    *("JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER", "DECEMBER"),
)
WEEKDAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")


def nothing(*_: str) -> None:
    """No property of the record is a time."""


def at(point: dict[str, Any], now_ms: int = NOW) -> str:
    """Return a point in UTC as text."""
    found = time_point({"zoneId": "UTC", **point}, now_ms, nothing)
    assert found is not None
    return format_time(int(found))


def indexed(kind: str, offset: Any = None, now_ms: int = NOW, **reference: Any) -> str:
    given = {"timeType": "INDEXED", "indexReference": {"referenceType": kind, **reference}, "offset": offset}
    return at(given, now_ms)


def test_every_month_and_weekday_has_its_name_and_its_number(cases: Cases) -> None:
    for number, name in enumerate(MONTHS, 1):
        for given in (name, name.title(), number, str(number)):
            with cases.case(given):
                expected = f"2025-{number:02}-09T00:00:00Z"
                assert at({"timeType": "DATE", "year": 2025, "month": given, "day": 9}) == expected
    for number, name in enumerate(WEEKDAYS):
        for given in (name, name.lower()):
            with cases.case(given):
                assert indexed("WEEK", dayOfWeek=given) == f"2026-05-{11 + number}T00:00:00Z"


def test_every_part_of_a_time_of_day_counts(cases: Cases) -> None:
    for parts, expected in (
        ({}, "T00:00:00Z"),
        ({"hour": 1}, "T01:00:00Z"),
        ({"minute": 2}, "T00:02:00Z"),
        ({"second": 3}, "T00:00:03Z"),
        ({"millisecond": 4}, "T00:00:00.004Z"),
    ):
        with cases.case(parts):
            assert at({"timeType": "DATE", "year": 2025, "month": 3, "day": 9, **parts}) == f"2025-03-09{expected}"
            assert indexed("TODAY", **parts) == f"2026-05-13{expected}"
            told = indexed("NOW", **parts)
            assert told == (f"2026-05-13{expected}" if parts else "2026-05-13T10:20:30.400Z")
    with cases.case("midnight is no part"):
        assert indexed("NOW", hour=0) == "2026-05-13T10:20:30.400Z"


def test_every_unit_moves_a_point_by_its_length(cases: Cases) -> None:
    for offset, expected in (
        ({"milliseconds": 7}, "2026-05-13T10:20:30.407Z"),
        ({"seconds": 7}, "2026-05-13T10:20:37.400Z"),
        ({"minutes": -7}, "2026-05-13T10:13:30.400Z"),
        ({"hours": 7}, "2026-05-13T17:20:30.400Z"),
        ({"days": 7}, "2026-05-20T10:20:30.400Z"),
        ({"weeks": -1}, "2026-05-06T10:20:30.400Z"),
        ({"months": 1}, "2026-06-13T10:20:30.400Z"),
        ({"months": -5}, "2025-12-13T10:20:30.400Z"),
        ({"months": 7}, "2026-12-13T10:20:30.400Z"),
        ({"months": 8}, "2027-01-13T10:20:30.400Z"),
        ({"quarters": 2}, "2026-11-13T10:20:30.400Z"),
        ({"years": 2}, "2028-05-13T10:20:30.400Z"),
        ({"DAY": 1}, "2026-05-14T10:20:30.400Z"),
        ({"days": None}, "2026-05-13T10:20:30.400Z"),
        ({"days": "2"}, "2026-05-15T10:20:30.400Z"),
        (None, "2026-05-13T10:20:30.400Z"),
    ):
        with cases.case(offset):
            assert indexed("NOW", offset) == expected
    for day, months, expected in (
        ("2026-01-31", 1, "2026-02-28"), ("2028-01-31", 1, "2028-02-29"), ("2026-10-31", 1, "2026-11-30"),
        ("2026-11-30", 1, "2026-12-30"), ("2026-12-31", 12, "2027-12-31"), ("2026-01-31", 11, "2026-12-31"),
    ):  # fmt: skip
        with cases.case(f"{day} and {months} months"):
            assert indexed("TODAY", {"months": months}, parse_time(day)) == f"{expected}T00:00:00Z"


def test_references_are_days_of_the_present_units(cases: Cases) -> None:
    """Without a month and a day the first ones; a month counts within its unit."""
    for kind, reference, expected in (
        ("MONTH", {}, "2026-05-01"), ("QUARTER", {}, "2026-04-01"), ("YEAR", {}, "2026-01-01"),
        ("QUARTER", {"month": 3}, "2026-06-01"), ("QUARTER", {"month": 5}, "2026-05-01"),
        ("YEAR", {"month": 12, "day": 31}, "2026-12-31"), ("YEAR", {"month": 13}, "2026-01-01"),
        ("MONTH", {"month": 9, "day": 2}, "2026-05-02"), ("FISCAL_MONTH", {"day": 4}, "2026-05-04"),
    ):  # fmt: skip
        with cases.case(f"{kind} {reference}"):
            assert indexed(kind, **reference) == f"{expected}T00:00:00Z"


def test_what_lies_beyond_the_calendar_counts_as_its_bound(cases: Cases) -> None:
    """Whether a unit of the calendar or of the clock leads there, and also for the present."""
    cases_of_now: tuple[tuple[Any, int, int], ...] = (
        (None, FIRST - 1, FIRST), (None, FIRST, FIRST), (None, FIRST + 1, FIRST + 1), (None, -(10**17), FIRST),
        (None, LAST + 1, LAST), (None, LAST, LAST), (None, LAST - 1, LAST - 1), (None, 10**17, LAST),
        ({"years": 1}, LAST, LAST), ({"years": -1}, FIRST, FIRST), ({"months": 1}, LAST, LAST),
        ({"months": -1}, FIRST, FIRST), ({"days": 1}, NOW + 4 * 10**12, NOW + 4 * 10**12 + 86_400_000),
        ({"days": 10**9}, NOW, LAST), ({"days": -(10**9)}, NOW, FIRST), ({"days": 10**20}, NOW, LAST),
        ({"years": 10**20}, NOW, LAST), ({"years": -(10**20)}, NOW, FIRST),
        ({"years": 7972}, NOW, parse_time("9998-05-13T10:20:30.400Z")), ({"years": 7973}, NOW, LAST),
        ({"years": -2024}, NOW, parse_time("0002-05-13T10:20:30.400Z")), ({"years": -2025}, NOW, FIRST),
    )  # fmt: skip
    point = {"timeType": "INDEXED", "zoneId": "UTC", "indexReference": {"referenceType": "NOW"}}
    for offset, now_ms, expected in cases_of_now:
        with cases.case(f"{offset} {now_ms}"):
            assert time_point({**point, "offset": offset}, now_ms, nothing) == expected


def test_a_property_that_is_referred_to_is_asked_for(cases: Cases) -> None:
    """Its value in the account's time zone, unless the point says otherwise."""
    times = {("p", "VALUE", "US/Eastern"): 5.0, ("p", "UPDATED_AT", "UTC"): 6.0}
    for more, expected in (
        ({}, 5.0),
        ({"referenceType": "UPDATED_AT", "zoneId": "UTC"}, 6.0),
        ({"zoneId": "UTC"}, None),
    ):
        with cases.case(more):
            point = {"timeType": "PROPERTY_REFERENCED", "property": "p", **more}
            assert time_point(point, NOW, lambda *given: times.get(given)) == expected


def test_zones_without_a_database(monkeypatch: pytest.MonkeyPatch, cases: Cases) -> None:
    """UTC under its names and the account's own zone, in winter time; other ones are unknown."""

    def no_zone(name: str) -> ZoneInfo:
        raise KeyError(name)

    monkeypatch.setattr(module, "_zone", module._zone.__wrapped__)
    monkeypatch.setattr(module, "ZoneInfo", no_zone)
    for zone, hour in (
        ("UTC", "00"),
        ("Etc/UTC", "00"),
        ("GMT", "00"),
        ("Z", "00"),
        ("US/Eastern", "05"),
        (None, "05"),
    ):
        with cases.case(zone):
            point = {"timeType": "DATE", "zoneId": zone, "year": 2026, "month": 7, "day": 1}
            assert at(point) == f"2026-07-01T{hour}:00:00Z"
    with cases.case("unknown"), pytest.raises(ValueError, match="no time zone 'Europe/Oslo'"):
        at({"timeType": "DATE", "zoneId": "Europe/Oslo", "year": 2026, "month": 7, "day": 1})


def test_older_names_of_zones_lead_to_newer_ones(monkeypatch: pytest.MonkeyPatch, cases: Cases) -> None:
    """Where the database lacks them: each kind of failure stands for a name that is unknown."""
    asked: list[str] = []
    failures: dict[str, Exception] = {}

    def newer_zone(name: str) -> ZoneInfo:
        asked.append(name)
        if name in failures:
            raise failures[name]
        return ZoneInfo("Europe/Oslo")

    monkeypatch.setattr(module, "_zone", module._zone.__wrapped__)
    monkeypatch.setattr(module, "ZoneInfo", newer_zone)
    for older, newer, failure in (
        ("US/Eastern", "America/New_York", KeyError()),
        ("US/Central", "America/Chicago", ValueError()),
        ("US/Mountain", "America/Denver", OSError()),
        ("US/Pacific", "America/Los_Angeles", KeyError()),
    ):
        with cases.case(older):
            failures[older] = failure
            asked.clear()
            point = {"timeType": "DATE", "zoneId": older, "year": 2026, "month": 7, "day": 1}
            assert at(point) == "2026-06-30T22:00:00Z"
            assert set(asked) == {older, newer}


def test_a_day_has_no_zone_of_its_own(cases: Cases) -> None:
    for text, zone, expected in (
        ("2026-07-01", "America/New_York", "2026-07-01T04:00:00Z"),
        ("2026-07-01", "UTC", "2026-07-01T00:00:00Z"),
        ("2026-07-32", "UTC", None),
        ("2026-07-01T00:00:00Z", "UTC", None),
        ("2026-7-1", "UTC", None),
        ("20260701", "UTC", None),
        ("", "UTC", None),
    ):
        with cases.case(text):
            assert local_midnight(text, zone) == (None if expected is None else parse_time(expected))
    with cases.case("the day of an operation"):
        first, last = day_of_date({"year": 2026, "month": "JULY", "day": 1})
        assert (format_time(first), format_time(last)) == ("2026-07-01T04:00:00Z", "2026-07-02T03:59:59.999Z")


def test_an_anniversary_is_on_the_local_day(cases: Cases) -> None:
    """The 29th of February is the 28th in other years; the year is that of the present in the zone."""
    for text, now, zone, expected in (
        ("1990-05-20T10:00:00Z", "2026-05-13T10:00:00Z", "UTC", "2026-05-20T10:00:00Z"),
        ("2024-02-29T10:00:00Z", "2026-05-13T10:00:00Z", "UTC", "2026-02-28T10:00:00Z"),
        ("1990-06-01T02:00:00Z", "2026-05-13T10:00:00Z", "America/New_York", "2026-06-01T02:00:00Z"),
        ("1990-06-01T02:00:00Z", "2026-01-01T03:00:00Z", "America/New_York", "2025-06-01T02:00:00Z"),
    ):
        with cases.case(f"{text} in {zone}"):
            assert format_time(this_year(parse_time(text), parse_time(now), zone)) == expected


def test_a_calendar_period_has_every_unit_and_count(cases: Cases) -> None:
    """The last and the next ones are one unless a count says otherwise; a fiscal year begins where it is said."""
    rows: tuple[tuple[dict[str, Any], str, str], ...] = (
        ({"timeUnit": "day", "operator": "IN_NEXT_TIME_UNIT"}, "2026-05-14T04:00:00Z", "2026-05-15T03:59:59.999Z"),
        ({"timeUnit": "DAY", "operator": "IN_LAST_TIME_UNIT"}, "2026-05-12T04:00:00Z", "2026-05-13T03:59:59.999Z"),
        (
            {"timeUnit": "WEEK", "operator": "IN_NEXT_TIME_UNIT", "timeUnitCount": "2"},
            "2026-05-18T04:00:00Z",
            "2026-06-01T03:59:59.999Z",
        ),
        (
            {"timeUnit": "YEAR", "operator": "IN_THIS_TIME_UNIT", "fiscalYearStart": "JULY"},
            "2026-01-01T05:00:00Z",
            "2027-01-01T04:59:59.999Z",
        ),
        (
            {"timeUnit": "YEAR", "operator": "IN_THIS_TIME_UNIT", "useFiscalYear": True},
            "2026-01-01T05:00:00Z",
            "2027-01-01T04:59:59.999Z",
        ),
        (
            {"timeUnit": "YEAR", "operator": "IN_THIS_TIME_UNIT", "useFiscalYear": True, "fiscalYearStart": "MAY"},
            "2026-05-01T04:00:00Z",
            "2027-05-01T03:59:59.999Z",
        ),
        (
            {"timeUnit": "MONTH", "operator": "IN_THIS_TIME_UNIT", "useFiscalYear": True, "fiscalYearStart": "JUNE"},
            "2026-05-01T04:00:00Z",
            "2026-06-01T03:59:59.999Z",
        ),
    )
    for operation, low, high in rows:
        with cases.case(operation):
            assert tuple(map(format_time, period(operation, NOW))) == (low, high)


OFFSET = {"amount": 1, "timeUnit": "DAY", "offsetDirection": "PAST"}
DAY = 86_400_000
POINT = {"timeType": "DATE", "zoneId": "UTC", "year": 1970, "month": 1, "day": 2}
LATER = POINT | {"day": 4}
UNKNOWN = {"timeType": "PROPERTY_REFERENCED", "property": "p"}


def test_spans_at_their_exact_bounds(cases: Cases) -> None:
    """What is before or after a bound does not include it; what is between two includes both."""
    before, after = [True, False, False], [False, False, True]
    rows: tuple[tuple[dict[str, Any], int, list[bool]], ...] = (
        ({"type": "ABSOLUTE_COMPARATIVE", "comparison": "BEFORE", "timestamp": 9}, 9, before),
        ({"type": "ABSOLUTE_COMPARATIVE", "comparison": "AFTER", "timestamp": "9"}, 9, after),
        ({"type": "RELATIVE_COMPARATIVE", "comparison": "BEFORE", "timeOffset": OFFSET}, NOW - DAY, before),
        (
            {
                "type": "RELATIVE_COMPARATIVE",
                "comparison": "AFTER",
                "timeOffset": OFFSET | {"offsetDirection": "future", "timeUnit": "days", "amount": "2"},
            },
            NOW + 2 * DAY,
            after,
        ),
        ({"type": "TIME_POINT", "operator": "IS_BEFORE", "timePoint": POINT}, DAY, before),
        ({"type": "TIME_POINT", "operator": "IS_AFTER", "timePoint": POINT}, DAY, after),
        ({"type": "TIME_POINT", "operator": "IS_AFTER", "timePoint": UNKNOWN}, 0, [False] * 3),
        ({"type": "TIME_POINT", "operator": "IS_BEFORE", "timePoint": UNKNOWN}, 0, [False] * 3),
    )
    for refining, bound, expected in rows:
        with cases.case(refining):
            lets_through = window(refining, NOW, nothing)
            assert [lets_through(bound + by) for by in (-1, 0, 1)] == expected
    past, future = OFFSET, OFFSET | {"offsetDirection": "FUTURE"}
    ranges: tuple[tuple[dict[str, Any], int, int], ...] = (
        ({"type": "ABSOLUTE_RANGED", "lowerTimestamp": 5, "upperTimestamp": "9"}, 5, 9),
        ({"type": "RELATIVE_RANGED", "lowerBoundOffset": past, "upperBoundOffset": future}, NOW - DAY, NOW + DAY),
        ({"type": "TIME_RANGED", "lowerBoundTimePoint": POINT, "upperBoundTimePoint": LATER}, DAY, 3 * DAY),
    )
    for refining, low, high in ranges:
        name, begin = ("operator", "IS_") if refining["type"] == "TIME_RANGED" else ("rangeType", "")
        for word, is_inside in (("BETWEEN", True), ("NOT_BETWEEN", False)):
            with cases.case(f"{refining} {word}"):
                lets_through = window({**refining, name: begin + word}, NOW, nothing)
                found = [lets_through(time) is is_inside for time in (low - 1, low, high, high + 1)]
                assert found == [False, True, True, False]
    for low_point, high_point in ((UNKNOWN, POINT), (POINT, UNKNOWN)):
        with cases.case("a bound without a value"):
            refining = {"type": "TIME_RANGED", "operator": "IS_NOT_BETWEEN"}
            refining |= {"lowerBoundTimePoint": low_point, "upperBoundTimePoint": high_point}
            assert window(refining, NOW, nothing)(10**15) is False


def test_each_kind_of_mistake_is_told(cases: Cases) -> None:
    """A wrong type, a missing member, a number that is too large."""
    points: tuple[Any, ...] = (
        [],
        {"timeType": "DATE", "year": 10**30, "month": 1, "day": 1},
        {"timeType": "INDEXED", "indexReference": {"referenceType": "WEEK", "dayOfWeek": 5}},
    )
    for point in points:
        with cases.case(point):
            assert unbuilt_point(point) == f"the point in time {point!r} of list filters"
    for operation in ({"timeUnit": 5, "operator": "IN_THIS_TIME_UNIT"}, {"timeUnit": "DAY", "operator": "IN_NO_UNIT"}):
        with cases.case(operation):
            assert unbuilt_period(operation) == f"the period {operation!r} of list filters"
    for refining in (
        {"type": "RELATIVE_COMPARATIVE", "comparison": "AFTER", "timeOffset": OFFSET | {"offsetDirection": "ASIDE"}},
        {"type": "RELATIVE_COMPARATIVE", "comparison": "AFTER", "timeOffset": OFFSET | {"timeUnit": "AGE"}},
        {"type": "TIME_POINT", "operator": "BEFORE", "timePoint": POINT},
        {"type": "ABSOLUTE_RANGED", "rangeType": "IS_NEAR", "lowerTimestamp": 1, "upperTimestamp": 2},
    ):
        with cases.case(refining):
            assert unbuilt_window(refining) == f"the refinement {refining['type']} of list filters"
    with cases.case("what is fine"):
        assert unbuilt_point(UNKNOWN) == ""
        assert unbuilt_period({"timeUnit": "DAY", "operator": "IN_THIS_TIME_UNIT"}) == ""
        assert unbuilt_window({"type": "ALL_HISTORY"}) == ""
