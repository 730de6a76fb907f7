"""Property filters of lists on times: how a value is read, and what it is compared with, at the exact bounds."""

from dataclasses import dataclass, field
from typing import Any

from fake_hubspot.portal.clock import parse_time
from fake_hubspot.portal.list_properties import check_operation, holds, referenced_by
from tests.support.cases import Cases

DAY = 86_400_000
NOW = parse_time("2026-05-13T10:20:30.400Z")
PARSERS = (
    "VALUE",
    "UPDATED_AT",
    "ANNIVERSARY",
    "VALUE_WITH_ZONE_SAME_LOCAL_CONVERSION",
    "ANNIVERSARY_WITH_ZONE_SAME_LOCAL_CONVERSION",
)


@dataclass
class Thing:
    """Something with properties and their past values, newest first."""

    properties: dict[str, str] = field(default_factory=dict)
    history: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    now_ms: int = NOW

    def value(self, name: str) -> str:
        """The value of a property."""
        return self.properties.get(name, "")

    def past(self, name: str) -> list[tuple[str, int]]:
        """The values that it has had."""
        return self.history.get(name, [])


def around(bound_ms: int, operation: dict[str, Any], **others: str) -> list[bool]:
    """Return whether a time just before, at and just after a bound meets an operation."""
    return [holds(operation, "p", Thing({"p": str(bound_ms + by), **others})) for by in (-1, 0, 1)]


def day(number: int, **more: Any) -> dict[str, Any]:
    return {"timeType": "DATE", "zoneId": "UTC", "year": 2026, "month": 5, "day": number, **more}


def between(low_ms: int, high_ms: int) -> dict[str, Any]:
    return {"type": "ABSOLUTE_RANGED", "rangeType": "BETWEEN", "lowerTimestamp": low_ms, "upperTimestamp": high_ms}


MAY_1 = parse_time("2026-05-01T00:00:00Z")


def test_a_point_bounds_a_time(cases: Cases) -> None:
    """It is no part of what it bounds, unless it is inclusive."""
    for operator, behaviour, expected in (
        ("IS_BEFORE", None, [True, False, False]),
        ("IS_BEFORE", "EXCLUSIVE", [True, False, False]),
        ("IS_BEFORE", "INCLUSIVE", [True, True, False]),
        ("IS_AFTER", None, [False, False, True]),
        ("IS_AFTER", "EXCLUSIVE", [False, False, True]),
        ("IS_AFTER", "INCLUSIVE", [False, True, True]),
    ):
        with cases.case(f"{operator} {behaviour}"):
            operation = {"operator": operator, "timePoint": day(1), "endpointBehavior": behaviour}
            assert around(MAY_1, operation) == expected


def test_a_point_may_be_the_present_or_another_property(cases: Cases) -> None:
    """Also as one of two bounds."""
    present = {"timeType": "INDEXED", "indexReference": {"referenceType": "NOW"}}
    other = {"timeType": "PROPERTY_REFERENCED", "property": "q"}
    for point, bound in ((present, NOW), (other, MAY_1)):
        for operation, expected in (
            ({"operator": "IS_BEFORE", "timePoint": point}, [True, False, False]),
            ({"operator": "IS_AFTER", "timePoint": point}, [False, False, True]),
            (
                {"operator": "IS_BETWEEN", "lowerBoundTimePoint": point, "upperBoundTimePoint": day(1, year=2030)},
                [False, True, True],
            ),
            (
                {"operator": "IS_BETWEEN", "lowerBoundTimePoint": day(1, year=2000), "upperBoundTimePoint": point},
                [True, True, False],
            ),
        ):
            with cases.case(operation):
                assert around(bound, operation, q=str(MAY_1)) == expected


def test_two_points_bound_a_time(cases: Cases) -> None:
    """Both are part of what they bound, unless they are exclusive."""
    for low, high, expected in (
        (None, None, [False, True, True, True, True, False]),
        ("INCLUSIVE", "INCLUSIVE", [False, True, True, True, True, False]),
        ("EXCLUSIVE", None, [False, False, True, True, True, False]),
        (None, "EXCLUSIVE", [False, True, True, True, False, False]),
    ):
        with cases.case(f"{low} {high}"):
            operation: dict[str, Any] = {"lowerBoundTimePoint": day(1), "upperBoundTimePoint": day(3)}
            operation |= {"lowerBoundEndpointBehavior": low, "upperBoundEndpointBehavior": high}
            for operator, inside in (("IS_BETWEEN", True), ("IS_NOT_BETWEEN", False)):
                given = {"operator": operator, **operation}
                found = around(MAY_1, given) + around(MAY_1 + 2 * DAY, given)
                assert [each is inside for each in found] == expected
    unknown = {"timeType": "PROPERTY_REFERENCED", "property": "q"}
    for points in ((unknown, day(3)), (day(1), unknown)):
        for flag in (None, False, True):
            with cases.case(f"{points} {flag}"):
                bounds = dict(zip(("lowerBoundTimePoint", "upperBoundTimePoint"), points, strict=True))
                one: dict[str, Any] = {"operator": "IS_BETWEEN", "includeObjectsWithNoValueSet": flag, **bounds}
                one |= dict.fromkeys(("lowerBoundEndpointBehavior", "upperBoundEndpointBehavior"), "EXCLUSIVE")
                assert around(MAY_1 + DAY, one) == [bool(flag)] * 3


def test_a_value_is_read_as_the_operation_says(cases: Cases) -> None:
    """As the time that it is, as that of its last change, or as its day in the present year."""
    thing = Thing({"p": "1990-05-02T10:00:00Z", "q": ""}, {"p": [("x", MAY_1), ("y", MAY_1 + 9 * DAY)]})
    in_1990 = {"lowerBoundTimePoint": day(1, year=1990), "upperBoundTimePoint": day(3, year=1990)}
    on_may_1 = {"lowerBoundTimePoint": day(1), "upperBoundTimePoint": day(1)}
    on_may_2 = {"lowerBoundTimePoint": day(2), "upperBoundTimePoint": day(3)}
    for parser in (None, *PARSERS):
        found = [
            holds({"operator": "IS_BETWEEN", "propertyParser": parser, **points}, "p", thing)
            for points in (in_1990, on_may_1, on_may_2)
        ]
        with cases.case(parser):
            kind = (parser or "VALUE").partition("_")[0]
            assert found == [kind == one for one in ("VALUE", "UPDATED", "ANNIVERSARY")]
            if kind == "UPDATED":
                never = {"operator": "IS_BETWEEN", "propertyParser": parser, **on_may_1}
                assert holds(never, "q", thing) is False
    for parser, before in (("VALUE", True), ("UPDATED_AT", False), ("ANNIVERSARY", False), (None, True)):
        with cases.case(f"{parser} before a point"):
            one = {"operator": "IS_BEFORE", "propertyParser": parser, "timePoint": day(1)}
            assert holds(one, "p", thing) is before


def test_a_date_begins_in_the_zone_of_the_point(cases: Cases) -> None:
    """Or in that of the account if it has none."""
    for zone, hour in (("UTC", 0), ("Europe/Oslo", -2), ("US/Eastern", 4), (None, 4)):
        with cases.case(zone):
            thing = Thing({"p": "2026-05-01"})
            point = day(1, hour=hour % 24, zoneId="UTC") | ({"day": 30, "month": 4} if hour < 0 else {})
            ms = MAY_1 + hour * 3_600_000
            referenced = referenced_by(thing)("p", "VALUE", zone or "US/Eastern")
            assert referenced == ms
            at_zone = day(1, zoneId=zone)
            for operator, expected in (("IS_BEFORE", False), ("IS_AFTER", False)):
                assert holds({"operator": operator, "timePoint": at_zone}, "p", thing) is expected
            both = {"lowerBoundTimePoint": at_zone, "upperBoundTimePoint": at_zone}
            assert holds({"operator": "IS_BETWEEN", **both}, "p", thing) is True
            assert around(ms, {"operator": "IS_BEFORE", "timePoint": point}) == [True, False, False]


def test_an_operation_of_the_type_date_is_about_a_whole_day(cases: Cases) -> None:
    """Of the account's time zone."""
    given = {"year": 2026, "month": "MAY", "day": 1}
    first = MAY_1 + 4 * 3_600_000
    last = first + DAY - 1
    for operator, begin, end in (
        ("IS_EQUAL_TO", [False, True, True], [True, True, False]),
        ("IS_BEFORE", [True, False, False], [False] * 3),
        ("IS_AFTER", [False] * 3, [False, False, True]),
    ):
        with cases.case(operator):
            one = {"operator": operator, **given}
            assert (around(first, one), around(last, one)) == (begin, end)
    with cases.case("no time"):
        one = {"operator": "IS_EQUAL_TO", **given}
        assert holds(one, "p", Thing({"p": "soon"})) is False
        assert holds(one | {"includeObjectsWithNoValueSet": True}, "p", Thing({"p": "soon"})) is True


def test_a_calendar_period_includes_its_bounds(cases: Cases) -> None:
    one = {"operator": "IN_THIS_TIME_UNIT", "timeUnit": "MONTH"}
    first = MAY_1 + 4 * 3_600_000
    last = first + 31 * DAY - 1
    with cases.case("bounds"):
        assert (around(first, one), around(last, one)) == ([False, True, True], [True, True, False])
    with cases.case("a date without a time"):
        assert [holds(one, "p", Thing({"p": text})) for text in ("2026-05-01", "2026-04-30")] == [True, False]
    for flag in (None, False, True):
        with cases.case(f"no value {flag}"):
            assert holds(one | {"includeObjectsWithNoValueSet": flag}, "p", Thing()) is bool(flag)


def test_times_are_compared_with_spans_and_other_properties(cases: Cases) -> None:
    """The other property is read as a time of change where the first one is."""
    thing = Thing({"p": str(NOW), "q": str(NOW - 1)}, {"p": [("", NOW)], "q": [("", NOW + 1)]})
    for operation, expected in (
        ({"operator": "IS_AFTER", "comparisonPropertyName": "q"}, True),
        ({"operator": "IS_AFTER", "comparisonPropertyName": "q", "operationType": "COMPARATIVE_DATE"}, True),
        (
            {"operator": "IS_AFTER", "comparisonPropertyName": "q", "operationType": "COMPARATIVE_PROPERTY_UPDATED"},
            False,
        ),
        ({"operator": "IS_AFTER", "comparisonPropertyName": "r"}, False),
        ({"operator": "IS_AFTER", "comparisonPropertyName": "r", "includeObjectsWithNoValueSet": True}, True),
        ({"operator": "IS_AFTER", "comparisonPropertyName": "r", "defaultComparisonValue": NOW - 1}, True),
        ({"operator": "IS_AFTER", "comparisonPropertyName": "q", "defaultComparisonValue": NOW + 1}, True),
        ({"operator": "IS_LESS_THAN_X_DAYS_AGO", "numberOfDays": "0.5"}, True),
        ({"operator": "UPDATED_IN_LAST_X_DAYS", "numberOfDays": 1, "propertyParser": "VALUE"}, True),
    ):
        with cases.case(operation):
            assert holds(operation, "p", thing) is expected
    for timestamp, value, expected in ((NOW - 1, NOW + 1, True), (None, NOW - 1, False), (NOW + 1, NOW - 1, False)):
        with cases.case(f"{timestamp} {value}"):
            one = {"operator": "IS_AFTER", "timestamp": timestamp, "value": value}
            assert holds(one, "p", thing) is expected


def test_a_refined_value_was_given_in_a_span_of_time(cases: Cases) -> None:
    """Whatever it is now, and also if it was changed since."""
    history = {"p": [("c", NOW), ("", NOW - 1), ("b", NOW - 2), ("a", NOW - 3)]}
    for value, low, high, expected in (
        ("b", NOW - 2, NOW, True), ("b", NOW - 1, NOW, False), ("b", NOW - 3, NOW - 2, True), ("b", 0, NOW - 3, False),
        ("c", NOW, NOW, True), ("x", 0, NOW, False), ("a", 0, NOW, True),
    ):  # fmt: skip
        for name in ("pruningRefineBy", "coalescingRefineBy"):
            with cases.case(f"{value} from {low} to {high} by {name}"):
                span = {
                    "type": "ABSOLUTE_RANGED",
                    "rangeType": "BETWEEN",
                    "lowerTimestamp": low,
                    "upperTimestamp": high,
                }
                one = {"operator": "IS_EQUAL_TO", "value": value, name: span}
                for now in ("b", ""):
                    assert holds(one, "p", Thing({"p": now}, history)) is expected
    for flag in (None, False, True):
        with cases.case(f"nothing in the span {flag}"):
            span = {
                "type": "ABSOLUTE_RANGED",
                "rangeType": "BETWEEN",
                "lowerTimestamp": NOW - 1,
                "upperTimestamp": NOW - 1,
            }
            one = {"operator": "IS_EQUAL_TO", "value": "", "pruningRefineBy": span}
            assert holds(one | {"includeObjectsWithNoValueSet": flag}, "p", Thing({"p": "b"}, history)) is bool(flag)
    with cases.case("a bound that another property holds"):
        point = {"timeType": "PROPERTY_REFERENCED", "property": "q"}
        refining = {"type": "TIME_POINT", "operator": "IS_AFTER", "timePoint": point}
        one = {"operator": "IS_EQUAL_TO", "value": "b", "pruningRefineBy": refining}
        assert holds(one, "p", Thing({"q": str(NOW - 3)}, history)) is True
        assert holds(one, "p", Thing({"q": str(NOW - 2)}, history)) is False


def test_what_of_an_operation_cannot_be_evaluated_is_told(cases: Cases) -> None:
    """The operator first, then the refinement, the parser and the points."""
    odd: dict[str, Any] = {"pruningRefineBy": {"type": "A"}, "propertyParser": "B", "timePoint": 5, "year": "C"}
    told = (
        "the refinement A of list filters",
        "the property parser B of list filters",
        "the point in time 5 of list filters",
        "the point in time {'operator': 'IS_BEFORE', 'year': 'C', 'timeType': 'DATE'} of list filters",
    )
    for text in told:
        with cases.case(text):
            assert check_operation({"operator": "IS_BEFORE", **odd}) == text
            odd.pop(next(iter(odd)))
    for parser in (None, *PARSERS):
        with cases.case(parser):
            assert check_operation({"operator": "IS_BEFORE", "propertyParser": parser}) == ""
    for operator in ("IN_THIS_TIME_UNIT", "IN_THIS_TIME_UNIT_SO_FAR", "IN_NEXT_TIME_UNIT", "IN_LAST_TIME_UNIT"):
        with cases.case(operator):
            assert check_operation({"operator": operator, "timeUnit": "DAY"}) == ""
            assert check_operation({"operator": operator}) == f"the period {{'operator': '{operator}'}} of list filters"
    with cases.case("no operator"):
        assert check_operation({}) == "the operator None of list filters"
    for name in ("timePoint", "lowerBoundTimePoint", "upperBoundTimePoint"):
        with cases.case(name):
            assert check_operation({"operator": "IS_BEFORE", "timePoint": day(1), name: 6}) != ""
