"""Where a portal's records lie: one SQLite database per portal.

Without a file SQLite keeps a private temporary database: in memory while it is small, spilled to disk beyond the page
cache, gone when closed. So a portal of a million contacts does not need a million contacts' memory.
It knows rows and nothing of HubSpot's rules.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

__all__ = ["Record", "Store"]

SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    type TEXT NOT NULL, id INTEGER NOT NULL, properties BLOB NOT NULL,
    created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, archived_ms INTEGER,
    PRIMARY KEY (type, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS unique_values (
    type TEXT NOT NULL, property TEXT NOT NULL, value TEXT NOT NULL, id INTEGER NOT NULL,
    PRIMARY KEY (type, property, value)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""
PAGE_CACHE_KIB = 48 * 1024
SELECT = "SELECT id, properties, created_ms, updated_ms, archived_ms FROM records WHERE "
Row = tuple[int, bytes, int, int, int | None]

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(dict[str, str]).decode


@dataclass(slots=True)
class Record:
    """One record. `properties` holds the properties that have a value, the cleared ones as empty text.

    Units: `_ms` are milliseconds since 1970.
    """

    id: int
    properties: dict[str, str]
    created_ms: int
    updated_ms: int
    archived_ms: int | None = None


def _record(row: Row) -> Record:
    return Record(row[0], _decode(row[1]), row[2], row[3], row[4])


def _row(type_id: str, record: Record) -> tuple[str, int, bytes, int, int, int | None]:
    properties = _encode(record.properties)
    return (type_id, record.id, properties, record.created_ms, record.updated_ms, record.archived_ms)


class Store:
    """The rows of one portal. Used from one thread at a time."""

    def __init__(self, path: Path | None = None) -> None:
        self._db = sqlite3.connect(str(path) if path else "", isolation_level=None, check_same_thread=False)
        self._db.execute(f"PRAGMA cache_size = -{PAGE_CACHE_KIB}")
        if path:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
        else:
            self._db.execute("PRAGMA journal_mode = MEMORY")
            self._db.execute("PRAGMA synchronous = OFF")
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        """Let go of the database; a private one is gone then."""
        self._db.close()

    def read_meta(self, key: str) -> str | None:
        """A value remembered with the portal, for instance its id."""
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def write_meta(self, key: str, value: str) -> None:
        """Remember a value with the portal."""
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def get(self, type_id: str, record_id: int) -> Record | None:
        """The record with that id, archived or not."""
        sql = SELECT + "type = ? AND id = ?"
        row = self._db.execute(sql, (type_id, record_id)).fetchone()
        return _record(row) if row else None

    def page(self, type_id: str, *, from_id: int, limit: int, archived: bool) -> list[Record]:
        """Up to `limit` records in ascending order of id, the first with an id of at least `from_id`."""
        sql = SELECT + "type = ? AND id >= ? AND (archived_ms IS NOT NULL) = ? ORDER BY id LIMIT ?"
        return [_record(row) for row in self._db.execute(sql, (type_id, from_id, archived, limit))]

    def count(self, type_id: str) -> int:
        """How many records of a type are not archived."""
        sql = "SELECT count(*) FROM records WHERE type = ? AND archived_ms IS NULL"
        return int(self._db.execute(sql, (type_id,)).fetchone()[0])

    def put(self, type_id: str, record: Record) -> None:
        """Write one record, new or changed."""
        self._db.execute("INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?, ?)", _row(type_id, record))

    def put_many(self, type_id: str, records: Iterable[Record], *, unique: str | None = None) -> None:
        """Write many new records in one transaction; `unique` names the property to index."""
        with self._transaction():
            rows = (_row(type_id, record) for record in records)
            self._db.executemany("INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?, ?)", rows)
            if unique:
                self._index(type_id, unique)

    def find_unique(self, type_id: str, name: str, value: str) -> int | None:
        """The id of the record that has this value in a property with unique values."""
        sql = "SELECT id FROM unique_values WHERE type = ? AND property = ? AND value = ?"
        row = self._db.execute(sql, (type_id, name, value)).fetchone()
        return row[0] if row else None

    def clear(self) -> None:
        """Forget every record."""
        with self._transaction():
            self._db.execute("DELETE FROM records")
            self._db.execute("DELETE FROM unique_values")

    def _index(self, type_id: str, name: str) -> None:
        """Rebuild the index of one property; sorted first, which a B-tree likes."""
        sql = """
            INSERT OR IGNORE INTO unique_values
            SELECT type, ?1, lower(value), id FROM (
                SELECT type, id, json_extract(CAST(properties AS TEXT), '$."' || ?1 || '"') AS value
                FROM records WHERE type = ?2
            ) WHERE value <> '' ORDER BY 3
        """
        self._db.execute(sql, (name, type_id))

    def _transaction(self) -> "_Transaction":
        return _Transaction(self._db)


class _Transaction:
    """All or nothing."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, *_: object) -> None:
        self._db.execute("COMMIT" if kind is None else "ROLLBACK")


def iterate(store: Store, type_id: str, *, chunk: int = 1000) -> Iterator[Record]:
    """Every record of a type that is not archived, in ascending order of id."""
    from_id = 0
    while page := store.page(type_id, from_id=from_id, limit=chunk, archived=False):
        yield from page
        from_id = page[-1].id + 1
