"""The filters of subscriptions to the journal of events: conditions on the values of a record. Pure.

Source: reader (the models of HubSpot's clients) for the operators; that all conditions of one filter must hold, and
that numbers are compared as numbers, is assumed.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from math import isfinite
from typing import Any

import msgspec

__all__ = ["OPERATORS", "JournalCondition", "passes"]

Test = Callable[[str, str, Sequence[str]], bool]


def _compared(value: str, wanted: str) -> int:
    """Return whether a value is less than, equal to or greater than another one: -1, 0 or 1."""
    left: Any = value
    right: Any = wanted
    with suppress(ValueError):
        numbers = float(value), float(wanted)
        if all(map(isfinite, numbers)):  # `nan` and `infinity` are names and words
            left, right = numbers
    return int(left > right) - int(left < right)


# Each gets the value of the record, the value of the condition, and its values.
OPERATORS: Mapping[str, Test] = {
    "EQ": lambda value, wanted, _: _compared(value, wanted) == 0,
    "N_EQ": lambda value, wanted, _: _compared(value, wanted) != 0,
    "LT": lambda value, wanted, _: _compared(value, wanted) < 0,
    "LTE": lambda value, wanted, _: _compared(value, wanted) <= 0,
    "GT": lambda value, wanted, _: _compared(value, wanted) > 0,
    "GTE": lambda value, wanted, _: _compared(value, wanted) >= 0,
    "CONTAINS": lambda value, wanted, _: wanted in value,
    "STARTS_WITH": lambda value, wanted, _: value.startswith(wanted),
    "ENDS_WITH": lambda value, wanted, _: value.endswith(wanted),
    "IN": lambda value, _, values: value in values,
    "NOT_IN": lambda value, _, values: value not in values,
    "IS_EMPTY": lambda value, _, __: not value,
    "IS_NOT_EMPTY": lambda value, _, __: bool(value),
}
# These hold for a record without a value; all other operators need one.
OF_NO_VALUE = frozenset({"N_EQ", "NOT_IN", "IS_EMPTY"})


class JournalCondition(msgspec.Struct, frozen=True, rename="camel"):
    """What a property of a record has to be."""

    property: str
    operator: str
    value: str = ""
    values: tuple[str, ...] = ()
    filter_type: str = "CRM_OBJECT_PROPERTY"

    def holds(self, properties: Mapping[str, str]) -> bool:
        """Whether the values of a record meet it."""
        value = properties.get(self.property, "")
        if not value:
            return self.operator in OF_NO_VALUE
        return OPERATORS[self.operator](value, self.value, self.values)


def passes(filters: Sequence[Sequence[JournalCondition]], properties: Mapping[str, str]) -> bool:
    """Whether a record meets every condition of one of these filters."""
    return any(all(one.holds(properties) for one in conditions) for conditions in filters)
