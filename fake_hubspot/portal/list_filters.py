"""Which records the filters of a list select. Pure.

A filter is kept as it was sent; `check` finds what this fake cannot evaluate before a list is made with it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from fake_hubspot.portal.clock import parse_time

__all__ = ["check", "complete", "matches"]

Properties = Mapping[str, str]
Filter = Mapping[str, Any]


def complete(branch: Filter) -> dict[str, Any]:
    """Return a branch as HubSpot answers it: with an operator, and each filter with what it leaves out.

    Source: recording (hubspot-api-ruby 2026-04: the key order and the added keys).
    """
    kind = branch.get("filterBranchType", "AND")
    return {
        "filterBranches": [complete(one) for one in branch.get("filterBranches", [])],
        "filters": [_complete_filter(one) for one in branch.get("filters", [])],
        "filterBranchType": kind,
        "filterBranchOperator": branch.get("filterBranchOperator", kind),
    }


def _complete_filter(one: Filter) -> dict[str, Any]:
    if one.get("filterType") != "PROPERTY":
        return dict(one)
    operation = dict(one.get("operation", {}))
    kind, operator = operation.pop("operationType", None), operation.pop("operator", None)
    empty = operation.pop("includeObjectsWithNoValueSet", False)
    told = {"operator": operator, "includeObjectsWithNoValueSet": empty, **operation, "operationType": kind}
    return {"property": one.get("property"), "operation": told, "filterType": "PROPERTY"}


def check(branch: Filter) -> str:
    """Return what of a branch cannot be evaluated, empty if everything can."""
    for one in branch.get("filters", []):
        if one.get("filterType") != "PROPERTY":
            return f"the filter type {one.get('filterType')}"
        operator = one.get("operation", {}).get("operator")
        if operator not in OPERATORS:
            return f"the operator {operator} of list filters"
    return next(filter(None, map(check, branch.get("filterBranches", []))), "")


def matches(branch: Filter, properties: Properties) -> bool:
    """Return whether a record is selected: by all parts of an AND branch, by any of an OR branch.

    Source: docs (list filters guide).
    """
    found = [_filter_matches(one, properties) for one in branch.get("filters", [])]
    found += [matches(one, properties) for one in branch.get("filterBranches", [])]
    if not found:
        return False
    return any(found) if branch.get("filterBranchType") == "OR" else all(found)


def _filter_matches(one: Filter, properties: Properties) -> bool:
    operation = one["operation"]
    value = properties.get(one["property"], "")
    operator = operation["operator"]
    if operator in ("IS_KNOWN", "IS_NOT_BLANK"):
        return value != ""
    if operator in ("IS_UNKNOWN", "IS_BLANK"):
        return value == ""
    if value == "":
        return bool(operation.get("includeObjectsWithNoValueSet"))
    return OPERATORS[operator](value, operation)


def _wanted(operation: Filter) -> list[str]:
    values = operation.get("values", [operation.get("value", "")])
    return [_text(one) for one in values] if isinstance(values, list) else [_text(values)]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def _number(text: Any) -> float | None:
    """Return a number or the milliseconds of a time."""
    try:
        return float(text)
    except (TypeError, ValueError):
        pass
    try:
        return float(parse_time(str(text)))
    except (ValueError, OverflowError):
        return None


def _equal(value: str, operation: Filter) -> bool:
    number = _number(value)
    wanted = _wanted(operation)
    return value.casefold() in {one.casefold() for one in wanted} or (
        number is not None and number in {_number(one) for one in wanted}
    )


def _any(test: Callable[[str, str], bool]) -> Callable[[str, Filter], bool]:
    return lambda value, operation: any(test(value.casefold(), one.casefold()) for one in _wanted(operation))


def _compared(test: Callable[[float, float], bool]) -> Callable[[str, Filter], bool]:
    def compare(value: str, operation: Filter) -> bool:
        number, other = _number(value), _number(operation.get("value"))
        return number is not None and other is not None and test(number, other)

    return compare


def _between(value: str, operation: Filter) -> bool:
    number, low, high = _number(value), _number(operation.get("lowerBound")), _number(operation.get("upperBound"))
    return number is not None and low is not None and high is not None and low <= number <= high


def _parts(value: str) -> set[str]:
    return {part for part in value.split(";") if part}


def _not(test: Callable[[str, Filter], bool]) -> Callable[[str, Filter], bool]:
    return lambda value, operation: not test(value, operation)


def _any_of(value: str, operation: Filter) -> bool:
    return bool(_parts(value) & set(_wanted(operation)))


def _all_of(value: str, operation: Filter) -> bool:
    return set(_wanted(operation)) <= _parts(value)


def _exactly(value: str, operation: Filter) -> bool:
    return set(_wanted(operation)) == _parts(value)


# Source: docs (list filters guide) for the names; for texts that differ only in case: assumed.
OPERATORS: Mapping[str, Callable[[str, Filter], bool]] = {
    "IS_EQUAL_TO": _equal,
    "IS_NOT_EQUAL_TO": _not(_equal),
    "CONTAINS": _any(lambda value, one: one in value),
    "DOES_NOT_CONTAIN": _not(_any(lambda value, one: one in value)),
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
    "IS_KNOWN": lambda value, _: value != "",
    "IS_UNKNOWN": lambda value, _: value == "",
    "IS_BLANK": lambda value, _: value == "",
    "IS_NOT_BLANK": lambda value, _: value != "",
}
