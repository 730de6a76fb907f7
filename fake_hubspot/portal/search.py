"""Search: which records match, in which order, and what a page contains.

Filters on ids and times use the database's indexes. Other properties get an index of their own when a search first
filters or sorts by them. A few records are looked at one by one.

Source: docs ("Search the CRM", 2026).
"""

from collections.abc import Callable, Iterator, Mapping

import msgspec

from fake_hubspot.portal.associations import Associations
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.definitions import Definitions
from fake_hubspot.portal.matching import NEGATIVE, Condition, Order, Query, matcher, sort_key, to_comparable
from fake_hubspot.portal.records import Records
from fake_hubspot.portal.search_index import SearchIndex
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
# Up to this many records are looked at one by one: that is faster than to make an index.
SCANNED_MAX = 200


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
    """One page, how many records match in total, and the properties that got an index for it."""

    total: int
    records: list[Record]
    indexed: tuple[str, ...] = ()


def linked_type(types: ObjectTypes, name: str) -> ObjectType | None:
    """Return the type whose links a filter on `associations.{type}` is about, None for a filter on a property."""
    return types.find(name.removeprefix(LINKED)) if name.startswith(LINKED) else None


class Search:
    """Searches the records of a portal as its index sees them.

    Args:
        records: The records.
        definitions: The types of their properties.
        associations: Their links.
        types: The object types.
        empty_matches: Whether a negative operator matches records without a value.
        scanned_max: Up to how many records are looked at one by one; None to make no index.
    """

    def __init__(
        self,
        records: Records,
        definitions: Definitions,
        associations: Associations,
        *,
        types: Callable[[], ObjectTypes],
        empty_matches: Callable[[], bool],
        scanned_max: int | None = SCANNED_MAX,
    ) -> None:
        self._records = records
        self._associations = associations
        self._types = types
        self._definitions = definitions
        self._empty_matches = empty_matches
        self.scanned_max = scanned_max
        self.index = SearchIndex(records.store)

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
        if seen:
            candidates, rest = Candidates(), groups
        if self._are_few(object_type, candidates):
            wanted = self._query(object_type, rest, query, sort)
            return self._scan(object_type, candidates, wanted, seen, offset=offset, limit=limit)
        wanted = self._query(object_type, groups, query, sort)
        return self._from_index(object_type, wanted, seen, offset=offset, limit=limit)

    def _are_few(self, object_type: ObjectType, candidates: Candidates) -> bool:
        bound = self.scanned_max
        return bound is None or self._records.store.are_at_most(bound, object_type.type_id, candidates)

    def _from_index(
        self, object_type: ObjectType, query: Query, seen: Mapping[int, Record], *, offset: int, limit: int
    ) -> SearchResult:
        type_id, columns = object_type.type_id, _columns(object_type)
        found = self.index.find(type_id, query, columns=columns, offset=offset, limit=limit, past=seen)
        page = self._records.store.get_many(type_id, found.ids)
        return SearchResult(found.total, [one for one in page if one.archived_ms is None], found.made)

    def _scan(
        self,
        object_type: ObjectType,
        candidates: Candidates,
        query: Query,
        seen: Mapping[int, Record],
        *,
        offset: int,
        limit: int,
    ) -> SearchResult:
        """Look at every candidate."""
        pool = filter(matcher(query), self._pool(object_type, candidates, seen))
        matching = sorted(pool, key=sort_key(query.order), reverse=query.order.descending)
        page = matching[offset : offset + limit]
        return SearchResult(len(matching), self._live(object_type, page) if seen else page)

    def _live(self, object_type: ObjectType, page: list[Record]) -> list[Record]:
        """Return records as they are now, without those that were archived since the index saw them."""
        stored = self._records.store.get_many(object_type.type_id, [record.id for record in page])
        return [record for record in stored if record.archived_ms is None]

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

    def _query(self, object_type: ObjectType, groups: list[list[Filter]], query: str, sort: Sort | None) -> Query:
        name = sort.name if sort else object_type.created_property
        return Query(
            tuple(tuple(self._condition(object_type, one) for one in group) for group in groups),
            Order(name, self._kind(object_type, name), descending=bool(sort and sort.descending)),
            tuple(query.casefold().split()),
            SEARCHABLE.get(object_type.type_id, (object_type.display_property,)),
        )

    def _kind(self, object_type: ObjectType, name: str) -> str:
        definition = self._definitions.get(object_type.type_id, name)
        return definition.type if definition else "string"

    def _condition(self, object_type: ObjectType, wanted: Filter) -> Condition:
        target = linked_type(self._types(), wanted.name)
        is_negative = wanted.operator in NEGATIVE
        if target is not None:
            return self._links_condition(object_type, target, wanted)
        return Condition(
            wanted.name,
            wanted.operator,
            self._kind(object_type, wanted.name),
            wanted.value,
            wanted.high_value,
            wanted.values,
            matches_empty=wanted.operator == "NOT_HAS_PROPERTY" or (is_negative and self._empty_matches()),
        )

    def _links_condition(self, object_type: ObjectType, target: ObjectType, wanted: Filter) -> Condition:
        """Return the condition of a filter on `associations.{type}`, whose values are ids.

        Source: recording (EQ; hubspot-api-ruby 2022-11 and 2024-12), docs (search guide); the other operators: assumed.
        """
        values = wanted.values or ((wanted.value,) if wanted.value else ())
        to_ids = None if wanted.operator in ("HAS_PROPERTY", "NOT_HAS_PROPERTY") else map(parse_id, values)
        linked = self._associations.ids_linked(object_type, target, to_ids)
        is_negative = wanted.operator in NEGATIVE or wanted.operator == "NOT_HAS_PROPERTY"
        return Condition(wanted.name, wanted.operator, linked=frozenset(linked), excludes_linked=is_negative)


def _columns(object_type: ObjectType) -> dict[str, str]:
    """Return the properties that are columns of the database."""
    times = {object_type.created_property: "created_ms", object_type.modified_property: "updated_ms"}
    return {"hs_object_id": "id", **times}


def _column(object_type: ObjectType, sort: Sort | None) -> str | None:
    """Return the database's order for a sort, if it has one."""
    if sort is None:
        return "created_ms, id"
    column = _columns(object_type).get(sort.name)
    if column is None:
        return None
    direction = " DESC" if sort.descending else ""
    return f"id{direction}" if column == "id" else f"{column}{direction}, id{direction}"


def _narrow(object_type: ObjectType, groups: list[list[Filter]]) -> tuple[Candidates, list[list[Filter]]]:
    """Return what the database can select by, and the filters that are left."""
    if len(groups) != 1:
        return Candidates(), groups
    bounds: dict[str, tuple[int, int]] = {}
    rest, columns = [], _columns(object_type)
    for one in groups[0]:
        column = columns.get(one.name)
        found = _bounds(one, "number" if column == "id" else "datetime") if column else None
        if column is None or found is None:
            rest.append(one)
        else:
            field = "ids" if column == "id" else column
            low, high = bounds.get(field, (-INT64_MAX, INT64_MAX))
            bounds[field] = (max(low, found[0]), min(high, found[1]))
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
