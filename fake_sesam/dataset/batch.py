"""Writes one batch of entities in one transaction: unchanged entities are dropped, the rest become versions."""

import sqlite3
from collections.abc import Iterable, Sequence
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
# In the order of the versions, so that the last of several versions of an entity stays.
_UPDATE_LATEST = """
INSERT OR REPLACE INTO latest
SELECT dataset, entity_id, offset, hash, deleted FROM versions WHERE dataset = ? AND offset >= ? ORDER BY offset
"""
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
        first = self._next_offset()
        if not known and len({entity_id for entity_id, *_ in batch}) == len(batch):
            return self._write_new(batch, first)
        offset, versions, deletions = first, [], 0
        seen: list[int] = []
        for entity_id, digest, is_deleted, stored in batch:
            previous = known.get(entity_id)
            if previous is not None and previous[1] == digest:
                seen.append(previous[0])
                continue
            before = previous[0] if previous else _NO_PREVIOUS
            body = bytearray(encode(stored))
            versions.append((self._number, offset, entity_id, before, digest, int(is_deleted), self._ts, body))
            known[entity_id] = (offset, digest)
            seen.append(offset)
            deletions += is_deleted
            offset += 1
        self._insert(versions, offset)
        self._note_seen(seen)
        return WriteCounts(offset - first, deletions)

    def _write_new(self, batch: PreparedBatch, first: int) -> WriteCounts:
        """Write a batch of different entities that are all new, as `write` does."""
        number, ts = self._number, self._ts
        versions = [
            (number, offset, entity_id, _NO_PREVIOUS, digest, int(is_deleted), ts, bytearray(encode(stored)))
            for offset, (entity_id, digest, is_deleted, stored) in enumerate(batch, first)
        ]
        end = first + len(batch)
        self._insert(versions, end)
        self._note_seen(range(first, end))
        return WriteCounts(len(batch), sum(is_deleted for _, _, is_deleted, _ in batch))

    def _note_seen(self, offsets: Sequence[int]) -> None:
        if self._seen is not None:
            self._seen.add_all(offsets)

    def _insert(self, versions: list[tuple[Any, ...]], next_offset: int) -> None:
        if not versions:
            return
        self._connection.executemany(_INSERT, versions)
        self._connection.execute("UPDATE datasets SET next_offset = ? WHERE number = ?", (next_offset, self._number))
        self._connection.execute(_UPDATE_LATEST, (self._number, versions[0][1]))

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
