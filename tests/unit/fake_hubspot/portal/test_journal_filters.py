"""How conditions on records compare: numbers as numbers, and what only looks like one to Python as text."""

import msgspec

from fake_hubspot.portal.journal_filters import OPERATORS, JournalCondition, passes
from tests.support.cases import for_each

EMPTY = ("IS_EMPTY", "IS_NOT_EMPTY")


@for_each(
    ("value", "operator", "wanted", "holds"),
    [
        ("10", "GT", "9", True),
        ("5.0", "EQ", "5", True),
        ("Nan", "EQ", "5", False),
        ("Nan", "N_EQ", "5", True),
        ("Nan", "GTE", "9", True),
        ("Nan", "EQ", "Nan", True),
        ("Infinity", "EQ", "inf", False),
        ("1e999", "EQ", "inf", False),
        ("b", "GT", "a", True),
        *((value, "LT", "5", value == "4") for value in ("4", "5", "6")),
        *((value, "LTE", "5", value != "6") for value in ("4", "5", "6")),
        *((value, "GT", "5", value == "6") for value in ("4", "5", "6")),
        *((value, "GTE", "5", value != "4") for value in ("4", "5", "6")),
        *((value, "EQ", "5", value == "5") for value in ("4", "5", "6")),
        *((value, "N_EQ", "5", value != "5") for value in ("4", "5", "6")),
        *((value, "CONTAINS", "sl", value == "Oslo") for value in ("Oslo", "OSLO")),
        *((value, "STARTS_WITH", "Os", value == "Oslo") for value in ("Oslo", "Klos", "OS")),
        *((value, "ENDS_WITH", "lo", value == "Oslo") for value in ("Oslo", "loop")),
        *((value, operator, "", operator == "IS_NOT_EMPTY") for value in "50" for operator in EMPTY),
    ],
)
def test_values_compare(value: str, operator: str, wanted: str, holds: bool) -> None:
    condition = JournalCondition("firstname", operator, wanted)

    assert condition.holds({"firstname": value}) is holds


@for_each(
    ("operator", "value", "holds"),
    [("IN", "a", True), ("IN", "c", False), ("NOT_IN", "a", False), ("NOT_IN", "c", True)],
)
def test_values_are_among_others(operator: str, value: str, holds: bool) -> None:
    assert JournalCondition("p", operator, values=("a", "b")).holds({"p": value}) is holds


def test_a_record_without_a_value_meets_only_what_asks_for_none() -> None:
    for operator in OPERATORS:
        for properties in ({}, {"p": ""}, {"q": "1"}):
            is_met = JournalCondition("p", operator, "1", ("1",)).holds(properties)
            assert is_met is (operator in ("N_EQ", "NOT_IN", "IS_EMPTY")), operator


def test_all_conditions_of_one_filter_must_hold() -> None:
    one, other = JournalCondition("p", "EQ", "1"), JournalCondition("q", "EQ", "2")

    assert passes([(one, other)], {"p": "1", "q": "2"}) is True
    assert passes([(one, other)], {"p": "1"}) is False
    assert passes([(one,), (other,)], {"q": "2"}) is True
    assert passes([(one,), (other,)], {"q": "3"}) is False
    assert passes([], {}) is False


def test_a_condition_is_answered_with_what_it_leaves_out() -> None:
    condition = msgspec.convert({"property": "p", "operator": "IS_EMPTY"}, JournalCondition)

    assert msgspec.to_builtins(condition) == {
        "property": "p",
        "operator": "IS_EMPTY",
        "value": "",
        "values": (),
        "filterType": "CRM_OBJECT_PROPERTY",
    }
