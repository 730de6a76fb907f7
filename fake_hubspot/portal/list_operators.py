"""The operators of the property filters of lists: what they compare a value with. Pure.

Source: docs (list filters guide) and reader (the models of HubSpot's clients) for names and parameters; that texts are
compared without regard to case is assumed.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from fake_hubspot.portal.clock import parse_time

__all__ = ["DAY_MS", "HISTORIC", "KNOWN", "OPERATORS", "TIMES", "number_of", "time_point", "unbuilt_point"]

Operation = Mapping[str, Any]
DAY_MS = 86_400_000
UNITS_MS = {
    "weeks": 7 * DAY_MS,
    "days": DAY_MS,
    "hours": 3_600_000,
    "minutes": 60_000,
    "seconds": 1000,
    "milliseconds": 1,
}
MONTHS = (
    *("JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER"),
    "DECEMBER",
)


def _wanted(operation: Operation) -> list[str]:
    values = operation.get("values", [operation.get("value", "")])
    return [_text(one) for one in values] if isinstance(values, list) else [_text(values)]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def number_of(text: Any) -> float | None:
    """Return a number or the milliseconds of a time, None for other text."""
    try:
        return float(text)
    except (TypeError, ValueError):
        pass
    try:
        return float(parse_time(str(text)))
    except (ValueError, OverflowError):
        return None


def _equal(value: str, operation: Operation) -> bool:
    number = number_of(value)
    wanted = _wanted(operation)
    return value.casefold() in {one.casefold() for one in wanted} or (
        number is not None and number in {number_of(one) for one in wanted}
    )


def _any(test: Callable[[str, str], bool]) -> Callable[[str, Operation], bool]:
    return lambda value, operation: any(test(value.casefold(), one.casefold()) for one in _wanted(operation))


def _contains_exactly(value: str, operation: Operation) -> bool:
    return any(one in value for one in _wanted(operation))


def _compared(test: Callable[[float, float], bool]) -> Callable[[str, Operation], bool]:
    def compare(value: str, operation: Operation) -> bool:
        number, other = number_of(value), number_of(operation.get("value"))
        return number is not None and other is not None and test(number, other)

    return compare


def _between(value: str, operation: Operation) -> bool:
    number, low, high = number_of(value), number_of(operation.get("lowerBound")), number_of(operation.get("upperBound"))
    return number is not None and low is not None and high is not None and low <= number <= high


def _parts(value: str) -> set[str]:
    return {part for part in value.split(";") if part}


def _not(test: Callable[[str, Operation], bool]) -> Callable[[str, Operation], bool]:
    return lambda value, operation: not test(value, operation)


def _any_of(value: str, operation: Operation) -> bool:
    return bool(_parts(value) & set(_wanted(operation)))


def _all_of(value: str, operation: Operation) -> bool:
    return set(_wanted(operation)) <= _parts(value)


def _exactly(value: str, operation: Operation) -> bool:
    return set(_wanted(operation)) == _parts(value)


OPERATORS: Mapping[str, Callable[[str, Operation], bool]] = {
    "IS_EQUAL_TO": _equal,
    "IS_NOT_EQUAL_TO": _not(_equal),
    "CONTAINS": _any(lambda value, one: one in value),
    "DOES_NOT_CONTAIN": _not(_any(lambda value, one: one in value)),
    "CONTAINS_EXACTLY": _contains_exactly,
    "DOES_NOT_CONTAIN_EXACTLY": _not(_contains_exactly),
    "STARTS_WITH": _any(lambda value, one: value.startswith(one)),
    "ENDS_WITH": _any(lambda value, one: value.endswith(one)),
    "IS_GREATER_THAN": _compared(lambda value, one: value > one),
    "IS_GREATER_THAN_OR_EQUAL_TO": _compared(lambda value, one: value >= one),
    "IS_LESS_THAN": _compared(lambda value, one: value < one),
    "IS_LESS_THAN_OR_EQUAL_TO": _compared(lambda value, one: value <= one),
    "IS_BETWEEN": _between,
    "IS_NOT_BETWEEN": _not(_between),
    "IS_ANY_OF": _any_of,
    "IS_NONE_OF": _not(_any_of),
    "CONTAINS_ALL": _all_of,
    "DOES_NOT_CONTAIN_ALL": _not(_all_of),
    "IS_EXACTLY": _exactly,
    "IS_NOT_EXACTLY": _not(_exactly),
}
# Whether a value must be there.
KNOWN = {"IS_KNOWN": True, "IS_NOT_BLANK": True, "IS_UNKNOWN": False, "IS_NOT_KNOWN": False, "IS_BLANK": False}
# Operators on every value that a property has had: the operator for each value, and whether one of them must meet it.
HISTORIC = {
    f"HAS_{word}_{tail}": (operator, word == "EVER")
    for word in ("EVER", "NEVER")
    for tail, operator in (
        ("BEEN_EQUAL_TO", "IS_EQUAL_TO"),
        ("CONTAINED", "CONTAINS"),
        ("BEEN_ANY_OF", "IS_ANY_OF"),
        ("BEEN_EXACTLY", "IS_EXACTLY"),
        ("CONTAINED_ALL", "CONTAINS_ALL"),
    )
}
# Operators on times, by the value, the present, and the bound, which is a time or a span: milliseconds all of them.
TIMES: Mapping[str, Callable[[float, float, float], bool]] = {
    "IS_BEFORE": lambda value, _, bound: value < bound,
    "IS_AFTER": lambda value, _, bound: value > bound,
    "IS_LESS_THAN_X_DAYS_AGO": lambda value, now, span: now - span < value <= now,
    "IS_MORE_THAN_X_DAYS_AGO": lambda value, now, span: value < now - span,
    "IS_LESS_THAN_X_DAYS_FROM_NOW": lambda value, now, span: now <= value < now + span,
    "IS_MORE_THAN_X_DAYS_FROM_NOW": lambda value, now, span: value > now + span,
    "UPDATED_IN_LAST_X_DAYS": lambda value, now, span: value > now - span,
    "NOT_UPDATED_IN_LAST_X_DAYS": lambda value, now, span: value <= now - span,
}


def unbuilt_point(point: Any) -> str:
    """Return what of a point in time cannot be evaluated, empty if everything can."""
    if not isinstance(point, Mapping) or point.get("timeType") not in ("DATE", "INDEXED"):
        return f"the point in time {point!r:.100} of list filters"
    try:
        time_point(point, 0)
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
        return f"the point in time {dict(point)!r:.200} of list filters"
    return ""


def time_point(point: Mapping[str, Any], now_ms: int) -> int:
    """Return a point in time. Time zones other than UTC are not followed.

    Raises:
        KeyError, TypeError, ValueError: Something of it is missing, or the fake cannot evaluate it.

    Source: reader (the models of HubSpot's clients); UTC is assumed.

    Units: milliseconds since 1970.
    """
    if point["timeType"] == "DATE":
        return _date(point)
    start = {"NOW": now_ms, "TODAY": now_ms - now_ms % DAY_MS}[point["indexReference"]["referenceType"]]
    offset = {name: int(amount) for name, amount in (point.get("offset") or {}).items() if amount}
    return start + sum(amount * UNITS_MS[name] for name, amount in offset.items())


def _date(point: Mapping[str, Any]) -> int:
    month = point["month"]
    number = MONTHS.index(month.upper()) + 1 if isinstance(month, str) and not month.isdecimal() else int(month)
    hour, minute, second = (int(point.get(name) or 0) for name in ("hour", "minute", "second"))
    moment = datetime(int(point["year"]), number, int(point["day"]), hour, minute, second, tzinfo=UTC)
    return int(moment.timestamp()) * 1000 + int(point.get("millisecond") or 0)
