"""Writes one batch of entities in one transaction: unchanged entities are dropped, the rest become versions."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

from fake_sesam.dataset.hashing import are_alike, encode, stored_form
from fake_sesam.dataset.seen import SeenOffsets

__all__ = ["BatchWriter", "PreparedBatch", "WriteCounts", "prepare"]

_MAX_VARIABLES = 500
# sqlite3 binds int, float, str and bytearray directly. For any other value, including None, bool and bytes, it first
# looks for an adapter, which costs more than binding the value.
_NO_PREVIOUS = -1
_INSERT = "INSERT INTO versions VALUES (?, ?, ?, nullif(?, -1), ?, ?, ?)"
# In the order of the versions, so that the last of several versions of an entity stays.
_LATEST_OF_BATCH = """
INTO latest SELECT dataset, entity_id, offset, deleted FROM versions WHERE dataset = ? AND offset >= ? ORDER BY offset
"""
_UPDATE_LATEST = f"INSERT OR REPLACE {_LATEST_OF_BATCH}"
_ADD_LATEST = f"INSERT OR IGNORE {_LATEST_OF_BATCH}"
_REMOVE_VERSIONS = "DELETE FROM versions WHERE dataset = ? AND offset >= ?"


@dataclass(frozen=True, slots=True)
class WriteCounts:
    """Counts of a written batch.

    Attributes:
        changed: Versions written, deletions included.
        deleted: Versions written with `_deleted: true`.
    """

    changed: int = 0
    deleted: int = 0


@dataclass(frozen=True, slots=True)
class PreparedBatch:
    """What is written of each entity of a batch, in three lists of the same length.

    Attributes:
        ids: Their `_id`.
        deleted: 1 for a deletion, else 0.
        bodies: Their stored form as JSON.
    """

    ids: list[str]
    deleted: list[int]
    bodies: list[bytearray]


def prepare(entities: Iterable[dict[str, Any]]) -> PreparedBatch:
    """Prepare a batch. Encoding needs no lock, so call this before the transaction begins."""
    stored = list(map(stored_form, entities))
    ids = [each["_id"] for each in stored]
    return PreparedBatch(ids, [int("_deleted" in each) for each in stored], list(map(bytearray, map(encode, stored))))


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
        first = self._next_offset()
        if batch.ids and not self._latest_versions([batch.ids[0], batch.ids[-1]]) and self._add(batch, first):
            return WriteCounts(len(batch.ids), sum(batch.deleted))
        known = self._latest_versions(batch.ids)
        offset, versions, deletions = first, [], 0
        seen: list[int] = []
        for entity_id, is_deleted, body in zip(batch.ids, batch.deleted, batch.bodies, strict=True):
            previous = known.get(entity_id)
            if previous is not None and are_alike(previous[1], body):
                seen.append(previous[0])
                continue
            before = previous[0] if previous else _NO_PREVIOUS
            versions.append((self._number, offset, entity_id, before, is_deleted, self._ts, body))
            known[entity_id] = (offset, body)
            seen.append(offset)
            deletions += is_deleted
            offset += 1
        if versions:
            self._connection.executemany(_INSERT, versions)
            self._connection.execute(_UPDATE_LATEST, (self._number, first))
            self._set_next_offset(offset)
        self._note_seen(seen)
        return WriteCounts(offset - first, deletions)

    def _add(self, batch: PreparedBatch, first: int) -> bool:
        """Write a batch of different entities that are all new, as `write` does; otherwise leave no version of it.

        The key of the table `latest` finds out what they are, which costs less than looking up each of them before.
        """
        number, end = self._number, first + len(batch.ids)
        columns = (batch.ids, repeat(_NO_PREVIOUS), batch.deleted, repeat(self._ts), batch.bodies)
        self._connection.executemany(_INSERT, zip(repeat(number), range(first, end), *columns, strict=False))
        if self._connection.execute(_ADD_LATEST, (number, first)).rowcount < len(batch.ids):
            # The new entities stay in `latest`: without a version they are not known, and `write` replaces them.
            self._connection.execute(_REMOVE_VERSIONS, (number, first))
            return False
        self._set_next_offset(end)
        self._note_seen(range(first, end))
        return True

    def _note_seen(self, offsets: Sequence[int]) -> None:
        if self._seen is not None:
            self._seen.add_all(offsets)

    def _set_next_offset(self, offset: int) -> None:
        self._connection.execute("UPDATE datasets SET next_offset = ? WHERE number = ?", (offset, self._number))

    def _next_offset(self) -> int:
        rows = self._connection.execute("SELECT next_offset FROM datasets WHERE number = ?", (self._number,))
        return int(rows.fetchone()[0])

    def _latest_versions(self, entity_ids: list[str]) -> dict[str, tuple[int, bytes | bytearray]]:
        """Return offset and stored form of the latest version of each entity that has one."""
        known = {}
        for start in range(0, len(entity_ids), _MAX_VARIABLES):
            some = entity_ids[start : start + _MAX_VARIABLES]
            marks = ",".join("?" * len(some))
            rows = self._connection.execute(
                "SELECT l.entity_id, l.offset, v.body FROM latest l "  # noqa: S608 - marks only
                "JOIN versions v ON v.dataset = l.dataset AND v.offset = l.offset "
                f"WHERE l.dataset = ? AND l.entity_id IN ({marks})",
                (self._number, *some),
            )
            known.update({entity_id: (offset, body) for entity_id, offset, body in rows})
        return known
