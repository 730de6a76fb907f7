"""A fixed set of records of one type with the columns that searches have asked for."""

import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import reduce
from heapq import nlargest, nsmallest
from itertools import islice
from operator import and_, or_

import msgspec

from fake_hubspot.portal.matching import Condition, Order, Query, SortKey, key_of_value
from fake_hubspot.portal.search_index.column import Column, TextColumn

__all__ = ["WORDS", "ColumnName", "Matches", "Segment"]

# What it costs to collect and sort a record, compared with looking at it in passing.
SORTING = 4
_MARK = re.compile(b"\x01")


WORDS = "words"


class ColumnName(msgspec.Struct, frozen=True):
    """Which values a column has: those of a property as a kind that compares alike, or the texts of some together."""

    properties: tuple[str, ...]
    kind: str = WORDS

    @classmethod
    def of(cls, name: str, kind: str) -> "ColumnName":
        """Return the name of the column of a property."""
        alike = {"date": "datetime", "bool": "enumeration"}.get(kind, kind)
        return cls((name,), alike if alike in ("number", "datetime", "enumeration") else "string")


class Matches(msgspec.Struct, frozen=True):
    """The records of a segment that meet a query: a byte for each slot, and how many there are."""

    marks: bytes
    count: int


class Segment:
    """A fixed set of records; they leave it when they change, and never come back.

    Args:
        ids: Their ids, ascending.
        make: Makes a column for these ids.
    """

    def __init__(self, ids: "array[int]", make: Callable[["array[int]", ColumnName], Column | TextColumn]) -> None:
        self.ids = ids
        self.columns: dict[ColumnName, Column | TextColumn] = {}
        self._make = make
        self._alive = bytearray(b"\1" * len(ids))
        self._everyone: int | None = None
        self.count = len(ids)

    def living(self) -> Iterator[int]:
        """Yield the ids that have not left, ascending."""
        return (record_id for record_id, alive in zip(self.ids, self._alive, strict=True) if alive)

    def _slot(self, record_id: int) -> int | None:
        slot = bisect_left(self.ids, record_id)
        return slot if slot < len(self.ids) and self.ids[slot] == record_id else None

    def _slots(self, record_ids: Iterable[int]) -> Iterator[int]:
        return (slot for slot in map(self._slot, record_ids) if slot is not None)

    def remove(self, record_id: int) -> None:
        """Let a record leave, if it is there."""
        slot = self._slot(record_id)
        if slot is not None and self._alive[slot]:
            self._alive[slot] = 0
            self._everyone = None
            self.count -= 1

    def _get(self, name: ColumnName) -> Column | TextColumn:
        """Return a column; it is made when it is first asked for, and the last one used is the last in `columns`."""
        found = self.columns.pop(name, None)
        self.columns[name] = found = found or self._make(self.ids, name)
        return found

    def _column(self, name: str, kind: str) -> Column:
        found = self._get(ColumnName.of(name, kind))
        if not isinstance(found, Column):
            raise TypeError(f"the column of {name} has texts")
        return found

    def matches(self, query: Query, *, hidden: Collection[int] = ()) -> Matches:
        """Return the records that meet a query, without those that are hidden."""
        if self._everyone is None:
            self._everyone = int.from_bytes(self._alive, "little")
        met = self._everyone
        if query.groups:
            groups = (reduce(and_, (self._met(one) for one in group)) for group in query.groups)
            met &= reduce(or_, groups)
        for word in query.words:
            met &= self._containing(query.searched, word)
        marks = bytearray(met.to_bytes(len(self.ids), "little"))
        for slot in self._slots(hidden):
            marks[slot] = 0
        return Matches(bytes(marks), met.bit_count() if not hidden else marks.count(1))

    def _met(self, wanted: Condition) -> int:
        if wanted.linked is not None:
            marks = bytearray((b"\1" if wanted.excludes_linked else b"\0") * len(self.ids))
            for slot in self._slots(wanted.linked):
                marks[slot] = not wanted.excludes_linked
            return int.from_bytes(marks, "little")
        has_tokens = wanted.operator in ("CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN")
        column = self._column(wanted.name, "string" if has_tokens else wanted.kind)
        return int.from_bytes(column.marked(column.spans(wanted)), "little")

    def _containing(self, names: tuple[str, ...], word: str) -> int:
        texts = self._get(ColumnName(names))
        if not isinstance(texts, TextColumn):
            raise TypeError(f"the column of {', '.join(names)} has no texts")
        return int.from_bytes(texts.marked(word), "little")

    def first_ids(self, matches: Matches, order: Order, count: int) -> list[int]:
        """Return the first ids in an order."""
        return [self.ids[slot] for slot in self._first(matches, order, count)]

    def first_keys(self, matches: Matches, order: Order, count: int) -> Iterator[SortKey]:
        """Yield the keys by which the first records sort."""
        column = self._column(order.name, order.kind)
        for slot in self._first(matches, order, count):
            yield key_of_value(column.value_at(column.places[slot]), self.ids[slot])

    def _first(self, matches: Matches, order: Order, count: int) -> Iterable[int]:
        column, is_marked = self._column(order.name, order.kind), matches.marks.__getitem__
        if matches.count * matches.count * SORTING > len(self.ids) * min(count, matches.count):
            ordered = reversed(column.order) if order.descending else iter(column.order)
            return islice(filter(is_marked, ordered), count)
        slots = (found.start() for found in _MARK.finditer(matches.marks))
        return (nlargest if order.descending else nsmallest)(count, slots, key=column.places.__getitem__)
