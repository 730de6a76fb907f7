"""The rows of records: what is stored of them, and how to find them. HubSpot's rules are elsewhere."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from operator import attrgetter, itemgetter
from typing import Any, TypeVar

import msgspec

from fake_hubspot.portal.database import Database, Row

__all__ = ["Candidates", "Piece", "Record", "Store"]

SELECT = "SELECT id, properties, created_ms, updated_ms, archived_ms FROM records WHERE "
INSERT = "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?, ?)"
INT64_MAX = 2**63 - 1
MAX_VARIABLES = 500
# A loop in Python over single rows costs more than the query; in chunks, most of the loop runs in C.
ROWS_AT_ONCE = 1000
Value = TypeVar("Value")
Piece = tuple[list[int], list[Value]]
"""Ids in ascending order, and the value of each."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(dict[str, str]).decode


@dataclass(slots=True)
class Record:
    """One record. `properties` holds the properties that have a value; cleared ones are empty text.

    Units: `_ms` are milliseconds since 1970.
    """

    id: int
    properties: dict[str, str]
    created_ms: int
    updated_ms: int
    archived_ms: int | None = None


class Candidates(msgspec.Struct, frozen=True):
    """A first selection of records by indexed columns; bounds are inclusive."""

    ids: tuple[int, int] = (0, INT64_MAX)
    created_ms: tuple[int, int] = (-INT64_MAX, INT64_MAX)
    updated_ms: tuple[int, int] = (-INT64_MAX, INT64_MAX)

    @property
    def where(self) -> tuple[str, list[int]]:
        """The condition in SQL, with only the bounds that restrict anything."""
        times = {"created_ms": self.created_ms, "updated_ms": self.updated_ms}
        bounds = {name: one for name, one in times.items() if one != (-INT64_MAX, INT64_MAX)}
        if self.ids != (0, INT64_MAX):
            # With `+` SQLite uses the indexes on times, which contain everything it needs, instead of the records.
            bounds["+id" if bounds else "id"] = self.ids
        parts = ["archived_ms IS NULL", *(f"{name} BETWEEN ? AND ?" for name in bounds)]
        return " AND ".join(parts), [bound for one in bounds.values() for bound in one]


def _record(row: Row) -> Record:
    return Record(row[0], _decode(row[1]), row[2], row[3], row[4])


def _row(type_id: str, record: Record) -> tuple[str, int, bytes, int, int, int | None]:
    properties = _encode(record.properties)
    return (type_id, record.id, properties, record.created_ms, record.updated_ms, record.archived_ms)


def _marks(ids: Sequence[int]) -> str:
    return ",".join("?" * len(ids))


class Store:
    """Records by type and id."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._changed: dict[str, set[int] | None] = {}

    def take_changed(self, type_id: str) -> set[int] | None:
        """Return the ids that were written since the last call, also in vain; None if that was not noted."""
        changed, self._changed[type_id] = self._changed.get(type_id), set()
        return changed

    def _note(self, type_id: str, record_id: int) -> None:
        changed = self._changed.get(type_id)
        if changed is not None:
            changed.add(record_id)

    def get(self, type_id: str, record_id: int) -> Record | None:
        """Return the record with that id, archived or not."""
        row = self._db.one(SELECT + "type = ? AND id = ?", (type_id, record_id))
        return _record(row) if row else None

    def get_many(self, type_id: str, ids: Sequence[int]) -> list[Record]:
        """Return the records with these ids in the same order, archived or not; missing ones are left out."""
        found: dict[int, Record] = {}
        for start in range(0, len(ids), MAX_VARIABLES):
            some = ids[start : start + MAX_VARIABLES]
            sql = f"{SELECT} type = ? AND id IN ({_marks(some)})"
            found.update((row[0], _record(row)) for row in self._db.rows(sql, (type_id, *some)))
        return [found[one] for one in ids if one in found]

    def living_ids(self, type_id: str) -> "array[int]":
        """Return the ids of all records that are not archived, ascending."""
        sql = "SELECT id FROM records WHERE type = ? AND archived_ms IS NULL ORDER BY id"
        return array("q", chain.from_iterable(self._db.rows(sql, (type_id,))))

    def numbers(self, type_id: str, column: str, ids: Sequence[int] | None) -> Iterator["Piece[float]"]:
        """Yield a column of records in ascending order of id; of all that are not archived without `ids`."""
        for found, values in self._pieces(type_id, column, ids):
            yield found, list(map(float, values))

    def texts(self, type_id: str, names: Sequence[str], ids: Sequence[int] | None) -> Iterator["Piece[str]"]:
        """Yield properties of records in ascending order of id, joined by blanks; without `ids` of all."""
        fields = [(f"f{number}", str, msgspec.field(name=name, default="")) for number, name in enumerate(names)]
        decode = msgspec.json.Decoder(msgspec.defstruct("Properties", fields)).decode
        text_of = attrgetter("f0") if len(names) == 1 else lambda found: " ".join(msgspec.structs.astuple(found))
        for found, properties in self._pieces(type_id, "properties", ids):
            yield found, list(map(text_of, map(decode, properties)))

    def _pieces(self, type_id: str, column: str, ids: Sequence[int] | None) -> Iterator["Piece[Any]"]:
        """Yield a column in pieces."""
        sql = f"SELECT id, {column} FROM records WHERE type = ? AND archived_ms IS NULL"  # noqa: S608 - columns from this package
        if ids is None:
            rows = self._db.rows(f"{sql} ORDER BY id", (type_id,))
            while some := list(islice(rows, ROWS_AT_ONCE)):
                yield _columns_of(some)
            return
        for start in range(0, len(ids), MAX_VARIABLES):
            wanted = ids[start : start + MAX_VARIABLES]
            rows = self._db.rows(f"{sql} AND id IN ({_marks(wanted)}) ORDER BY id", (type_id, *wanted))
            if some := list(rows):
                yield _columns_of(some)

    def page(self, type_id: str, *, from_id: int, limit: int, archived: bool) -> list[Record]:
        """Return up to `limit` records in ascending order of id, beginning with `from_id`."""
        sql = SELECT + "type = ? AND id >= ? AND (archived_ms IS NOT NULL) = ? ORDER BY id LIMIT ?"
        return [_record(row) for row in self._db.rows(sql, (type_id, from_id, archived, limit))]

    def count_before(self, type_id: str, record_id: int, *, archived: bool, most: int) -> int:
        """Return how many records have lower ids, without counting beyond `most`."""
        of_type = "type = ? AND id < ? AND (archived_ms IS NOT NULL) = ?"
        sql = f"SELECT count(*) FROM (SELECT 1 FROM records WHERE {of_type} ORDER BY id LIMIT ?)"  # noqa: S608 - no input
        ((number,),) = self._db.all(sql, (type_id, record_id, archived, most))
        return int(number)

    def count(self, type_id: str) -> int:
        """Return how many records of a type are not archived."""
        return self.count_candidates(type_id, Candidates())

    def count_candidates(self, type_id: str, candidates: Candidates) -> int:
        """Return how many records the columns select."""
        where, values = candidates.where
        sql = "SELECT count(*) FROM records WHERE type = ? AND " + where  # noqa: S608 - columns from this file
        ((number,),) = self._db.all(sql, (type_id, *values))
        return int(number)

    def are_at_most(self, number: int, type_id: str, candidates: Candidates) -> bool:
        """Return whether the columns select at most that many records, without counting much further."""
        where, values = candidates.where
        sql = f"SELECT count(*) FROM (SELECT 1 FROM records WHERE type = ? AND {where} LIMIT ?)"  # noqa: S608 - columns from this file
        ((found,),) = self._db.all(sql, (type_id, *values, number + 1))
        return int(found) <= number

    def candidates(
        self, type_id: str, candidates: Candidates, *, order: str = "id", limit: int = -1, offset: int = 0
    ) -> Iterator[Record]:
        """Iterate over the records that the columns select; `order` is a column, optionally with `DESC`.

        Without a `limit` all of them come in that order; `offset` is for a page.
        """
        where, values = candidates.where
        if limit < 0:
            return map(_record, self._db.rows(f"{SELECT} type = ? AND {where} ORDER BY {order}", (type_id, *values)))
        # The page's ids come from an index alone, so that only its records are read.
        ids = f"SELECT id FROM records WHERE type = ? AND {where} ORDER BY {order} LIMIT ? OFFSET ?"  # noqa: S608 - columns from this file
        sql = f"{SELECT} type = ? AND id IN ({ids}) ORDER BY {order}"
        return map(_record, self._db.rows(sql, (type_id, type_id, *values, limit, offset)))

    def put(self, type_id: str, record: Record) -> None:
        """Write one new or changed record."""
        self._note(type_id, record.id)
        self._db.run(INSERT, _row(type_id, record))

    def put_many(self, type_id: str, records: Iterable[Record], *, unique: Iterable[str] = (), bulk: bool) -> None:
        """Write many new records in one transaction; `unique` names the properties to index."""
        self._changed.pop(type_id, None)
        with self._db.bulk() if bulk else self._db.transaction():
            self._db.run_many(INSERT, (_row(type_id, record) for record in records))
            for name in unique:
                self.index(type_id, name)

    def delete(self, type_id: str, record_id: int) -> None:
        """Delete a record with everything that is stored about it."""
        self._note(type_id, record_id)
        with self._db.transaction():
            self._db.run("DELETE FROM records WHERE type = ? AND id = ?", (type_id, record_id))
            self._db.run("DELETE FROM unique_values WHERE type = ? AND id = ?", (type_id, record_id))
            self._db.run("DELETE FROM history WHERE type = ? AND id = ?", (type_id, record_id))

    def find_unique(self, type_id: str, name: str, value: str) -> int | None:
        """Return the id of the record that has this unique value, regardless of case."""
        sql = "SELECT id FROM unique_values WHERE type = ? AND property = ? AND value = ?"
        row = self._db.one(sql, (type_id, name, value.lower()))
        return row[0] if row else None

    def claim_unique(self, type_id: str, name: str, value: str, *, record_id: int) -> None:
        """Reserve a unique value for a record."""
        sql = "INSERT OR REPLACE INTO unique_values VALUES (?, ?, ?, ?)"
        self._db.run(sql, (type_id, name, value.lower(), record_id))

    def release_unique(self, type_id: str, name: str, value: str, *, record_id: int) -> None:
        """Release a unique value if this record has it."""
        sql = "DELETE FROM unique_values WHERE type = ? AND property = ? AND value = ? AND id = ?"
        self._db.run(sql, (type_id, name, value.lower(), record_id))

    def index(self, type_id: str, name: str) -> None:
        """Index the values that records have in one property, sorted first, which suits a B-tree."""
        sql = """
            INSERT OR IGNORE INTO unique_values
            SELECT type, ?, lower(value), id FROM (
                SELECT type, id, json_extract(CAST(properties AS TEXT), '$."' || ? || '"') AS value
                FROM records WHERE type = ? AND archived_ms IS NULL
            ) WHERE value <> '' ORDER BY 3
        """
        self._db.run(sql, (name, name, type_id))

    def follow_merge(self, type_id: str, record_id: int) -> int:
        """Return the id under which a merged record continues; the same id if it was not merged."""
        seen = record_id
        while row := self._db.one("SELECT new_id FROM merged WHERE type = ? AND old_id = ?", (type_id, seen)):
            seen = row[0]
        return seen

    def note_merge(self, type_id: str, *, old_id: int, new_id: int) -> None:
        """Store which record a merged record became."""
        self._db.run("INSERT OR REPLACE INTO merged VALUES (?, ?, ?)", (type_id, old_id, new_id))


def _columns_of(rows: list[Row]) -> Piece[Any]:
    return list(map(itemgetter(0), rows)), list(map(itemgetter(1), rows))
