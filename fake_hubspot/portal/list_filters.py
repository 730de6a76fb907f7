"""Which records the filters of a list select. Pure.

A filter is kept as it was sent; `check` finds what this fake cannot evaluate before a list is made with it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

import msgspec
from msgspec import UNSET, UnsetType

from fake_hubspot.portal.list_events import (
    EVENT_FILTERS,
    NEEDED,
    NOT_BUILT,
    RecordEvent,
    check_event_filter,
    check_event_type,
    happened,
    occurs_enough,
    unbuilt_refining,
)
from fake_hubspot.portal.list_properties import check_operation, holds
from fake_hubspot.portal.store import Record

__all__ = [
    "FILTERS",
    "JOINED",
    "NOT_BUILT",
    "Account",
    "Subject",
    "check",
    "complete",
    "lists_in",
    "malformed",
    "matches",
    "properties_in",
]

Filter = Mapping[str, Any]


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

    def record_of(self, type_id: str, record_id: str) -> Subject | None:
        """Return the living record of an id."""

    def is_member(self, list_id: str, subject: Subject) -> bool:
        """Return whether a record is in a list."""

    def is_from(self, kind: str, source_id: str, subject: Subject) -> bool:
        """Return whether an import wrote a record, or whether it is or was enrolled in a workflow."""

    def events(self, subject: Subject) -> Sequence[RecordEvent]:
        """Return what happened to a record."""

    def opt_state(self, subject: Subject, subscription_id: str) -> str:
        """Return whether the record's address gets a kind of e-mail, or any of them."""


class _Seen(msgspec.Struct, frozen=True):
    """A record as the filters of properties and events see it."""

    subject: Subject
    account: Account

    @property
    def now_ms(self) -> int:
        return self.account.now_ms

    def value(self, name: str) -> str:
        return self.subject.record.properties.get(name, "")

    def past(self, name: str) -> list[tuple[str, int]]:
        return self.account.past_values(self.subject, name)

    def events(self) -> Sequence[RecordEvent]:
        return self.account.events(self.subject)

    def opt_state(self, subscription_id: str) -> str:
        return self.account.opt_state(self.subject, subscription_id)


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
        "filterBranchOperator": branch.get("filterBranchOperator", kind if kind in JOINED else "AND"),
    }


# Where HubSpot shows the parts of an operation on times. Source: docs (segments guide, 2026-09).
TIME_KEYS = (
    *("timePoint", "endpointBehavior", "lowerBoundEndpointBehavior", "upperBoundEndpointBehavior", "propertyParser"),
    *("lowerBoundTimePoint", "upperBoundTimePoint", "type"),
)
POINT_KEYS = ("timezoneSource", "zoneId", "indexReference", "offset")


def _complete_filter(one: Filter) -> dict[str, Any]:
    if one.get("filterType") != "PROPERTY":
        return dict(one)
    operation = {"operator": None, "includeObjectsWithNoValueSet": False, **one.get("operation", {})}
    kind = operation.pop("operationType", None)
    times = {name: _complete_point(operation.pop(name)) for name in TIME_KEYS if name in operation}
    told = {**operation, **times, "operationType": kind}
    return {"property": one.get("property"), "operation": told, "filterType": "PROPERTY"}


def _complete_point(point: Any) -> Any:
    if not isinstance(point, Mapping) or "timeType" not in point:
        return point
    rest = {name: value for name, value in point.items() if name not in (*POINT_KEYS, "timeType")}
    return {name: point[name] for name in POINT_KEYS if name in point} | rest | {"timeType": point["timeType"]}


class _Operation(msgspec.Struct, rename="camel"):
    """What the operation of a property filter must look like, as far as it is evaluated."""

    operator: str
    values: list[str | int | float | bool | None] | str | int | float | bool | None = None
    number_of_days: float | UnsetType = UNSET
    comparison_property_name: str | UnsetType = UNSET
    pruning_refine_by: dict[str, Any] | None = None
    coalescing_refine_by: dict[str, Any] | None = None
    time_point: dict[str, Any] | UnsetType = UNSET
    lower_bound_time_point: dict[str, Any] | UnsetType = UNSET
    upper_bound_time_point: dict[str, Any] | UnsetType = UNSET
    time_unit: str | UnsetType = UNSET
    time_unit_count: int | None = None
    property_parser: str | None = None


class _Line(msgspec.Struct):
    """What a filter on the properties of an event must look like."""

    property: str
    operation: _Operation


class _Filter(msgspec.Struct, rename="camel"):
    """What a filter must look like, as far as it is evaluated."""

    filter_type: str
    property: str | UnsetType = UNSET
    operation: _Operation | None = None
    operator: str | None = None
    list_id: str | int | UnsetType = UNSET
    association_category: str | UnsetType = UNSET
    association_type_id: int | UnsetType = UNSET
    to_object_type_id: str | UnsetType = UNSET
    property_with_object_id: str | UnsetType = UNSET
    coalescing_refine_by: "_Refining | None" = None
    pruning_refine_by: dict[str, Any] | None = None
    metadata: "_Source | list[_Source] | None" = None
    event_type_id: str | int | UnsetType = UNSET
    event_id: str | int | UnsetType = UNSET
    form_id: str | None = None
    page_id: str | int | None = None
    page_url: str | UnsetType = UNSET
    level: str | UnsetType = UNSET
    email_id: str | int | None = None
    app_id: str | int | None = None
    click_url: str | None = None
    subscription_type: str | None = None
    subscription_ids: list[str | int] | None = None
    accepted_statuses: list[str] | None = None
    accepted_opt_states: list[str] | None = None
    channel: str | UnsetType = UNSET
    filter_lines: list[_Line] | None = None


class _Source(msgspec.Struct, rename="camel"):
    """What besides a list a record can be in."""

    id: str | int
    in_list_type: str


class _Refining(msgspec.Struct, rename="camel"):
    """How many linked records, or events, must meet a filter."""

    type: str
    set_type: str | UnsetType = UNSET
    min_occurrences: int | None = None
    max_occurrences: int | None = None


class _Branch(msgspec.Struct, rename="camel"):
    """What a branch must look like, as far as it is evaluated."""

    filter_branches: "list[_Branch] | UnsetType" = UNSET
    filters: list[_Filter] | UnsetType = UNSET
    filter_branch_type: str | UnsetType = UNSET
    filter_branch_operator: str | UnsetType = UNSET
    operator: str | None = None
    object_type_id: str | UnsetType = UNSET
    association_category: str | UnsetType = UNSET
    association_type_id: int | UnsetType = UNSET
    property_with_object_id: str | UnsetType = UNSET
    event_type_id: str | int | UnsetType = UNSET
    coalescing_refine_by: _Refining | None = None
    pruning_refine_by: dict[str, Any] | None = None


def malformed(branch: Filter) -> str:
    """Return what is wrong with the form of a branch, empty if nothing is."""
    try:
        msgspec.convert(branch, _Branch)
    except msgspec.ValidationError as error:
        return str(error)
    return _incomplete(branch)


# The members without which a filter or a branch says nothing.
PARTS: Mapping[str, tuple[str, ...]] = {
    "PROPERTY": ("property", "operation"),
    "IN_LIST": ("listId", "metadata"),
    "ASSOCIATION": ("listId",),
    "PROPERTY_ASSOCIATION": ("listId", "propertyWithObjectId"),
    **NEEDED,
}
BRANCH_PARTS = {"UNIFIED_EVENTS": ("eventTypeId",), "PROPERTY_ASSOCIATION": ("objectTypeId", "propertyWithObjectId")}


def _incomplete(branch: Filter) -> str:
    for one in branch.get("filters", []):
        kind = one["filterType"]
        has = [bool(one.get(name)) for name in PARTS.get(kind, ())]
        if not (any(has) if kind == "IN_LIST" else all(has)):
            return f"a filter of type {kind} lacks what it is about"
    kind = branch.get("filterBranchType", "AND")
    if missing := [name for name in BRANCH_PARTS.get(kind, ()) if not branch.get(name)]:
        return f"a branch of type {kind} lacks {missing[0]}"
    return next(filter(None, map(_incomplete, branch.get("filterBranches", []))), "")


def check(branch: Filter) -> str:
    """Return what of a branch cannot be evaluated, empty if everything can. Its form must be right."""
    kind = branch.get("filterBranchType", "AND")
    if kind not in {*JOINED, *BRANCHES}:
        return f"the filter branch type {kind}"
    if kind in BRANCHES and branch.get("filterBranchOperator", "AND") not in JOINED:
        return f"the filter branch operator {branch['filterBranchOperator']}"
    if kind == "UNIFIED_EVENTS" and (problem := _check_event_branch(branch)):
        return problem
    found = [*map(_check_filter, branch.get("filters", [])), *map(check, branch.get("filterBranches", []))]
    return next(filter(None, found), "")


def _check_event_branch(branch: Filter) -> str:
    if branch.get("operator") not in (None, *COMPLETED):
        return f"the operator {branch['operator']} of the filter branch type UNIFIED_EVENTS"
    others = [one["filterType"] for one in branch.get("filters", []) if one["filterType"] != "PROPERTY"]
    others += [one.get("filterBranchType", "AND") for one in branch.get("filterBranches", [])]
    if others:
        return f"the filter type {others[0]} in a filter branch of type UNIFIED_EVENTS"
    refining = [unbuilt_refining(branch.get(name)) for name in ("pruningRefineBy", "coalescingRefineBy")]
    return next(filter(None, [check_event_type(branch["eventTypeId"]), *refining]), "")


def _check_filter(one: Filter) -> str:
    kind = one.get("filterType")
    if kind not in FILTERS:
        return f"the filter type {kind}"
    if kind == "PROPERTY":
        return check_operation(one.get("operation") or {})
    if kind in EVENT_FILTERS:
        return check_event_filter(one)
    if unbuilt := [each for each in _sources(one) if each["inListType"] not in SOURCES]:
        return f"the metadata {unbuilt[0]['inListType']} of the filter type IN_LIST"
    refining = (one.get("coalescingRefineBy") or {}).get("type")
    is_known = refining in (None, "NUM_OCCURRENCES") or (
        refining == "SET_OCCURRENCES" and one["coalescingRefineBy"].get("setType", "ANY") in SETS
    )
    return "" if is_known else f"the refinement {refining} of list filters"


def properties_in(branch: Filter) -> set[str]:
    """Return the names of the properties of the records themselves that the filters of a branch ask about."""
    found = {one["property"] for one in branch.get("filters", []) if one.get("filterType") == "PROPERTY"}
    inner = (one for one in branch.get("filterBranches", []) if one.get("filterBranchType", "AND") in JOINED)
    return found.union(*map(properties_in, inner))


def lists_in(branch: Filter) -> set[str]:
    """Return the ids of the lists that the filters of a branch ask about."""
    found = {str(one["listId"]) for one in branch.get("filters", []) if "listId" in one}
    return found.union(*map(lists_in, branch.get("filterBranches", [])))


def matches(branch: Filter, subject: Subject, account: Account) -> bool:
    """Return whether a record is selected: by all parts of an AND branch, by any of an OR branch.

    Source: docs (list filters guide).
    """
    kind = branch.get("filterBranchType", "AND")
    if kind in BRANCHES:
        return BRANCHES[kind](branch, subject, account)
    found = [FILTERS[one["filterType"]](one, subject, account) for one in branch.get("filters", [])]
    found += [matches(one, subject, account) for one in branch.get("filterBranches", [])]
    return bool(found) and JOINED[kind](found)


def _has_linked(branch: Filter, subject: Subject, account: Account) -> bool:
    """Return whether a record is linked with one that the branch selects; a branch without filters selects any.

    Source: docs (list filters guide).
    """
    others = account.linked(subject, branch.get("associationCategory", ""), branch.get("associationTypeId", 0))
    return _selects_one(branch, others, account)


def _has_named(branch: Filter, subject: Subject, account: Account) -> bool:
    """Return whether the branch selects the record whose id a property holds.

    Source: reader (the models of HubSpot's clients).
    """
    name = branch["propertyWithObjectId"]
    other = account.record_of(branch["objectTypeId"], subject.record.properties.get(name, ""))
    return _selects_one(branch, [] if other is None else [other], account)


def _selects_one(branch: Filter, others: Iterable[Subject], account: Account) -> bool:
    inner = {**branch, "filterBranchType": branch.get("filterBranchOperator", "AND")}
    is_open = not (branch.get("filters") or branch.get("filterBranches"))
    found = any(is_open or matches(inner, one, account) for one in others)
    return found != (branch.get("operator") == "NOT_IN_LIST")


def _completed(branch: Filter, subject: Subject, account: Account) -> bool:
    """Return whether an event with the properties that the filters ask for happened.

    Source: docs (list filters guide).
    """
    kind, joined = str(branch["eventTypeId"]), JOINED[branch.get("filterBranchOperator", "AND")]
    filters = branch.get("filters", [])
    found = happened(
        branch,
        _Seen(subject, account),
        lambda seen: (
            kind in seen.event.kinds
            and (not filters or joined([holds(one["operation"], one["property"], seen) for one in filters]))
        ),
    )
    return found == (branch.get("operator") != "HAS_NOT_COMPLETED")


def _property(one: Filter, subject: Subject, account: Account) -> bool:
    return holds(one["operation"], one["property"], _Seen(subject, account))


def _sources(one: Filter) -> list[Filter]:
    metadata = one.get("metadata") or []
    return metadata if isinstance(metadata, list) else [metadata]


def _in_list(one: Filter, subject: Subject, account: Account) -> bool:
    """Return whether a record is in a list, was written by an import, or is or was in a workflow."""
    if sources := _sources(one):
        found = any(account.is_from(each["inListType"], str(each["id"]), subject) for each in sources)
    else:
        found = account.is_member(str(one.get("listId", "")), subject)
    return found != (one.get("operator") == "NOT_IN_LIST")


def _association(one: Filter, subject: Subject, account: Account) -> bool:
    """Return whether enough of the linked records are in a list.

    Source: docs (list filters guide), reader (the models of HubSpot's clients) for the refinements.
    """
    return _are_in_list(one, _linked(one, subject, account), account)


def _property_association(one: Filter, subject: Subject, account: Account) -> bool:
    """Return whether the record whose id a property holds is in a list.

    Source: reader (the models of HubSpot's clients); without a type, the list's own counts: assumed.
    """
    record_id = subject.record.properties.get(one["propertyWithObjectId"], "")
    other = account.record_of(one.get("toObjectTypeId", ""), record_id)
    return _are_in_list(one, [] if other is None else [other], account)


def _are_in_list(one: Filter, others: Iterable[Subject], account: Account) -> bool:
    list_id, is_in = str(one.get("listId", "")), one.get("operator") != "NOT_IN_LIST"
    found = [account.is_member(list_id, other) == is_in for other in others]
    refining = one.get("coalescingRefineBy") or {}
    if refining.get("type") == "SET_OCCURRENCES":
        return SETS[refining.get("setType", "ANY")](found)
    return occurs_enough(sum(found), refining)


def _num_associations(one: Filter, subject: Subject, account: Account) -> bool:
    """Return whether a record has as many links as the refinement asks for.

    Source: reader (the models of HubSpot's clients).
    """
    return occurs_enough(len(_linked(one, subject, account)), one.get("coalescingRefineBy"))


def _linked(one: Filter, subject: Subject, account: Account) -> list[Subject]:
    return account.linked(subject, one.get("associationCategory", ""), one.get("associationTypeId", 0))


def _constant(one: Filter, _: Subject, __: Account) -> bool:
    return bool(one.get("shouldAccept"))


def _on_events(kind: str) -> Callable[[Filter, Subject, Account], bool]:
    return lambda one, subject, account: EVENT_FILTERS[kind](one, _Seen(subject, account))


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
SOURCES = ("IMPORT", "WORKFLOWS_ENROLLMENT", "WORKFLOWS_ACTIVE")
COMPLETED = ("HAS_COMPLETED", "HAS_NOT_COMPLETED")
BRANCHES: Mapping[str, Callable[[Filter, Subject, Account], bool]] = {
    "ASSOCIATION": _has_linked,
    "PROPERTY_ASSOCIATION": _has_named,
    "UNIFIED_EVENTS": _completed,
}
FILTERS: Mapping[str, Callable[[Filter, Subject, Account], bool]] = {
    "PROPERTY": _property,
    "IN_LIST": _in_list,
    "ASSOCIATION": _association,
    "NUM_ASSOCIATIONS": _num_associations,
    "PROPERTY_ASSOCIATION": _property_association,
    "CONSTANT": _constant,
    **{kind: _on_events(kind) for kind in EVENT_FILTERS},
}
