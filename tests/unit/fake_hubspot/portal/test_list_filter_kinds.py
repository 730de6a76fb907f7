"""Every kind of list filter: the enumerations of HubSpot's official client against what the fake evaluates."""

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from fake_hubspot.portal import list_events, list_filters, list_times
from fake_hubspot.portal.list_operators import OPERATION_TYPES
from fake_hubspot.portal.list_properties import check_operation

# Filters about what the fake has no data of; they are refused by name.
WITHOUT_DATA = {
    *("ADS_SEARCH", "ADS_TIME", "CAMPAIGN_INFLUENCED", "CTA", "PRIVACY", "SURVEY_MONKEY", "SURVEY_MONKEY_VALUE"),
    "WEBINAR",
}
POINT: dict[str, Any] = {"timeType": "DATE", "zoneId": "UTC", "year": 2026, "month": 1, "day": 2}
# What an operation needs besides its type and operator.
OPERANDS: dict[str, dict[str, Any]] = {
    "CALENDAR_DATE": {"timeUnit": "WEEK", "timeUnitCount": 1},
    "COMPARATIVE_DATE": {"comparisonPropertyName": "createdate"},
    "COMPARATIVE_PROPERTY_UPDATED": {"comparisonPropertyName": "createdate"},
    "DATE": {"year": 2026, "month": "MAY", "day": 1},
    "ROLLING_DATE_RANGE": {"numberOfDays": 3},
    "ROLLING_PROPERTY_UPDATED": {"numberOfDays": 3},
    "TIME_POINT": {"timePoint": POINT},
    "TIME_RANGED": {"lowerBoundTimePoint": POINT, "upperBoundTimePoint": POINT},
}
# Retyped from the models of hubspot-sdk 0.1.0a9, whose fields name their operators; the official client does not.
SDK_OPERATORS = {
    "ALL_PROPERTY": "IS_KNOWN IS_UNKNOWN",
    "BOOL": "IS_EQUAL_TO IS_NOT_EQUAL_TO HAS_EVER_BEEN_EQUAL_TO HAS_NEVER_BEEN_EQUAL_TO",
    "CALENDAR_DATE": "IN_THIS_TIME_UNIT IN_THIS_TIME_UNIT_SO_FAR IN_NEXT_TIME_UNIT IN_LAST_TIME_UNIT",
    "COMPARATIVE_DATE": "IS_BEFORE IS_AFTER",
    "COMPARATIVE_PROPERTY_UPDATED": "IS_BEFORE IS_AFTER",
    "DATE": "IS_LESS_THAN_X_DAYS_AGO IS_MORE_THAN_X_DAYS_AGO IS_LESS_THAN_X_DAYS_FROM_NOW IS_MORE_THAN_X_DAYS_FROM_NOW",
    "DATETIME": "IS_BEFORE IS_AFTER",
    "ENUMERATION": "IS_ANY_OF IS_NONE_OF IS_EXACTLY IS_NOT_EXACTLY CONTAINS_ALL DOES_NOT_CONTAIN_ALL "
    "HAS_EVER_BEEN_ANY_OF HAS_NEVER_BEEN_ANY_OF HAS_EVER_BEEN_EXACTLY HAS_NEVER_BEEN_EXACTLY HAS_EVER_CONTAINED_ALL "
    "HAS_NEVER_CONTAINED_ALL",
    "MULTISTRING": "IS_EQUAL_TO IS_NOT_EQUAL_TO CONTAINS CONTAINS_EXACTLY DOES_NOT_CONTAIN DOES_NOT_CONTAIN_EXACTLY "
    "STARTS_WITH ENDS_WITH",
    "NUMBER": "IS_EQUAL_TO IS_NOT_EQUAL_TO IS_GREATER_THAN IS_GREATER_THAN_OR_EQUAL_TO IS_LESS_THAN "
    "IS_LESS_THAN_OR_EQUAL_TO HAS_EVER_BEEN_EQUAL_TO HAS_NEVER_BEEN_EQUAL_TO",
    "NUMBER_RANGED": "IS_BETWEEN IS_NOT_BETWEEN",
    "RANGED_DATE": "IS_BETWEEN IS_NOT_BETWEEN",
    "ROLLING_DATE_RANGE": "IS_LESS_THAN_X_DAYS_AGO IS_MORE_THAN_X_DAYS_AGO IS_LESS_THAN_X_DAYS_FROM_NOW "
    "IS_MORE_THAN_X_DAYS_FROM_NOW",
    "ROLLING_PROPERTY_UPDATED": "UPDATED_IN_LAST_X_DAYS NOT_UPDATED_IN_LAST_X_DAYS",
    "STRING": "IS_EQUAL_TO IS_NOT_EQUAL_TO CONTAINS DOES_NOT_CONTAIN STARTS_WITH ENDS_WITH HAS_EVER_BEEN_EQUAL_TO "
    "HAS_NEVER_BEEN_EQUAL_TO HAS_EVER_CONTAINED HAS_NEVER_CONTAINED",
    "TIME_POINT": "IS_BEFORE IS_AFTER",
    "TIME_RANGED": "IS_BETWEEN IS_NOT_BETWEEN",
}
# What the documentation names besides: docs (list filter definitions) for MULTISTRING, docs of 2023 for DATE.
MORE_OPERATORS = {
    "DATE": {"IS_EQUAL_TO", "IS_BEFORE", "IS_AFTER"},
    "DATETIME": {"IS_BEFORE", "IS_AFTER"},
    "MULTISTRING": {"HAS_EVER_BEEN_EQUAL_TO", "HAS_NEVER_BEEN_EQUAL_TO"},
}
OFFSET = {"amount": 1, "timeUnit": "DAY", "offsetDirection": "PAST"}
WINDOWS: dict[str, dict[str, Any]] = {
    "ABSOLUTE_COMPARATIVE": {"comparison": "BEFORE", "timestamp": 1},
    "ABSOLUTE_RANGED": {"rangeType": "BETWEEN", "lowerTimestamp": 1, "upperTimestamp": 2},
    "ALL_HISTORY": {},
    "RELATIVE_COMPARATIVE": {"comparison": "AFTER", "timeOffset": OFFSET},
    "RELATIVE_RANGED": {"rangeType": "NOT_BETWEEN", "lowerBoundOffset": OFFSET, "upperBoundOffset": OFFSET},
    "TIME_POINT": {"operator": "IS_AFTER", "timePoint": POINT},
    "TIME_RANGED": {"operator": "IS_BETWEEN", "lowerBoundTimePoint": POINT, "upperBoundTimePoint": POINT},
}


@pytest.fixture(scope="module")
def official() -> dict[str, set[str]]:
    """The values that the official client allows, by the ends of the names of its models."""
    spec = find_spec("hubspot")
    assert spec is not None
    assert spec.origin is not None
    models = sorted((Path(spec.origin).parent / "crm" / "lists" / "models").glob("public_*.py"))
    assert len(models) > 60
    found: dict[str, set[str]] = {}
    for model in models:
        text = model.read_text()
        for ending in ("operation", "filter", "filter_branch", "refine_by", "reference"):
            member = {"operation": "operation_type", "reference": "reference_type", "refine_by": "type"}.get(
                ending, f"{ending}_type"
            )
            setter = re.search(rf"def {member}\(self, {member}\):.*?allowed_values = \[(.*?)\]", text, re.DOTALL)
            if setter is not None and model.stem.endswith(ending):
                found.setdefault(ending, set()).update(re.findall(r'"(\w+)"', setter[1]))
    return found


def test_every_type_of_operation_is_evaluated_with_all_its_operators(official: dict[str, set[str]]) -> None:
    """Those of the client, and each operator that the newer client names for it."""
    assert official["operation"] == set(OPERATION_TYPES) == set(SDK_OPERATORS)
    for kind, operators in OPERATION_TYPES.items():
        assert {*SDK_OPERATORS[kind].split(), *MORE_OPERATORS.get(kind, ())} == set(operators), kind
        for operator in operators:
            span = {"numberOfDays": 2} if "X_DAYS" in operator else OPERANDS.get(kind, {})
            assert check_operation({"operationType": kind, "operator": operator, "value": 1, **span}) == "", operator


def test_every_type_of_filter_is_evaluated_or_refused_by_name(official: dict[str, set[str]]) -> None:
    """Nothing is between the two."""
    evaluated, refused = set(list_filters.FILTERS), set(list_filters.NOT_BUILT)

    assert refused == WITHOUT_DATA
    assert not evaluated & refused
    assert official["filter"] == evaluated | refused
    for kind in refused:
        assert list_filters.check({"filters": [{"filterType": kind}]}) == f"the filter type {kind}"
    assert set(list_events.NEEDED) == set(list_events.EVENT_FILTERS) == set(list_events.OPERATORS)


def test_every_type_of_branch_is_evaluated_but_the_one_that_answers_alone_have(official: dict[str, set[str]]) -> None:
    """A RESTRICTED branch stands for filters that a user may not see."""
    assert official["filter_branch"] == {*list_filters.JOINED, *list_filters.BRANCHES, "RESTRICTED"}


def test_every_refinement_and_reference_is_evaluated(official: dict[str, set[str]]) -> None:
    """By occurrences, by members of a set, or by time."""
    assert official["refine_by"] | {"TIME_POINT", "TIME_RANGED"} == {*WINDOWS, "NUM_OCCURRENCES", "SET_OCCURRENCES"}
    for kind, given in WINDOWS.items():
        assert list_times.unbuilt_window({"type": kind, **given}) == "", kind
    assert len(official["reference"]) == 8
    for kind in official["reference"]:
        reference = {"referenceType": kind, "day": 31, "month": 2, "dayOfWeek": "FRIDAY"}
        point = {"timeType": "INDEXED", "zoneId": "US/Eastern", "indexReference": reference}
        assert list_times.unbuilt_point(point) == "", kind
