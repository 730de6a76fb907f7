"""Writes one batch of entities in one transaction: unchanged entities are dropped, the rest become versions."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from fake_sesam.dataset.hashing import encode, entity_hash, stored_form
from fake_sesam.dataset.seen import SeenOffsets

__all__ = ["BatchWriter", "PreparedBatch", "WriteCounts", "prepare"]

_MAX_VARIABLES = 500
# sqlite3 binds int, float, str and bytearray directly. For any other value, including None, bool and bytes, it first
# looks for an adapter, which costs more than binding the value.
_NO_PREVIOUS = -1
_INSERT = "INSERT INTO versions VALUES (?, ?, ?, nullif(?, -1), ?, ?, ?, ?)"
PreparedBatch = list[tuple[str, str, bool, dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class WriteCounts:
    """Counts of a written batch.

    Attributes:
        changed: Versions written, deletions included.
        deleted: Versions written with `_deleted: true`.
    """

    changed: int = 0
    deleted: int = 0


def prepare(entities: Iterable[dict[str, Any]]) -> PreparedBatch:
    """Return id, hash, deleted flag and stored form of each entity.

    Hashing needs no lock, so call this before the transaction begins.
    """
    stored = map(stored_form, entities)
    return [(each["_id"], entity_hash(each), each.get("_deleted", False), each) for each in stored]


class BatchWriter:
    """Writer for one batch of a dataset; use it inside an open transaction.

    Args:
        connection: The connection of the transaction.
        number: Key of the dataset in the table `datasets`.
        ts: `_ts` of the new versions, in microseconds since the epoch.
        seen: Collects the offset of each entity's latest version.
    """

    def __init__(self, connection: sqlite3.Connection, number: int, ts: int, seen: SeenOffsets | None) -> None:
        self._connection = connection
        self._number = number
        self._ts = ts
        self._seen = seen

    def write(self, batch: PreparedBatch) -> WriteCounts:
        """Write a version of each new or changed entity, in the order of the batch."""
        known = self._latest_versions([entity_id for entity_id, *_ in batch])
        first = offset = self._next_offset()
        versions, deletions = [], 0
        for entity_id, digest, is_deleted, stored in batch:
            previous = known.get(entity_id)
            if previous is not None and previous[1] == digest:
                self._mark_seen(previous[0])
                continue
            before = previous[0] if previous else _NO_PREVIOUS
            body = bytearray(encode(stored))
            versions.append((self._number, offset, entity_id, before, digest, int(is_deleted), self._ts, body))
            known[entity_id] = (offset, digest)
            self._mark_seen(offset)
            deletions += is_deleted
            offset += 1
        self._insert(versions, offset)
        return WriteCounts(offset - first, deletions)

    def _insert(self, versions: list[tuple[Any, ...]], next_offset: int) -> None:
        if not versions:
            return
        self._connection.executemany(_INSERT, versions)
        latest = [(row[0], row[2], row[1], row[4], row[5]) for row in versions]
        self._connection.executemany("INSERT OR REPLACE INTO latest VALUES (?, ?, ?, ?, ?)", latest)
        self._connection.execute("UPDATE datasets SET next_offset = ? WHERE number = ?", (next_offset, self._number))

    def _mark_seen(self, offset: int) -> None:
        if self._seen is not None:
            self._seen.add(offset)

    def _next_offset(self) -> int:
        rows = self._connection.execute("SELECT next_offset FROM datasets WHERE number = ?", (self._number,))
        return int(rows.fetchone()[0])

    def _latest_versions(self, entity_ids: list[str]) -> dict[str, tuple[int, str]]:
        known = {}
        for start in range(0, len(entity_ids), _MAX_VARIABLES):
            some = entity_ids[start : start + _MAX_VARIABLES]
            marks = ",".join("?" * len(some))
            rows = self._connection.execute(
                f"SELECT entity_id, offset, hash FROM latest WHERE dataset = ? AND entity_id IN ({marks})",  # noqa: S608 - marks only
                (self._number, *some),
            )
            known.update({entity_id: (offset, digest) for entity_id, offset, digest in rows})
        return known
