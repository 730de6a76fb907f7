"""The index of the records of each type: made when a search first needs it, and kept current.

A record that changes leaves its segment and is looked at one by one, like a scan does, until there are enough of them
for a segment of their own; small segments are merged into larger ones. So the cost of a change does not depend on
how many records there are.
"""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from heapq import merge
from itertools import chain, islice
from typing import Any, TypeVar

import msgspec

from fake_hubspot.portal.matching import Comparable, Query, matcher, sort_key, to_comparable
from fake_hubspot.portal.search_index.column import Column, TextColumn
from fake_hubspot.portal.search_index.segment import WORDS, ColumnName, Segment
from fake_hubspot.portal.store import Piece, Record, Store

__all__ = ["Found", "SearchIndex", "aligned"]

LOOSE_MAX = 128
GROWTH = 4
# Columns that were not used for long are dropped beyond this. With a million contacts, a column takes 10 to 40 MB.
BUDGET_BYTES = 64 * 1024 * 1024
INTERNED_MAX = 4096
Value = TypeVar("Value")


class Found(msgspec.Struct, frozen=True):
    """How many records meet a query, the ids of one page, and the columns that had to be made for it."""

    total: int
    ids: list[int]
    made: tuple[str, ...] = ()


class SearchIndex:
    """The indexes of a portal's types.

    Args:
        store: Where the records are. It notes which of them are written.
        loose_max: How many changed records are kept outside of segments.
        budget_bytes: Bounds the memory of the columns that the search at hand does not need.
    """

    def __init__(self, store: Store, *, loose_max: int = LOOSE_MAX, budget_bytes: int = BUDGET_BYTES) -> None:
        self._store = store
        self._loose_max = loose_max
        self._budget = budget_bytes
        self._by_type: dict[str, _TypeIndex] = {}

    def find(
        self,
        type_id: str,
        query: Query,
        *,
        columns: Mapping[str, str],
        offset: int,
        limit: int,
        past: Mapping[int, Record],
    ) -> Found:
        """Return a page of the records that meet a query.

        Args:
            type_id: The type of the records.
            query: What they meet.
            columns: The properties that are columns of the database.
            offset: How many records come before the page.
            limit: The size of the page.
            past: Records to be seen as they were, by id.
        """
        changed = self._store.take_changed(type_id)
        index = self._by_type.get(type_id)
        if index is None or changed is None:
            index = self._by_type[type_id] = _TypeIndex(self._store, type_id, columns, self._loose_max)
        else:
            index.refresh(changed)
        total, ids = index.find(query, offset, limit, past)
        made, index.made = index.made, []
        if made:
            self._shrink(index, query)
        return Found(total, ids, tuple(dict.fromkeys(made)))

    def _shrink(self, used: "_TypeIndex", query: Query) -> None:
        """Drop the columns that were not used for the longest time, the largest segments' first."""
        needed = sum(map(len, query.groups)) + bool(query.words) + 1
        others = [segment for index in self._by_type.values() if index is not used for segment in index.segments]
        taken = sum(_nbytes(segment) for segment in (*others, *used.segments))
        for segment, kept in [*((one, 0) for one in others), *((one, needed) for one in used.segments)]:
            while taken > self._budget and len(segment.columns) > kept:
                taken -= segment.columns.pop(next(iter(segment.columns))).nbytes


def _nbytes(segment: Segment) -> int:
    return sum(column.nbytes for column in segment.columns.values())


class _TypeIndex:
    """The segments of one type, and the records that have changed since they were made."""

    def __init__(self, store: Store, type_id: str, columns: Mapping[str, str], loose_max: int) -> None:
        self._store = store
        self._type_id = type_id
        self._columns = columns
        self._loose_max = loose_max
        self._loose: dict[int, Record] = {}
        self.segments = [Segment(store.living_ids(type_id), self._make)]
        self.made: list[str] = []

    def refresh(self, changed: Iterable[int]) -> None:
        """Look at changed records again."""
        for record_id in changed:
            for segment in self.segments:
                segment.remove(record_id)
            record = self._store.get(self._type_id, record_id)
            if record is None or record.archived_ms is not None:
                self._loose.pop(record_id, None)
            else:
                self._loose[record_id] = record
        if len(self._loose) > self._loose_max:
            self._settle()

    def _settle(self) -> None:
        """Make a segment of the loose records, and merge it with those that are not much larger."""
        ids = sorted(self._loose)
        self._loose.clear()
        while self.segments and self.segments[-1].count <= GROWTH * len(ids):
            ids = list(merge(self.segments.pop().living(), ids))
        self.segments.append(Segment(array("q", ids), self._make))

    def find(self, query: Query, offset: int, limit: int, past: Mapping[int, Record]) -> tuple[int, list[int]]:
        """Return how many records meet a query, and a page of ids."""
        order, end, matches = query.order, offset + limit, matcher(query)
        living = {record_id: one for record_id, one in past.items() if one.archived_ms is None}
        loose = [*(one for one in self._loose.values() if one.id not in past), *living.values()]
        alone = sorted(map(sort_key(order), filter(matches, loose)), reverse=order.descending)
        met = [(segment, segment.matches(query, hidden=past)) for segment in self.segments]
        total = len(alone) + sum(found.count for _, found in met)
        some = [(segment, found) for segment, found in met if found.count]
        if not alone and len(some) == 1:
            ((segment, found),) = some
            return total, segment.first_ids(found, order, end)[offset:]
        streams = [alone, *(segment.first_keys(found, order, end) for segment, found in some)]
        page = islice(merge(*streams, reverse=order.descending), offset, end)
        return total, [key[-1] for key in page]

    def _make(self, ids: "array[int]", name: ColumnName) -> Column | TextColumn:
        """Make a column; a small part of the records is read one by one, a large part in passing."""
        self.made.append(", ".join(name.properties))
        column = self._columns.get(name.properties[0]) if name.kind in ("number", "datetime") else None
        is_part = len(ids) * GROWTH < sum(len(segment.ids) for segment in self.segments)
        wanted = ids if is_part else None
        if column is not None:
            return Column(_flat(aligned(ids, self._store.numbers(self._type_id, column, wanted))))
        pieces = aligned(ids, self._store.texts(self._type_id, name.properties, wanted))
        if name.kind == WORDS:
            return TextColumn((text or "").casefold() for piece in pieces for text in piece)
        known = _Comparables(name.kind)
        return Column(_flat(map(known.__getitem__, piece) for piece in pieces))


def _flat(pieces: Iterable[Iterable[Value]]) -> list[Value]:
    return list(chain.from_iterable(pieces))


def aligned(ids: "array[int]", pieces: Iterable[Piece[Any]]) -> Iterator[list[Any]]:
    """Yield the value of each id, None for those that were not found, in pieces. Ids and pieces are ascending."""
    start = 0
    for found, values in pieces:
        end = start + len(found)
        if found == ids[start:end].tolist():
            yield values
        else:
            by_id = dict(zip(found, values, strict=True))
            end = bisect_right(ids, found[-1], start)
            yield list(map(by_id.get, ids[start:end]))
        start = end
    yield [None] * (len(ids) - start)


class _Comparables(dict[str | None, Comparable | None]):
    """Texts as they compare; frequent ones are one object each, which saves memory."""

    def __init__(self, kind: str) -> None:
        super().__init__({None: None, "": None})
        self._kind = kind

    def __missing__(self, text: str) -> Comparable:
        value = to_comparable(self._kind, text)
        if len(self) < INTERNED_MAX:
            self[text] = value
        return value
