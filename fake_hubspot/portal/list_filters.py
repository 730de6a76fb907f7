"""Which records the filters of a list select. Pure.

A filter is kept as it was sent; `check` finds what this fake cannot evaluate before a list is made with it.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

import msgspec

from fake_hubspot.portal.list_operators import (
    DAY_MS,
    HISTORIC,
    KNOWN,
    OPERATORS,
    TIMES,
    number_of,
    time_point,
    unbuilt_point,
)
from fake_hubspot.portal.store import Record

__all__ = ["Account", "Subject", "check", "complete", "lists_in", "malformed", "matches"]

Filter = Mapping[str, Any]
Operation = Mapping[str, Any]


class Subject(msgspec.Struct, frozen=True):
    """A record that a filter is about."""

    type_id: str
    record: Record


class Account(Protocol):
    """What filters ask of the account besides the properties of a record."""

    @property
    def now_ms(self) -> int:
        """The present. Units: milliseconds since 1970."""

    def past_values(self, subject: Subject, name: str) -> list[tuple[str, int]]:
        """Return the values that a property has had, each with the time from which on it had it, newest first."""

    def linked(self, subject: Subject, category: str, type_id: int) -> list[Subject]:
        """Return the living records that are linked with this one by a type of link."""

    def is_member(self, list_id: str, subject: Subject) -> bool:
        """Return whether a record is in a list."""


def complete(branch: Filter) -> dict[str, Any]:
    """Return a branch as HubSpot answers it: with an operator, and each filter with what it leaves out.

    Source: recording (hubspot-api-ruby 2026-04: the key order and the added keys); the position of the other keys of
    an ASSOCIATION branch is assumed.
    """
    kind = branch.get("filterBranchType", "AND")
    told = {"filterBranches", "filters", "filterBranchType", "filterBranchOperator"}
    return {
        "filterBranches": [complete(one) for one in branch.get("filterBranches", [])],
        "filters": [_complete_filter(one) for one in branch.get("filters", [])],
        **{name: value for name, value in branch.items() if name not in told},
        "filterBranchType": kind,
        "filterBranchOperator": branch.get("filterBranchOperator", "AND" if kind == "ASSOCIATION" else kind),
    }


def _complete_filter(one: Filter) -> dict[str, Any]:
    if one.get("filterType") != "PROPERTY":
        return dict(one)
    operation = dict(one.get("operation", {}))
    kind, operator = operation.pop("operationType", None), operation.pop("operator", None)
    empty = operation.pop("includeObjectsWithNoValueSet", False)
    told = {"operator": operator, "includeObjectsWithNoValueSet": empty, **operation, "operationType": kind}
    return {"property": one.get("property"), "operation": told, "filterType": "PROPERTY"}


class _Operation(msgspec.Struct, rename="camel"):
    """What the operation of a property filter must look like, as far as it is evaluated."""

    operator: str
    values: list[str | int | float | bool | None] | str | int | float | bool | None = None
    number_of_days: float = 0
    comparison_property_name: str = ""
    pruning_refine_by: dict[str, Any] | None = None
    coalescing_refine_by: dict[str, Any] | None = None


class _Filter(msgspec.Struct, rename="camel"):
    """What a filter must look like, as far as it is evaluated."""

    filter_type: str
    property: str = ""
    operation: _Operation | None = None
    list_id: str | int = ""
    association_category: str = ""
    association_type_id: int = 0
    coalescing_refine_by: "_Refining | None" = None


class _Refining(msgspec.Struct, rename="camel"):
    """How many linked records must meet a filter."""

    type: str
    set_type: str = "ANY"
    min_occurrences: int | None = None
    max_occurrences: int | None = None


class _Branch(msgspec.Struct, rename="camel"):
    """What a branch must look like, as far as it is evaluated."""

    filter_branches: "list[_Branch]" = []
    filters: list[_Filter] = []
    filter_branch_type: str = "AND"
    association_category: str = ""
    association_type_id: int = 0


def malformed(branch: Filter) -> str:
    """Return what is wrong with the form of a branch, empty if nothing is."""
    try:
        read = msgspec.convert(branch, _Branch)
    except msgspec.ValidationError as error:
        return str(error)
    return _incomplete(read)


def _incomplete(branch: _Branch) -> str:
    for one in branch.filters:
        needed = {"PROPERTY": one.property and one.operation, "IN_LIST": one.list_id, "ASSOCIATION": one.list_id}
        if not needed.get(one.filter_type, True):
            return f"a filter of type {one.filter_type} lacks what it is about"
    return next(filter(None, map(_incomplete, branch.filter_branches)), "")


def check(branch: Filter) -> str:
    """Return what of a branch cannot be evaluated, empty if everything can. Its form must be right."""
    kind = branch.get("filterBranchType", "AND")
    if kind not in JOINED and kind != "ASSOCIATION":
        return f"the filter branch type {kind}"
    found = [*map(_check_filter, branch.get("filters", [])), *map(check, branch.get("filterBranches", []))]
    return next(filter(None, found), "")


def _check_filter(one: Filter) -> str:
    kind = one.get("filterType")
    if kind not in FILTERS:
        return f"the filter type {kind}"
    if kind == "PROPERTY":
        return _check_operation(one.get("operation") or {})
    if kind == "IN_LIST" and one.get("metadata"):
        return "the metadata of the filter type IN_LIST"
    refining = (one.get("coalescingRefineBy") or {}).get("type")
    is_known = refining in (None, "NUM_OCCURRENCES") or (
        refining == "SET_OCCURRENCES" and one["coalescingRefineBy"].get("setType", "ANY") in SETS
    )
    return "" if is_known else f"the refinement {refining} of list filters"


def _check_operation(operation: Operation) -> str:
    operator = operation.get("operator")
    if operator not in {*OPERATORS, *KNOWN, *HISTORIC, *TIMES}:
        return f"the operator {operator} of list filters"
    refining = (operation.get("pruningRefineBy") or operation.get("coalescingRefineBy") or {}).get("type")
    if refining not in (None, "ALL_HISTORY"):
        return f"the refinement {refining} of list filters"
    points = [operation[name] for name in POINTS if name in operation]
    points += [{**operation, "timeType": "DATE"}] if "year" in operation else []
    return next(filter(None, map(unbuilt_point, points)), "")


POINTS = ("timePoint", "lowerBoundTimePoint", "upperBoundTimePoint")


def lists_in(branch: Filter) -> set[str]:
    """Return the ids of the lists that the filters of a branch ask about."""
    found = {str(one["listId"]) for one in branch.get("filters", []) if "listId" in one}
    return found.union(*map(lists_in, branch.get("filterBranches", [])))


def matches(branch: Filter, subject: Subject, account: Account) -> bool:
    """Return whether a record is selected: by all parts of an AND branch, by any of an OR branch.

    Source: docs (list filters guide).
    """
    kind = branch.get("filterBranchType", "AND")
    if kind == "ASSOCIATION":
        return _has_linked(branch, subject, account)
    found = [FILTERS[one["filterType"]](one, subject, account) for one in branch.get("filters", [])]
    found += [matches(one, subject, account) for one in branch.get("filterBranches", [])]
    return bool(found) and JOINED[kind](found)


def _has_linked(branch: Filter, subject: Subject, account: Account) -> bool:
    """Return whether a record is linked with one that the branch selects; a branch without filters selects any.

    Source: docs (list filters guide).
    """
    inner = {**branch, "filterBranchType": branch.get("filterBranchOperator", "AND")}
    others = account.linked(subject, branch.get("associationCategory", ""), branch.get("associationTypeId", 0))
    is_open = not (branch.get("filters") or branch.get("filterBranches"))
    found = any(is_open or matches(inner, one, account) for one in others)
    return found != (branch.get("operator") == "NOT_IN_LIST")


def _property(one: Filter, subject: Subject, account: Account) -> bool:
    operation, name = one["operation"], one["property"]
    operator, value = operation["operator"], subject.record.properties.get(name, "")
    if operator in KNOWN:
        return (value != "") == KNOWN[operator]
    if operator in HISTORIC:
        return _has_had(operation, [past for past, _ in account.past_values(subject, name)])
    if operator in TIMES:
        return _in_time(operation, name, subject, account)
    if value == "":
        return bool(operation.get("includeObjectsWithNoValueSet"))
    return OPERATORS[operator](value, _with_points(operation, account.now_ms))


def _has_had(operation: Operation, values: list[str]) -> bool:
    """Return whether a property has ever, or never, had a value that meets the operator."""
    operator, is_ever = HISTORIC[operation["operator"]]
    known = [value for value in values if value != ""]
    if not known:
        return bool(operation.get("includeObjectsWithNoValueSet"))
    return any(OPERATORS[operator](value, operation) for value in known) == is_ever


def _with_points(operation: Operation, now_ms: int) -> Operation:
    """Return an operation on a range with its points in time as bounds."""
    if "lowerBoundTimePoint" not in operation:
        return operation
    low, high = (time_point(operation[name], now_ms) for name in POINTS[1:])
    return {**operation, "lowerBound": low, "upperBound": high}


def _in_time(operation: Operation, name: str, subject: Subject, account: Account) -> bool:
    """Compare a time: the property's value, or for the operators of updates the time of its last change."""
    is_update = "UPDATED" in operation["operator"] or operation.get("operationType") == "COMPARATIVE_PROPERTY_UPDATED"
    value, bound = _time_of(name, subject, account, is_update=is_update), _bound(operation, subject, account)
    if value is None or bound is None:
        return bool(operation.get("includeObjectsWithNoValueSet"))
    return TIMES[operation["operator"]](value, account.now_ms, bound)


def _time_of(name: str, subject: Subject, account: Account, *, is_update: bool) -> float | None:
    if not is_update:
        return number_of(subject.record.properties.get(name, ""))
    past = account.past_values(subject, name)
    return past[0][1] if past else None


def _bound(operation: Operation, subject: Subject, account: Account) -> float | None:
    """Return the time or the span with which an operation compares."""
    if "numberOfDays" in operation:
        return float(operation["numberOfDays"]) * DAY_MS
    if "comparisonPropertyName" in operation:
        is_update = operation.get("operationType") == "COMPARATIVE_PROPERTY_UPDATED"
        found = _time_of(operation["comparisonPropertyName"], subject, account, is_update=is_update)
        return number_of(operation.get("defaultComparisonValue")) if found is None else found
    if "timePoint" in operation:
        return time_point(operation["timePoint"], account.now_ms)
    if "year" in operation:
        return time_point({**operation, "timeType": "DATE"}, account.now_ms)
    return number_of(operation.get("timestamp", operation.get("value")))


def _in_list(one: Filter, subject: Subject, account: Account) -> bool:
    found = account.is_member(str(one.get("listId", "")), subject)
    return found != (one.get("operator") == "NOT_IN_LIST")


def _association(one: Filter, subject: Subject, account: Account) -> bool:
    """Return whether enough of the linked records are in a list.

    Source: docs (list filters guide), reader (the models of HubSpot's clients) for the refinements.
    """
    others = account.linked(subject, one.get("associationCategory", ""), one.get("associationTypeId", 0))
    list_id, is_in = str(one.get("listId", "")), one.get("operator") != "NOT_IN_LIST"
    found = [account.is_member(list_id, other) == is_in for other in others]
    refining = one.get("coalescingRefineBy") or {}
    if refining.get("type") == "SET_OCCURRENCES":
        return SETS[refining.get("setType", "ANY")](found)
    least, most = refining.get("minOccurrences"), refining.get("maxOccurrences")
    return sum(found) >= (1 if least is None else least) and (most is None or sum(found) <= most)


def _constant(one: Filter, _: Subject, __: Account) -> bool:
    return bool(one.get("shouldAccept"))


JOINED: Mapping[str, Callable[[Iterable[bool]], bool]] = {
    "AND": all,
    "OR": any,
    "NOT_ALL": lambda found: not all(found),
    "NOT_ANY": lambda found: not any(found),
}
SETS: Mapping[str, Callable[[list[bool]], bool]] = {
    "ANY": any,
    "ANY_INCLUDE_EMPTY": lambda found: not found or any(found),
    "ALL": lambda found: bool(found) and all(found),
    "ALL_INCLUDE_EMPTY": all,
    "NONE": lambda found: not any(found),
    "NONE_EXCLUDE_EMPTY": lambda found: bool(found) and not any(found),
}
FILTERS: Mapping[str, Callable[[Filter, Subject, Account], bool]] = {
    "PROPERTY": _property,
    "IN_LIST": _in_list,
    "ASSOCIATION": _association,
    "CONSTANT": _constant,
}
