"""The SQLite database of one portal: connection, schema, transactions, copies.

Without a file SQLite keeps a private temporary database: in memory while it is small, on disk beyond the page cache,
and deleted when it is closed. A portal with a million contacts therefore does not need the memory of a million
contacts.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fake_hubspot.errors import UsageError

__all__ = ["Database"]

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
CREATE TABLE IF NOT EXISTS history (
    type TEXT NOT NULL, id INTEGER NOT NULL, property TEXT NOT NULL, number INTEGER NOT NULL,
    value TEXT NOT NULL, at_ms INTEGER NOT NULL, source TEXT NOT NULL,
    PRIMARY KEY (type, id, property, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS associations (
    from_type TEXT NOT NULL, from_id INTEGER NOT NULL, to_type TEXT NOT NULL, to_id INTEGER NOT NULL,
    category TEXT NOT NULL, type_id INTEGER NOT NULL,
    PRIMARY KEY (from_type, from_id, to_type, to_id, category, type_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS merged (
    type TEXT NOT NULL, old_id INTEGER NOT NULL, new_id INTEGER NOT NULL,
    PRIMARY KEY (type, old_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS key_values (
    store TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL,
    PRIMARY KEY (store, key)
) WITHOUT ROWID;
"""
# Search walks and counts along these indexes without reading the records. They are dropped while a large seed is
# written, because building them afterwards is faster.
INDEXES = """
CREATE INDEX IF NOT EXISTS living_updated
    ON records (type, updated_ms, id, created_ms, archived_ms) WHERE archived_ms IS NULL;
CREATE INDEX IF NOT EXISTS living_created
    ON records (type, created_ms, id, updated_ms, archived_ms) WHERE archived_ms IS NULL;
"""
# What files of earlier versions need.
RENAME_SHELVES = ("ALTER TABLE shelves RENAME TO key_values", "ALTER TABLE key_values RENAME shelf TO store")
TABLES = ("records", "unique_values", "history", "associations", "merged", "key_values")
# At each commit SQLite checks every changed page until it has been written. With four times the default size there
# are a quarter of the pages, and a page of records is read from fewer of them.
PAGE_BYTES = 16 * 1024
PAGE_CACHE_KIB = 32 * 1024

Row = tuple[Any, ...]


class Database:
    """SQL for one portal, used from one thread at a time.

    Raises:
        UsageError: The file is not the database of a portal.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.is_open = True
        # Called with `is_committed` after the end of each outermost transaction.
        self.on_end: Callable[..., None] = _nobody
        self._undo: list[Callable[[], None]] = []
        self._depth = 0
        if path is not None and not path.parent.is_dir():
            raise UsageError(f"{path} cannot keep a portal: there is no folder {path.parent}. Create it first")
        try:
            self._db = sqlite3.connect(str(path) if path else "", isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise self._unusable(error) from error
        try:
            self._prepare()
        except sqlite3.DatabaseError as error:
            self._db.close()
            raise self._unusable(error) from error

    def _unusable(self, error: sqlite3.Error) -> UsageError:
        return UsageError(f"{self.path} cannot keep a portal: {error}. Name a new file or one made by --db")

    def _prepare(self) -> None:
        self._db.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        self._db.execute(f"PRAGMA cache_size = -{PAGE_CACHE_KIB}")
        # In a file, a write survives a killed process once it is in the write-ahead log.
        self._db.execute("PRAGMA journal_mode = WAL" if self.path else "PRAGMA journal_mode = MEMORY")
        self._db.execute("PRAGMA synchronous = NORMAL" if self.path else "PRAGMA synchronous = OFF")
        if self._has_shelves():
            self._rename_shelves()
        self._db.executescript(SCHEMA + INDEXES)

    def _has_shelves(self) -> bool:
        return self.one("SELECT 1 FROM sqlite_master WHERE name = 'shelves'") is not None

    def _rename_shelves(self) -> None:
        with self.transaction():
            if self._has_shelves():  # another process may have renamed them meanwhile
                for statement in RENAME_SHELVES:
                    self._db.execute(statement)

    def close(self) -> None:
        """Close the database; a temporary one is deleted."""
        self.is_open = False
        self._db.close()

    def all(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Return every row."""
        return self._db.execute(sql, values).fetchall()

    def one(self, sql: str, values: Sequence[Any] = ()) -> Row | None:
        """Return the first row, if there is one."""
        row: Row | None = self._db.execute(sql, values).fetchone()
        return row

    def rows(self, sql: str, values: Sequence[Any] = ()) -> Iterator[Row]:
        """Iterate over the rows, for results that do not fit in memory."""
        return iter(self._db.execute(sql, values))

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Execute one statement, and return the number of rows that it changed."""
        return self._db.execute(sql, values).rowcount

    def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Execute one statement for many rows."""
        self._db.executemany(sql, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit everything or nothing; a nested transaction joins the outer one."""
        self._depth += 1
        is_committed = False
        try:
            if self._depth == 1:
                self._db.execute("BEGIN IMMEDIATE")
            yield
        except BaseException:
            if self._depth == 1:
                self._db.execute("ROLLBACK")
                for undo in reversed(self._undo):
                    undo()
            raise
        else:
            if self._depth == 1:
                self._db.execute("COMMIT")
                is_committed = True
        finally:
            self._depth -= 1
            if self._depth == 0:
                self._undo.clear()
                self.on_end(is_committed=is_committed)

    def when_rolled_back(self, undo: Callable[[], None]) -> None:
        """Call this if the open transaction is rolled back, the last one first; without a transaction, never."""
        if self._depth:
            self._undo.append(undo)

    @property
    def is_in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._depth > 0

    @contextmanager
    def bulk(self) -> Iterator[None]:
        """Open a transaction for very many new records; the indexes are built after it."""
        self._db.executescript("DROP INDEX IF EXISTS living_updated; DROP INDEX IF EXISTS living_created;")
        try:
            with self.transaction():
                yield
        finally:
            self._db.executescript(INDEXES)

    def clear(self) -> None:
        """Empty every table."""
        with self.transaction():
            for table in TABLES:
                self._db.execute("DELETE FROM " + table)  # noqa: S608 - names from this file

    def copy_to(self, other: "Database") -> None:
        """Copy this database over the other one."""
        self._db.backup(other._db)


def _nobody(*, is_committed: bool) -> None:
    """Do nothing: nobody wants to know about transactions."""
