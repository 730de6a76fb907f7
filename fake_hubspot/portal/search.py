"""Search: which records match, in which order, and what a page contains.

Filters on ids and times use the database's indexes; everything else is evaluated here.

Source: docs ("Search the CRM", 2026).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from itertools import islice

import msgspec

from fake_hubspot.portal.associations import Associations
from fake_hubspot.portal.clock import parse_time
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.definitions import Definitions
from fake_hubspot.portal.records import Records
from fake_hubspot.portal.store import INT64_MAX, Candidates, Record
from fake_hubspot.portal.types import ObjectType, ObjectTypes

__all__ = ["LINKED", "Filter", "Search", "SearchResult", "Sort"]

SEARCHABLE = {
    "0-1": (
        *("firstname", "lastname", "email", "phone", "hs_additional_emails", "fax", "mobilephone", "company"),
        "hs_marketable_until_renewal",
    ),
    "0-2": ("website", "phone", "name", "domain"),
    "0-3": ("dealname", "pipeline", "dealstage", "description", "dealtype"),
    "0-5": ("subject", "content", "hs_pipeline_stage", "hs_ticket_category", "hs_ticket_id"),
    "0-7": ("name", "description", "price", "hs_sku"),
    "0-8": ("name", "hs_sku", "description"),
}
RANGE_OPERATORS = frozenset({"EQ", "GT", "GTE", "LT", "LTE", "BETWEEN"})
LINKED = "associations."
NEGATIVE = frozenset({"NEQ", "NOT_IN", "NOT_CONTAINS_TOKEN"})
Comparable = str | float


class Filter(msgspec.Struct, frozen=True):
    """One condition on one property."""

    name: str
    operator: str
    value: str = ""
    high_value: str = ""
    values: tuple[str, ...] = ()


class Sort(msgspec.Struct, frozen=True):
    """The property to sort by."""

    name: str
    descending: bool = False


class SearchResult(msgspec.Struct, frozen=True):
    """One page, and how many records match in total."""

    total: int
    records: list[Record]


def linked_type(types: ObjectTypes, name: str) -> ObjectType | None:
    """Return the type whose links a filter on `associations.{type}` is about, None for a filter on a property."""
    return types.find(name.removeprefix(LINKED)) if name.startswith(LINKED) else None


def to_comparable(kind: str, text: str) -> Comparable:
    """Return a value in the form in which its property's type compares.

    Strings compare without regard to case, enumerations with regard to it, numbers and times by size.

    Source: docs.
    """
    try:
        if kind == "number":
            return float(text)
        if kind in ("date", "datetime"):
            return float(parse_time(text))
    except (ValueError, OverflowError):
        return text
    return text if kind in ("enumeration", "bool") else text.casefold()


class Search:
    """Searches the records of a portal as its index sees them."""

    def __init__(
        self,
        records: Records,
        definitions: Definitions,
        associations: Associations,
        *,
        types: Callable[[], ObjectTypes],
        empty_matches: Callable[[], bool],
    ) -> None:
        self._records = records
        self._associations = associations
        self._types = types
        self._definitions = definitions
        self._empty_matches = empty_matches

    def find(
        self,
        object_type: ObjectType,
        groups: list[list[Filter]],
        *,
        query: str = "",
        sort: Sort | None = None,
        offset: int = 0,
        limit: int = 10,
    ) -> SearchResult:
        """Return the records that match every filter of at least one group, and the query.

        Without a sort the oldest come first. Source: docs.
        """
        candidates, rest = self._narrow_unique(object_type, groups) or _narrow(object_type, groups)
        seen = self._records.index_lag.seen(object_type.type_id)
        column = _column(object_type, sort)
        if not rest and not query and not seen and column is not None:
            return self._from_columns(object_type, candidates, column, offset=offset, limit=limit)
        wanted = self._matcher(object_type, groups if seen else rest, query)
        if not seen and column is not None:
            ordered = self._records.store.candidates(object_type.type_id, candidates, order=column)
            return _window(filter(wanted, ordered), offset, limit)
        pool = self._pool(object_type, Candidates() if seen else candidates, seen)
        matching = sorted(
            filter(wanted, pool), key=self._sort_key(object_type, sort), reverse=bool(sort and sort.descending)
        )
        page = matching[offset : offset + limit]
        return SearchResult(len(matching), self._live(object_type, page) if seen else page)

    def _live(self, object_type: ObjectType, page: list[Record]) -> list[Record]:
        """Return records as they are now, without those that were archived since the index saw them."""
        stored = (self._records.store.get(object_type.type_id, record.id) for record in page)
        return [record for record in stored if record is not None and record.archived_ms is None]

    def _narrow_unique(
        self, object_type: ObjectType, groups: list[list[Filter]]
    ) -> tuple[Candidates, list[list[Filter]]] | None:
        """Return the only record that a filter on a unique property selects, None without such a filter."""
        unique = self._definitions.unique_names(object_type)
        group = groups[0] if len(groups) == 1 else []
        for one in group:
            if one.name in unique and one.operator == "EQ":
                found = self._records.store.find_unique(object_type.type_id, one.name, one.value) or -1
                return Candidates(ids=(found, found)), groups
        return None

    def _from_columns(
        self, object_type: ObjectType, candidates: Candidates, column: str, *, offset: int, limit: int
    ) -> SearchResult:
        store = self._records.store
        total = store.count_candidates(object_type.type_id, candidates)
        page = store.candidates(object_type.type_id, candidates, order=column, offset=offset, limit=limit)
        return SearchResult(total, list(page))

    def _pool(self, object_type: ObjectType, candidates: Candidates, seen: Mapping[int, Record]) -> Iterator[Record]:
        for record in self._records.store.candidates(object_type.type_id, candidates):
            if record.id not in seen:
                yield record
        yield from (record for record in seen.values() if record.archived_ms is None)

    def _matcher(self, object_type: ObjectType, groups: list[list[Filter]], query: str) -> Callable[[Record], bool]:
        compiled = [[self._test(object_type, one) for one in group] for group in groups]
        words = query.casefold().split()
        names = SEARCHABLE.get(object_type.type_id, (object_type.display_property,))

        def matches(record: Record) -> bool:
            if compiled and not any(all(test(record) for test in group) for group in compiled):
                return False
            text = " ".join(record.properties.get(name, "") for name in names).casefold() if words else ""
            return all(word in text for word in words)

        return matches

    def _test_links(self, object_type: ObjectType, target: ObjectType, wanted: Filter) -> Callable[[Record], bool]:
        """Return the condition of a filter on `associations.{type}`, whose values are ids.

        Source: recording (EQ; hubspot-api-ruby 2022-11 and 2024-12), docs (search guide); the other operators: assumed.
        """
        values = wanted.values or ((wanted.value,) if wanted.value else ())
        to_ids = None if wanted.operator in ("HAS_PROPERTY", "NOT_HAS_PROPERTY") else map(parse_id, values)
        linked = self._associations.ids_linked(object_type, target, to_ids)
        is_negative = wanted.operator in NEGATIVE or wanted.operator == "NOT_HAS_PROPERTY"
        return lambda record: (record.id in linked) != is_negative

    def _test(self, object_type: ObjectType, wanted: Filter) -> Callable[[Record], bool]:
        target = linked_type(self._types(), wanted.name)
        if target is not None:
            return self._test_links(object_type, target, wanted)
        definition = self._definitions.get(object_type.type_id, wanted.name)
        kind = definition.type if definition else "string"
        compare = _comparison(kind, wanted)
        empty = wanted.operator == "NOT_HAS_PROPERTY" or (wanted.operator in NEGATIVE and self._empty_matches())

        def test(record: Record) -> bool:
            text = record.properties.get(wanted.name, "")
            return compare(text) if text else empty

        return test

    def _sort_key(self, object_type: ObjectType, sort: Sort | None) -> Callable[[Record], tuple[bool, str, float, int]]:
        name = sort.name if sort else object_type.created_property
        definition = self._definitions.get(object_type.type_id, name)
        kind = definition.type if definition else "string"

        def key(record: Record) -> tuple[bool, str, float, int]:
            text = record.properties.get(name, "")
            value = to_comparable(kind, text) if text else ""
            if isinstance(value, str):
                return (not text, value, 0.0, record.id)
            return (not text, "", value, record.id)

        return key


def _window(matching: Iterable[Record], offset: int, limit: int) -> SearchResult:
    """Return a page of records that are already in order; the others are only counted."""
    found = iter(matching)
    before = sum(1 for _ in islice(found, offset))
    page = list(islice(found, limit))
    return SearchResult(before + len(page) + sum(1 for _ in found), page)


def _comparison(kind: str, wanted: Filter) -> Callable[[str], bool]:
    """Return the condition that a value which is not empty must meet."""
    if wanted.operator in ("HAS_PROPERTY", "NOT_HAS_PROPERTY"):
        return lambda _: wanted.operator == "HAS_PROPERTY"
    if wanted.operator in ("CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN"):
        return lambda text: _has_token(text, wanted.value) == (wanted.operator == "CONTAINS_TOKEN")
    if wanted.operator in ("IN", "NOT_IN"):
        members = {to_comparable(kind, value) for value in wanted.values}
        return lambda text: (to_comparable(kind, text) in members) == (wanted.operator == "IN")
    return _range_comparison(kind, wanted)


def _range_comparison(kind: str, wanted: Filter) -> Callable[[str], bool]:
    bound = to_comparable(kind, wanted.value)
    high = to_comparable(kind, wanted.high_value)
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
    return lambda text: test(to_comparable(kind, text))


def _less(one: Comparable, other: Comparable) -> bool:
    if isinstance(one, str):
        return isinstance(other, str) and one < other
    return not isinstance(other, str) and one < other


def _has_token(text: str, pattern: str) -> bool:
    """Return whether the whole value or one of its words matches; `*` stands for anything.

    Source: docs.
    """
    wanted = pattern.casefold().replace("[", "[[]").replace("?", "[?]")
    value = text.casefold()
    words = "".join(char if char.isalnum() or char in "_-'" else " " for char in value).split()
    return any(fnmatchcase(word, wanted) for word in (value, *value.split(), *words))


def _column_name(object_type: ObjectType, name: str) -> str | None:
    return {
        "hs_object_id": "ids",
        object_type.created_property: "created_ms",
        object_type.modified_property: "updated_ms",
    }.get(name)


def _column(object_type: ObjectType, sort: Sort | None) -> str | None:
    """Return the database's order for a sort, if it has one."""
    if sort is None:
        return "created_ms, id"
    column = _column_name(object_type, sort.name)
    if column is None:
        return None
    direction = " DESC" if sort.descending else ""
    return f"id{direction}" if column == "ids" else f"{column}{direction}, id{direction}"


def _narrow(object_type: ObjectType, groups: list[list[Filter]]) -> tuple[Candidates, list[list[Filter]]]:
    """Return what the database can select by, and the filters that are left."""
    if len(groups) != 1:
        return Candidates(), groups
    bounds: dict[str, tuple[int, int]] = {}
    rest = []
    for one in groups[0]:
        column = _column_name(object_type, one.name)
        found = _bounds(one, "number" if column == "ids" else "datetime") if column else None
        if column is None or found is None:
            rest.append(one)
        else:
            low, high = bounds.get(column, (-INT64_MAX, INT64_MAX))
            bounds[column] = (max(low, found[0]), min(high, found[1]))
    return Candidates(**bounds), [rest] if rest else []


def _bounds(wanted: Filter, kind: str) -> tuple[int, int] | None:
    """Return the inclusive bounds of a range operator, or None if the value is not a whole number."""
    if wanted.operator not in RANGE_OPERATORS:
        return None
    low, high = _whole(kind, wanted.value), _whole(kind, wanted.high_value or wanted.value)
    if low is None or high is None:
        return None
    return {
        "EQ": (low, low),
        "GT": (low + 1, INT64_MAX),
        "GTE": (low, INT64_MAX),
        "LT": (-INT64_MAX, low - 1),
        "LTE": (-INT64_MAX, low),
        "BETWEEN": (low, high),
    }[wanted.operator]


def _whole(kind: str, text: str) -> int | None:
    value = to_comparable(kind, text)
    if isinstance(value, str) or abs(value) >= 2**53 or not value.is_integer():
        return None
    return int(value)
