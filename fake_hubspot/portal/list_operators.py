"""The operators of the property filters of lists: what they compare a value with. Pure.

Source: docs (list filters guide) and reader (the models of HubSpot's clients) for names and parameters; that texts are
compared without regard to case is assumed.
"""

from collections.abc import Callable, Mapping
from typing import Any

from fake_hubspot.portal.clock import parse_time
from fake_hubspot.portal.list_times import CALENDAR_OPERATORS

__all__ = ["HISTORIC", "KNOWN", "OPERATION_TYPES", "OPERATORS", "TIMES", "number_of"]

Operation = Mapping[str, Any]


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
    except ValueError:
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
PAST = ("IS_EQUAL_TO", "IS_NOT_EQUAL_TO", "HAS_EVER_BEEN_EQUAL_TO", "HAS_NEVER_BEEN_EQUAL_TO")
PARTS = ("CONTAINS", "DOES_NOT_CONTAIN", "STARTS_WITH", "ENDS_WITH")
SIZES = ("IS_GREATER_THAN", "IS_GREATER_THAN_OR_EQUAL_TO", "IS_LESS_THAN", "IS_LESS_THAN_OR_EQUAL_TO")
ROLLING = tuple(name for name in TIMES if name.startswith("IS_") and "X_DAYS" in name)
# The operators of each type of operation. Source: reader (models of hubspot-sdk 0.1.0a9); docs (list filter
# definitions) for past values of MULTISTRING. IS_EQUAL_TO, IS_BEFORE and IS_AFTER of DATE: docs of 2023.
OPERATION_TYPES: Mapping[str, tuple[str, ...]] = {
    "ALL_PROPERTY": ("IS_KNOWN", "IS_UNKNOWN"),
    "BOOL": PAST,
    "CALENDAR_DATE": CALENDAR_OPERATORS,
    "COMPARATIVE_DATE": ("IS_BEFORE", "IS_AFTER"),
    "COMPARATIVE_PROPERTY_UPDATED": ("IS_BEFORE", "IS_AFTER"),
    "DATE": ("IS_EQUAL_TO", "IS_BEFORE", "IS_AFTER", *ROLLING),
    "DATETIME": ("IS_BEFORE", "IS_AFTER"),
    "ENUMERATION": (
        *("IS_ANY_OF", "IS_NONE_OF", "IS_EXACTLY", "IS_NOT_EXACTLY", "CONTAINS_ALL", "DOES_NOT_CONTAIN_ALL"),
        *("HAS_EVER_BEEN_ANY_OF", "HAS_NEVER_BEEN_ANY_OF", "HAS_EVER_BEEN_EXACTLY", "HAS_NEVER_BEEN_EXACTLY"),
        *("HAS_EVER_CONTAINED_ALL", "HAS_NEVER_CONTAINED_ALL"),
    ),
    "MULTISTRING": (*PAST, *PARTS, "CONTAINS_EXACTLY", "DOES_NOT_CONTAIN_EXACTLY"),
    "NUMBER": (*PAST, *SIZES),
    "NUMBER_RANGED": ("IS_BETWEEN", "IS_NOT_BETWEEN"),
    "RANGED_DATE": ("IS_BETWEEN", "IS_NOT_BETWEEN"),
    "ROLLING_DATE_RANGE": ROLLING,
    "ROLLING_PROPERTY_UPDATED": ("UPDATED_IN_LAST_X_DAYS", "NOT_UPDATED_IN_LAST_X_DAYS"),
    "STRING": (*PAST, *PARTS, "HAS_EVER_CONTAINED", "HAS_NEVER_CONTAINED"),
    "TIME_POINT": ("IS_BEFORE", "IS_AFTER"),
    "TIME_RANGED": ("IS_BETWEEN", "IS_NOT_BETWEEN"),
}
