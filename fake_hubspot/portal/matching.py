"""What a search means: which values meet a filter, which records a query finds, in which order they come. Pure.

This is the reference. `search_index` gives the same results without looking at every record, and a test compares both.

Source: docs ("Search the CRM", 2026).
"""

from collections.abc import Callable
from fnmatch import fnmatchcase
from math import isnan

import msgspec

from fake_hubspot.portal.clock import parse_time
from fake_hubspot.portal.store import Record

__all__ = [
    "NEGATIVE",
    "Comparable",
    "Condition",
    "Order",
    "Query",
    "SortKey",
    "has_token",
    "key_of_value",
    "matcher",
    "sort_key",
    "to_comparable",
]

NEGATIVE = frozenset({"NEQ", "NOT_IN", "NOT_CONTAINS_TOKEN"})
Comparable = str | float
SortKey = tuple[bool, str, float, int]


class Condition(msgspec.Struct, frozen=True):
    """A filter with everything that its evaluation depends on.

    Attributes:
        kind: The type of the property.
        matches_empty: Whether a record without a value matches.
        linked: For a filter on links the ids that match, or that do not with `excludes_linked`; only these matter then.
    """

    name: str
    operator: str
    kind: str = ""
    value: str = ""
    high_value: str = ""
    values: tuple[str, ...] = ()
    matches_empty: bool = False
    linked: frozenset[int] | None = None
    excludes_linked: bool = False


class Order(msgspec.Struct, frozen=True):
    """The property to sort by. Records without a value come last, or first if the order is descending."""

    name: str
    kind: str
    descending: bool = False


class Query(msgspec.Struct, frozen=True):
    """A whole search: every condition of at least one group, and every word somewhere in the named properties."""

    groups: tuple[tuple[Condition, ...], ...]
    order: Order
    words: tuple[str, ...] = ()
    searched: tuple[str, ...] = ()


def to_comparable(kind: str, text: str) -> Comparable:
    """Return a value in the form in which its property's type compares.

    Strings compare without regard to case, enumerations with regard to it, numbers and times by size. What is no
    number or time compares as text.

    Source: docs.
    """
    try:
        if kind == "number":
            number = float(text)
            return text if isnan(number) else number
        if kind in ("date", "datetime"):
            return float(parse_time(text))
    except ValueError:
        return text
    return text if kind in ("enumeration", "bool") else text.casefold()


def searched_text(record: Record, names: tuple[str, ...]) -> str:
    """Return the text in which the words of a query are looked for."""
    return " ".join(record.properties.get(name, "") for name in names).casefold()


def matcher(query: Query) -> Callable[[Record], bool]:
    """Return whether a record meets a query."""
    groups = [[_test(condition) for condition in group] for group in query.groups]

    def matches(record: Record) -> bool:
        if groups and not any(all(test(record) for test in group) for group in groups):
            return False
        text = searched_text(record, query.searched) if query.words else ""
        return all(word in text for word in query.words)

    return matches


def sort_key(order: Order) -> Callable[[Record], SortKey]:
    """Return the key by which records are sorted."""

    def key(record: Record) -> SortKey:
        text = record.properties.get(order.name, "")
        return key_of_value(to_comparable(order.kind, text) if text else None, record.id)

    return key


def key_of_value(value: Comparable | None, record_id: int) -> SortKey:
    """Return the key of a record with this value: numbers come before text, and records without a value last."""
    if isinstance(value, float):
        return (False, "", value, record_id)
    return (value is None, value or "", 0.0, record_id)


def _test(wanted: Condition) -> Callable[[Record], bool]:
    linked = wanted.linked
    if linked is not None:
        return lambda record: (record.id in linked) != wanted.excludes_linked
    compare, empty = _comparison(wanted), wanted.matches_empty

    def test(record: Record) -> bool:
        text = record.properties.get(wanted.name, "")
        return compare(text) if text else empty

    return test


def _comparison(wanted: Condition) -> Callable[[str], bool]:
    """Return the condition that a value which is not empty must meet."""
    if wanted.operator in ("HAS_PROPERTY", "NOT_HAS_PROPERTY"):
        return lambda _: wanted.operator == "HAS_PROPERTY"
    if wanted.operator in ("CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN"):
        return lambda text: has_token(text, wanted.value) == (wanted.operator == "CONTAINS_TOKEN")
    if wanted.operator in ("IN", "NOT_IN"):
        members = {to_comparable(wanted.kind, value) for value in wanted.values}
        return lambda text: (to_comparable(wanted.kind, text) in members) == (wanted.operator == "IN")
    return _range_comparison(wanted)


def _range_comparison(wanted: Condition) -> Callable[[str], bool]:
    bound = to_comparable(wanted.kind, wanted.value)
    high = to_comparable(wanted.kind, wanted.high_value)
    tests: dict[str, Callable[[Comparable], bool]] = {
        "EQ": lambda value: value == bound,
        "NEQ": lambda value: value != bound,
        "LT": lambda value: _less(value, bound),
        "LTE": lambda value: not _less(bound, value) and type(value) is type(bound),
        "GT": lambda value: _less(bound, value),
        "GTE": lambda value: not _less(value, bound) and type(value) is type(bound),
        "BETWEEN": lambda value: not _less(value, bound) and not _less(high, value) and type(value) is type(bound),
    }
    test = tests[wanted.operator]
    return lambda text: test(to_comparable(wanted.kind, text))


def _less(one: Comparable, other: Comparable) -> bool:
    if isinstance(one, str):
        return isinstance(other, str) and one < other
    return not isinstance(other, str) and one < other


def has_token(text: str, pattern: str) -> bool:
    """Return whether the whole value or one of its words matches; `*` stands for anything.

    Source: docs.
    """
    wanted = pattern.casefold().replace("[", "[[]").replace("?", "[?]")
    value = text.casefold()
    words = "".join(char if char.isalnum() or char in "_-'" else " " for char in value).split()
    return any(fnmatchcase(word, wanted) for word in (value, *value.split(), *words))
