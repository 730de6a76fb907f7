"""What values are in DTL: truth, lists, kinds, equality and order. Pure.

Values are JSON as it came over the wire; Transit types stay strings with their tag (``~t``, ``~r``, ``~:``).

Source: docs (hub/dtl/argument-types.rst; entity-data-model.rst). Assumed: the order of kinds beyond the examples.
"""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Final

from fake_sesam.dtl.instants import parse_instant

__all__ = [
    "SKIP",
    "as_list",
    "distinct",
    "first",
    "is_datetime",
    "is_integer",
    "is_number",
    "is_plain_string",
    "is_same_kind",
    "is_true",
    "map_values",
    "order_key",
    "strip_tag",
]


class _Skip:
    """The type of `SKIP`."""

    def __repr__(self) -> str:
        return "SKIP"


SKIP: Final = _Skip()
_TAGGED = re.compile(r"~(:|r|t\d|b|u|f[-0-9])")


def is_true(value: Any) -> bool:
    """Whether a value counts as true: only false, null and the empty list do not."""
    return not (value is None or value is False or value == [])


def as_list(value: Any) -> list[Any]:
    """Return a value as a list; null is the empty list."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def first(value: Any) -> Any:
    """Return the first value of a list, or the value itself; null where there is none."""
    if isinstance(value, list):
        return value[0] if value else None
    return value


def map_values(value: Any, function: Callable[[Any], Any]) -> Any:
    """Apply a function to a value or to each of a list; `SKIP` drops it from a list and is null alone."""
    if isinstance(value, list):
        return [result for result in map(function, value) if result is not SKIP]
    result = function(value)
    return None if result is SKIP else result


def is_plain_string(value: Any) -> bool:
    """Whether a value is a string and not a Transit value such as a URI or a datetime."""
    return isinstance(value, str) and not _TAGGED.match(value)


def is_integer(value: Any) -> bool:
    """Whether a value is an integer; booleans are not."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: Any) -> bool:
    """Whether a value is an integer, a decimal or a float."""
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def is_datetime(value: Any) -> bool:
    """Whether a value is a Transit datetime or date."""
    return isinstance(value, str) and value.startswith("~t") and parse_instant(value[2:]) is not None


def strip_tag(value: str) -> str:
    """Return a Transit value without its tag, a plain string as it is."""
    return value[2:] if _TAGGED.match(value) else value


def order_key(value: Any) -> tuple[Any, ...]:
    """Return a key that orders any two values and is equal exactly where they are.

    null, booleans, numbers, datetimes, strings, lists, objects come in this order.
    """
    if value is None:
        return (0,)
    if isinstance(value, bool):
        return (1, value)
    if isinstance(value, (int, float, Decimal)):
        return (2, value)
    if isinstance(value, str):
        instant = parse_instant(value[2:]) if value.startswith("~t") else None
        return (4, value) if instant is None else (3, instant)
    if isinstance(value, list):
        return (5, tuple(order_key(each) for each in value))
    return (6, tuple((name, order_key(each)) for name, each in sorted(value.items())))


def distinct(values: Iterable[Any]) -> list[Any]:
    """Return the values without repetitions, in the order of their first appearance."""
    found: dict[Any, Any] = {}
    for value in values:
        found.setdefault(order_key(value), value)
    return list(found.values())


def is_same_kind(left: Any, right: Any) -> bool:
    """Whether two values are of kinds that can be compared with ``gt`` and its like; nulls cannot."""
    rank, other = order_key(left)[0], order_key(right)[0]
    return bool(rank == other != 0)
