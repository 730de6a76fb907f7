"""The semantics of DTL values: truth, lists, types, equality and order. Pure.

Values are plain JSON; Transit values stay strings with their tag (`~t`, `~r`, `~:`).

Source: docs (hub/dtl/argument-types.rst; entity-data-model.rst, with the order of values of different types).
"""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Final

from fake_sesam.dtl.instants import parse_instant

__all__ = [
    "SKIP",
    "PlainText",
    "are_equal",
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
    """Type of `SKIP`, the result of a function that has no value for its argument."""

    def __repr__(self) -> str:
        return "SKIP"


class PlainText(str):
    """A string that is plain although it starts like a Transit value, such as the result of `json-parse`.

    Source: docs (entity-data-model.rst): such strings cannot be escaped, so a stored one is a Transit value again.
    """

    __slots__ = ()


SKIP: Final = _Skip()
_TAGGED = re.compile(r"~(:|r|t\d|b|u|f[-0-9])")
_BOOLEAN, _NUMBER, _DATETIME, _UUID, _NI, _URI, _STRING, _DICT, _LIST, _BYTES = range(1, 11)
_RANKS = {"~u": _UUID, "~:": _NI, "~r": _URI, "~b": _BYTES}


def is_true(value: Any) -> bool:
    """Whether a value counts as true: everything except false, null and the empty list does."""
    return not (value is None or value is False or value == [])


def as_list(value: Any) -> list[Any]:
    """Return a value as a list; null is the empty list."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def first(value: Any) -> Any:
    """Return the first value of a list, null for an empty list, anything else unchanged."""
    if isinstance(value, list):
        return value[0] if value else None
    return value


def map_values(value: Any, function: Callable[[Any], Any]) -> Any:
    """Apply a function to a value or to each value of a list; `SKIP` is left out of a list and null otherwise."""
    if isinstance(value, list):
        return [result for result in map(function, value) if result is not SKIP]
    result = function(value)
    return None if result is SKIP else result


def is_plain_string(value: Any) -> bool:
    """Whether a value is a string without a Transit tag (so not a URI or a datetime, for example)."""
    return isinstance(value, str) and (not _TAGGED.match(value) or isinstance(value, PlainText))


def is_integer(value: Any) -> bool:
    """Whether a value is an integer; a boolean is not."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: Any) -> bool:
    """Whether a value is an integer, a decimal or a float."""
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def is_datetime(value: Any) -> bool:
    """Whether a value is a Transit datetime or date."""
    return isinstance(value, str) and value.startswith("~t") and parse_instant(value[2:]) is not None


def strip_tag(value: str) -> str:
    """Return a Transit value without its tag, a plain string unchanged."""
    return value[2:] if _TAGGED.match(value) and not isinstance(value, PlainText) else value


def order_key(value: Any) -> tuple[Any, ...]:
    """Return a key that orders values of any type; two keys are equal if and only if the values are.

    The order is null, booleans, numbers, datetimes, UUIDs, namespaced identifiers, URIs, strings, objects, lists,
    bytes.
    """
    if value is None:
        return (0,)
    if isinstance(value, bool):
        return (_BOOLEAN, value)
    if isinstance(value, (int, float, Decimal)):
        return (_NUMBER, value)
    if isinstance(value, str):
        return _text_key(value) if value.startswith("~") else (_STRING, value)
    if isinstance(value, list):
        return (_LIST, tuple(order_key(each) for each in value))
    return (_DICT, tuple((name, order_key(each)) for name, each in sorted(value.items())))


def are_equal(left: Any, right: Any) -> bool:
    """Whether two values are equal as lists, so that `43` equals `[43]` and null equals `[]`."""
    return order_key(as_list(left)) == order_key(as_list(right))


def distinct(values: Iterable[Any]) -> list[Any]:
    """Return the values without duplicates, in the order of their first occurrence."""
    found: dict[Any, Any] = {}
    for value in values:
        found.setdefault(order_key(value), value)
    return list(found.values())


def _text_key(value: str) -> tuple[Any, ...]:
    if isinstance(value, PlainText):
        return (_STRING, str(value))
    instant = parse_instant(value[2:]) if value.startswith("~t") else None
    return (_RANKS.get(value[:2], _STRING), value) if instant is None else (_DATETIME, instant)


def is_same_kind(left: Any, right: Any) -> bool:
    """Whether `gt`, `gte`, `lt` and `lte` can compare two values: both have the same type and neither is null."""
    rank, other = order_key(left)[0], order_key(right)[0]
    return bool(rank == other != 0)
