"""How conditions on records compare: numbers as numbers, and what only looks like one to Python as text."""

from fake_hubspot.portal.journal_filters import JournalCondition
from tests.support.cases import for_each


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
    ],
)
def test_values_compare(value: str, operator: str, wanted: str, holds: bool) -> None:
    condition = JournalCondition("firstname", operator, wanted)

    assert condition.holds({"firstname": value}) is holds
