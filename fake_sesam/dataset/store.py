"""The SQLite file of a node: datasets, their versions and the state of pumps. Thread-safe, survives `kill -9`.

There is one connection behind a lock, and every write is one transaction, so an interrupted write leaves nothing.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench_core.json_text import parse_json

__all__ = ["NodeStore"]

# Room for dozens of entities in a page: SQLite moves rows between pages each time one is full. Existing files keep
# their page size.
_PAGE_BYTES = 8 * 1024
# How many pages the write-ahead log holds before they are copied to the file: 16 MB. A batch changes some pages that
# the batch before has changed, and these are copied once.
_LOG_PAGES = 2000

_SCHEMA = """
CREATE TABLE IF NOT EXISTS datasets (
    number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, next_offset INTEGER NOT NULL DEFAULT 0,
    populated INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS versions (
    dataset INTEGER NOT NULL, offset INTEGER NOT NULL, entity_id TEXT NOT NULL, previous INTEGER,
    deleted INTEGER NOT NULL, ts INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (dataset, offset)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS latest (
    dataset INTEGER NOT NULL, entity_id TEXT NOT NULL, offset INTEGER NOT NULL, deleted INTEGER NOT NULL,
    PRIMARY KEY (dataset, entity_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS held (dataset INTEGER PRIMARY KEY, offset INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS pumps (pipe TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;
"""


class NodeStore:
    """An open store. Use it as a context manager or call `close`."""

    def __init__(self, path: Path | None = None) -> None:
        """Open or create a store.

        Args:
            path: The SQLite file; None keeps the store in memory.

        Raises:
            sqlite3.Error: The file cannot be opened or is not a SQLite database.
        """
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(
            str(path) if path else ":memory:", check_same_thread=False, isolation_level=None, cached_statements=256
        )
        self._connection.execute(f"PRAGMA page_size={_PAGE_BYTES}")  # only before the file has content
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.execute(f"PRAGMA wal_autocheckpoint={_LOG_PAGES}")
        self._connection.executescript(_SCHEMA)
        self._drop_hashes()

    def __enter__(self) -> "NodeStore":
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; the store cannot be used afterwards."""
        with self._lock:
            self._connection.close()

    def _drop_hashes(self) -> None:
        """Convert a file of an earlier release, which stored the hash of each version; readers compute it now."""
        if not self._tables_with_hashes():
            return
        with self.transaction() as connection:
            for table in self._tables_with_hashes():  # another process may have converted them meanwhile
                connection.execute(f"ALTER TABLE {table} DROP COLUMN hash")

    def _tables_with_hashes(self) -> list[str]:
        tables = ("versions", "latest")
        return [name for name in tables if self.rows("SELECT 1 FROM pragma_table_info(?) WHERE name = 'hash'", (name,))]

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Hold the lock and run one transaction; an exception rolls it back and is raised again."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                if self._connection.in_transaction:  # SQLite itself rolls back when the disk is full
                    self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def rows(self, statement: str, values: tuple[Any, ...] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a SELECT statement."""
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def pump_state(self, pipe_id: str) -> dict[str, Any]:
        """Return the JSON object that a pump saved between its runs, empty if there is none."""
        rows = self.rows("SELECT state FROM pumps WHERE pipe = ?", (pipe_id,))
        return dict(parse_json(rows[0][0])) if rows else {}

    def save_pump_state(self, pipe_id: str, state: dict[str, Any]) -> None:
        """Save the JSON object that a pump keeps between its runs."""
        with self.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO pumps VALUES (?, ?)", (pipe_id, json.dumps(state)))

    def forget_pump(self, pipe_id: str) -> None:
        """Delete what a pump saved between its runs."""
        with self.transaction() as connection:
            connection.execute("DELETE FROM pumps WHERE pipe = ?", (pipe_id,))

    def clear(self) -> None:
        """Delete all datasets and all pump state."""
        with self.transaction() as connection:
            for table in ("versions", "latest", "held", "datasets", "pumps"):
                connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names from this line

    def dataset_names(self) -> list[str]:
        """Return the ids of all datasets in alphabetical order, internal ones included."""
        return [name for (name,) in self.rows("SELECT name FROM datasets ORDER BY name")]
