"""Property filters of lists: whether the values of a record, or of an event, meet an operation. Pure."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from fake_hubspot.portal.durations import DAY_MS
from fake_hubspot.portal.list_operators import HISTORIC, KNOWN, OPERATORS, TIMES, number_of
from fake_hubspot.portal.list_times import (
    CALENDAR_OPERATORS,
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
from fake_hubspot.portal.time_zone import TIME_ZONE

__all__ = ["Values", "check_operation", "holds", "referenced_by"]

Operation = Mapping[str, Any]
POINTS = ("timePoint", "lowerBoundTimePoint", "upperBoundTimePoint")
# How the value of a property is read as a time. Source: docs for the first two, reader (models of hubspot-sdk
# 0.1.0a9) for the others.
VALUE, UPDATED_AT, ANNIVERSARY = "VALUE", "UPDATED_AT", "ANNIVERSARY"
SAME_LOCAL = "_WITH_ZONE_SAME_LOCAL_CONVERSION"
PARSERS = (VALUE, UPDATED_AT, ANNIVERSARY, VALUE + SAME_LOCAL, ANNIVERSARY + SAME_LOCAL)


class Values(Protocol):
    """What the filters ask of a thing that has properties."""

    @property
    def now_ms(self) -> int:
        """The present. Units: milliseconds since 1970."""

    def value(self, name: str) -> str:
        """Return the value of a property, empty if it has none."""

    def past(self, name: str) -> list[tuple[str, int]]:
        """Return the values that a property has had, each with the time from which on it had it, newest first."""


def check_operation(operation: Operation) -> str:
    """Return what of an operation cannot be evaluated, empty if everything can."""
    operator = operation.get("operator")
    if operator in CALENDAR_OPERATORS:
        return unbuilt_period(operation)
    if operator not in {*OPERATORS, *KNOWN, *HISTORIC, *TIMES}:
        return f"the operator {operator} of list filters"
    if problem := _check_refining(operation):
        return problem
    parser = operation.get("propertyParser")
    if parser not in (None, *PARSERS):
        return f"the property parser {parser!s:.50} of list filters"
    points = [operation[name] for name in POINTS if name in operation]
    points += [{**operation, "timeType": "DATE"}] if "year" in operation else []
    return next(filter(None, map(unbuilt_point, points)), "")


def _check_refining(operation: Operation) -> str:
    refining = operation.get("pruningRefineBy") or operation.get("coalescingRefineBy")
    return unbuilt_window(refining) if refining else ""


def referenced_by(values: Values) -> Callable[[str, str, str], float | None]:
    """Return what finds the time that a property of the same thing refers to."""
    return lambda name, parser, zone: _moment(name, parser, zone, values)


def holds(operation: Operation, name: str, values: Values) -> bool:
    """Return whether a property meets an operation. Its form must be right."""
    operator, value = str(operation["operator"]), values.value(name)
    if operator in KNOWN:
        return (value != "") == KNOWN[operator]
    if operator in HISTORIC:
        return _has_had(operation, [past for past, _ in values.past(name)])
    if operator in CALENDAR_OPERATORS:
        return _between(operation, _moment(name, VALUE, TIME_ZONE, values), *period(operation, values.now_ms))
    if operator in TIMES:
        return _in_time(operation, name, values)
    if "lowerBoundTimePoint" in operation:
        return _between_points(operation, name, values)
    if refining := operation.get("pruningRefineBy") or operation.get("coalescingRefineBy"):
        return _had_in(refining, operation, name, values)
    if value == "":
        return bool(operation.get("includeObjectsWithNoValueSet"))
    if "year" in operation:
        return _between(operation, _moment(name, VALUE, TIME_ZONE, values), *day_of_date(operation))
    return OPERATORS[operator](value, operation)


def _has_had(operation: Operation, values: list[str]) -> bool:
    """Return whether a property has ever, or never, had a value that meets the operator."""
    operator, is_ever = HISTORIC[operation["operator"]]
    known = [value for value in values if value != ""]
    if not known:
        return bool(operation.get("includeObjectsWithNoValueSet"))
    return any(OPERATORS[operator](value, operation) for value in known) == is_ever


def _had_in(refining: Operation, operation: Operation, name: str, values: Values) -> bool:
    """Return whether a property was given a value that meets the operator in a span of time.

    Source: docs (list filters guide: the values are refined first, then compared).
    """
    lets_through = window(refining, values.now_ms, referenced_by(values))
    found = [value for value, at_ms in values.past(name) if value != "" and lets_through(at_ms)]
    if not found:
        return bool(operation.get("includeObjectsWithNoValueSet"))
    return any(OPERATORS[operation["operator"]](value, operation) for value in found)


def _moment(name: str, parser: str, zone: str, values: Values) -> float | None:
    """Return the time that a property stands for: its value, the time of its last change, or its anniversary.

    Source: docs (propertyParser); that an anniversary is that of the present year is assumed.
    """
    if parser == UPDATED_AT:
        past = values.past(name)
        return float(past[0][1]) if past else None
    text = values.value(name)
    midnight = local_midnight(text, zone)
    found = number_of(text) if midnight is None else float(midnight)
    if found is None or not parser.startswith(ANNIVERSARY):
        return found
    return float(this_year(found, values.now_ms, zone))


def _between(operation: Operation, value: float | None, low: float | None, high: float | None) -> bool:
    if value is None or low is None or high is None:
        return bool(operation.get("includeObjectsWithNoValueSet"))
    is_outside: bool = operation["operator"] == "IS_NOT_BETWEEN"
    return (low <= value <= high) != is_outside


def _between_points(operation: Operation, name: str, values: Values) -> bool:
    """Compare a time with two points.

    Source: docs (list filter definitions: both bounds are inclusive).
    """
    low, high = (time_point(operation[one], values.now_ms, referenced_by(values)) for one in POINTS[1:])
    low = low + 1 if low is not None and operation.get("lowerBoundEndpointBehavior") == "EXCLUSIVE" else low
    high = high - 1 if high is not None and operation.get("upperBoundEndpointBehavior") == "EXCLUSIVE" else high
    return _between(operation, _parsed(operation, operation["lowerBoundTimePoint"], name, values), low, high)


def _parsed(operation: Operation, point: Operation, name: str, values: Values) -> float | None:
    zone = str(point.get("zoneId") or TIME_ZONE)
    return _moment(name, operation.get("propertyParser") or VALUE, zone, values)


def _in_time(operation: Operation, name: str, values: Values) -> bool:
    """Compare a time: the property's value, or for the operators of updates the time of its last change."""
    is_update = "UPDATED" in operation["operator"] or operation.get("operationType") == "COMPARATIVE_PROPERTY_UPDATED"
    parser = UPDATED_AT if is_update else operation.get("propertyParser") or VALUE
    value = _moment(name, parser, _zone_of(operation), values)
    bound = _bound(operation, values, is_update=is_update)
    if value is None or bound is None:
        return bool(operation.get("includeObjectsWithNoValueSet"))
    return TIMES[operation["operator"]](value, values.now_ms, bound)


def _zone_of(operation: Operation) -> str:
    return str(operation.get("timePoint", {}).get("zoneId") or TIME_ZONE)


def _bound(operation: Operation, values: Values, *, is_update: bool) -> float | None:
    """Return the time or the span with which an operation compares."""
    if "numberOfDays" in operation:
        return float(operation["numberOfDays"]) * DAY_MS
    if "comparisonPropertyName" in operation:
        parser = UPDATED_AT if is_update else VALUE
        found = _moment(operation["comparisonPropertyName"], parser, TIME_ZONE, values)
        return number_of(operation.get("defaultComparisonValue")) if found is None else found
    if "timePoint" in operation:
        point = time_point(operation["timePoint"], values.now_ms, referenced_by(values))
        return None if point is None else point + _inclusive(operation)
    if "year" in operation:
        first, last = day_of_date(operation)
        return last if operation["operator"] == "IS_AFTER" else first
    return number_of(operation.get("timestamp", operation.get("value")))


def _inclusive(operation: Operation) -> int:
    """Return by how many milliseconds a bound moves to be part of what it bounds.

    Source: docs (endpointBehavior).
    """
    if operation.get("endpointBehavior") != "INCLUSIVE":
        return 0
    return 1 if operation["operator"] == "IS_BEFORE" else -1
