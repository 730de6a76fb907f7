"""A dataset: an append-only log of entity versions with change and deletion tracking.

Source: docs (features/change-tracking.rst, entity-data-model.rst, json-push.rst): a version is written if the entity
is new, its content changed or its `_deleted` changed; `_updated` is the offset in the log, starting at 0; a deletion
keeps the data.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypedDict

from fake_sesam.dataset.batch import BatchWriter, WriteCounts, prepare
from fake_sesam.dataset.hashing import decode, entity_hash
from fake_sesam.dataset.seen import SeenOffsets
from fake_sesam.dataset.store import NodeStore

__all__ = ["Dataset", "DatasetInfo", "WriteCounts"]

_PAGE_SIZE = 1000
_AFTER_LAST = 2**62
_LARGEST_CHARACTER = "\U0010ffff"


class DatasetInfo(TypedDict):
    """Counts of a dataset, without the versions that are held back.

    Attributes:
        populated: Whether a full run has completed.
        next_offset: The offset that the next version gets.
        entities: Entities whose latest version is not deleted.
        deleted: Entities whose latest version is deleted.
        versions: All versions in the log.
        last_modified: `_ts` of the latest version, in microseconds since the epoch; None for an empty dataset.
    """

    populated: bool
    next_offset: int
    entities: int
    deleted: int
    versions: int
    last_modified: int | None


class Dataset:
    """One dataset of a store; it is created by its first write."""

    def __init__(self, store: NodeStore, name: str, *, now_us: Callable[[], int]) -> None:
        """Open a dataset.

        Args:
            store: The store that holds it.
            name: Id of the dataset.
            now_us: Returns the `_ts` of new versions, in microseconds since the epoch.
        """
        self.name = name
        self._store = store
        self._now_us = now_us

    @property
    def exists(self) -> bool:
        """Whether the dataset has been created or written to."""
        return bool(self._store.rows("SELECT 1 FROM datasets WHERE name = ?", (self.name,)))

    def create(self) -> None:
        """Create the dataset if it does not exist yet."""
        with self._store.transaction() as connection:
            self._number(connection)

    def write(self, entities: Iterable[dict[str, Any]], *, seen: SeenOffsets | None = None) -> WriteCounts:
        """Write a batch in one transaction; unchanged entities are dropped.

        Args:
            entities: Each has a string as `_id`. Other properties of the root that start with `_` are not stored,
                except `_deleted`.
            seen: Collects the offset of each entity's latest version, for `delete_unseen`.

        Raises:
            KeyError: An entity has no `_id`; nothing is written.
        """
        batch = prepare(entities)
        with self._store.transaction() as connection:
            return BatchWriter(connection, self._number(connection), self._now_us(), seen).write(batch)

    def delete_unseen(self, seen: SeenOffsets, *, mark: bool = False) -> Iterator[WriteCounts]:
        """Write a deleted version of every entity that a full run did not see; yield the counts of each batch.

        Args:
            seen: The offsets that `write` collected in a complete full run.
            mark: Add `"$deletion_tracked": true` to the deleted versions.
        """
        for page in self._unseen_pages(seen):
            yield self.write(_as_deleted(body, mark=mark) for body in page)

    def rollback(self, offset: int) -> None:
        """Remove every version from `offset` on, as if it had never been written."""
        with self._store.transaction() as connection:
            number = self._number(connection)
            values = {"dataset": number, "offset": offset}
            connection.execute("DELETE FROM versions WHERE dataset = :dataset AND offset >= :offset", values)
            connection.execute("DELETE FROM latest WHERE dataset = :dataset AND offset >= :offset", values)
            connection.execute(_RESTORE_LATEST, values)
            connection.execute("UPDATE datasets SET next_offset = :offset WHERE number = :dataset", values)

    def hold(self, offset: int) -> None:
        """Hide every version from `offset` on from readers, until `release`.

        Source: docs (features/circuit-breakers.rst): committing a tripped circuit breaker exposes what is uncommitted.
        """
        with self._store.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO held VALUES (?, ?)", (self._number(connection), offset))

    def release(self) -> None:
        """Show all versions."""
        with self._store.transaction() as connection:
            connection.execute("DELETE FROM held WHERE dataset = ?", (self._number(connection),))

    @property
    def held_from(self) -> int | None:
        """The offset of the first version that is hidden from readers; None if none is."""
        rows = self._store.rows(
            "SELECT offset FROM held WHERE dataset = (SELECT number FROM datasets WHERE name = ?)", (self.name,)
        )
        return int(rows[0][0]) if rows else None

    def set_populated(self) -> None:
        """Record that a full run has completed."""
        with self._store.transaction() as connection:
            connection.execute("UPDATE datasets SET populated = 1 WHERE number = ?", (self._number(connection),))

    def entities(
        self,
        *,
        since: int | None = None,
        limit: int | None = None,
        history: bool = False,
        deleted: bool = False,
        reverse: bool = False,
        uncommitted: bool = False,
        before: int | None = None,
        only_deleted: bool = False,
    ) -> Iterator[dict[str, Any]]:
        """Yield versions in the order in which they were written.

        Shape: `{"_id": "1", "_updated": 0, "_previous": null, "_deleted": false, "_ts": 1700000000000000, "_hash":
        "0123...", ...}`, followed by the properties of the entity.

        Units: `_updated` and `_previous` are offsets in the log, `_ts` is in microseconds since the epoch.

        Args:
            since: Yield only versions with an `_updated` greater than this.
            limit: Yield at most this many versions.
            history: Yield every version, not only the latest of each entity; includes deletions.
            deleted: Include entities whose latest version is deleted.
            reverse: Yield the newest version first.
            uncommitted: Include versions that are held back.
            before: In reverse order, yield only versions with an `_updated` less than this.
            only_deleted: Leave out what is not deleted.
        """
        remaining = limit
        floor = -1 if since is None else since
        last = (_AFTER_LAST if before is None else before) if reverse else floor
        held = None if uncommitted else self.held_from
        while remaining is None or remaining > 0:
            size = _PAGE_SIZE if remaining is None else min(_PAGE_SIZE, remaining)
            options = {
                "history": history,
                "deleted": deleted,
                "reverse": reverse,
                "only_deleted": only_deleted,
            }
            rows = self._page(last, floor=floor, size=size, held=held, **options)
            for row in rows:
                yield _entity(row)
            if len(rows) < size:
                return
            last = rows[-1][0]
            remaining = None if remaining is None else remaining - len(rows)

    def entity(self, entity_id: str, *, uncommitted: bool = False) -> dict[str, Any] | None:
        """Return the latest version of an entity, deleted or not, in the shape of `entities`; None if there is none.

        Args:
            entity_id: Its `_id`.
            uncommitted: Whether the version may be one that is held back.
        """
        rows = self._store.rows(_LATEST_AND_HELD, (self.name, entity_id))
        if not rows:
            return None
        *latest, held = rows[0]
        found: dict[str, Any] | None = _entity(tuple(latest))
        while held is not None and not uncommitted and found is not None and found["_updated"] >= held:
            found = self._version(found["_previous"])
        return found

    def versions(self, entity_id: str, *, limit: int) -> Iterator[dict[str, Any]]:
        """Yield the versions of one entity in the shape of `entities`, newest first, at most so many."""
        found = self.entity(entity_id)
        for _ in range(limit):
            if found is None:
                return
            yield found
            found = self._version(found["_previous"])

    def ids(self, prefix: str, *, limit: int) -> list[str]:
        """Return the ids of entities that begin with a text, deleted ones too, in their order, at most so many."""
        rows = self._store.rows(
            "SELECT entity_id FROM latest WHERE dataset = (SELECT number FROM datasets WHERE name = ?) "
            "AND entity_id >= ? AND entity_id < ? ORDER BY entity_id LIMIT ?",
            (self.name, prefix, f"{prefix}{_LARGEST_CHARACTER}", limit),
        )
        return [entity_id for (entity_id,) in rows]

    def _version(self, offset: int | None) -> dict[str, Any] | None:
        rows = self._store.rows(
            f"SELECT {_COLUMNS} FROM versions v "  # noqa: S608 - constants
            "WHERE v.dataset = (SELECT number FROM datasets WHERE name = ?) AND v.offset = ?",
            (self.name, offset),
        )
        return _entity(rows[0]) if rows else None

    @property
    def next_offset(self) -> int:
        """The offset that the next version gets."""
        rows = self._store.rows("SELECT next_offset FROM datasets WHERE name = ?", (self.name,))
        return int(rows[0][0]) if rows else 0

    @property
    def visible_end(self) -> int:
        """The offset after the last version that readers see."""
        held = self.held_from
        return self.next_offset if held is None else held

    @property
    def is_populated(self) -> bool:
        """Whether a full run has completed."""
        return bool(self._store.rows("SELECT 1 FROM datasets WHERE name = ? AND populated = 1", (self.name,)))

    @property
    def count(self) -> int:
        """Number of entities whose latest version is not deleted."""
        return self.info()["entities"]

    def info(self) -> DatasetInfo:
        """Return the counts of the dataset; all are zero if it does not exist."""
        rows = self._store.rows("SELECT number, next_offset, populated FROM datasets WHERE name = ?", (self.name,))
        if not rows:
            return DatasetInfo(populated=False, next_offset=0, entities=0, deleted=0, versions=0, last_modified=None)
        number, next_offset, populated = rows[0]
        held = self.held_from
        values = {"dataset": number, "end": _AFTER_LAST if held is None else held}
        entities = "latest WHERE dataset = :dataset"
        if held is not None:
            entities = f"versions WHERE dataset = :dataset AND offset IN ({_LATEST_COMMITTED})"
        counts = f"SELECT count(*), coalesce(sum(deleted), 0) FROM {entities}"  # noqa: S608 - constants
        (total, gone) = self._store.rows(counts, values)[0]
        (versions, last) = self._store.rows(
            "SELECT count(*), max(ts) FROM versions WHERE dataset = :dataset AND offset < :end", values
        )[0]
        return DatasetInfo(
            populated=bool(populated),
            next_offset=next_offset,
            entities=total - gone,
            deleted=gone,
            versions=versions,
            last_modified=last,
        )

    def drop(self) -> None:
        """Remove the dataset with all its versions; the next write starts at offset 0."""
        with self._store.transaction() as connection:
            row = connection.execute("SELECT number FROM datasets WHERE name = ?", (self.name,)).fetchone()
            if row:
                connection.execute("DELETE FROM versions WHERE dataset = ?", row)
                connection.execute("DELETE FROM latest WHERE dataset = ?", row)
                connection.execute("DELETE FROM held WHERE dataset = ?", row)
                connection.execute("DELETE FROM datasets WHERE number = ?", row)

    def _number(self, connection: sqlite3.Connection) -> int:
        row = connection.execute("SELECT number FROM datasets WHERE name = ?", (self.name,)).fetchone()
        if row is None:
            row = connection.execute("INSERT INTO datasets (name) VALUES (?) RETURNING number", (self.name,)).fetchone()
        return int(row[0])

    def _page(
        self,
        last: int,
        *,
        floor: int,
        size: int,
        held: int | None,
        history: bool,
        deleted: bool,
        reverse: bool,
        only_deleted: bool,
    ) -> list[tuple[Any, ...]]:
        order, compare = ("DESC", "<") if reverse else ("ASC", ">")
        latest = "" if history or held is not None else _JOINED_LATEST
        live = "" if history or deleted else " AND v.deleted = 0"
        live = " AND v.deleted = 1" if only_deleted else live
        committed = "" if held is None else " AND v.offset < :end"
        if held is not None and not history:
            committed += f" AND v.offset IN ({_LATEST_COMMITTED})"
        statement = (
            f"SELECT {_COLUMNS} FROM versions v{latest} "  # noqa: S608 - built from constants only
            "WHERE v.dataset = (SELECT number FROM datasets WHERE name = :name) "
            f"AND v.offset {compare} :last AND v.offset > :floor{live}{committed} "
            f"ORDER BY v.offset {order} LIMIT :size"
        )
        values = {"name": self.name, "last": last, "floor": floor, "size": size}
        if held is not None:
            values |= {"end": held, "dataset": self._store.rows(_NUMBER, (self.name,))[0][0]}
        return self._store.rows(statement, values)

    def _unseen_pages(self, seen: SeenOffsets) -> Iterator[list[dict[str, Any]]]:
        with self._store.transaction() as connection:
            number, last = self._number(connection), ""
        while True:
            rows = self._store.rows(
                "SELECT entity_id, offset FROM latest WHERE dataset = ? AND entity_id > ? AND deleted = 0 "
                "ORDER BY entity_id LIMIT ?",
                (number, last, _PAGE_SIZE),
            )
            yield [self._body(number, offset) for offset in seen.missing(offset for _, offset in rows)]
            if len(rows) < _PAGE_SIZE:
                return
            last = rows[-1][0]

    def _body(self, number: int, offset: int) -> dict[str, Any]:
        ((body,),) = self._store.rows("SELECT body FROM versions WHERE dataset = ? AND offset = ?", (number, offset))
        stored: dict[str, Any] = decode(body)
        return stored


_RESTORE_LATEST = """
INSERT OR IGNORE INTO latest (dataset, entity_id, offset, deleted)
SELECT v.dataset, v.entity_id, v.offset, v.deleted FROM versions v
WHERE v.dataset = :dataset AND v.offset =
    (SELECT max(w.offset) FROM versions w WHERE w.dataset = v.dataset AND w.entity_id = v.entity_id)
"""
_NUMBER = "SELECT number FROM datasets WHERE name = ?"
_JOINED_LATEST = " JOIN latest l ON l.dataset = v.dataset AND l.entity_id = v.entity_id AND l.offset = v.offset"
# What was the latest version of an entity before the first one that is held back, which knows it as its previous one.
_LATEST_COMMITTED = """
SELECT offset FROM latest WHERE dataset = :dataset AND offset < :end UNION ALL
SELECT previous FROM (
    SELECT previous, min(offset) FROM versions WHERE dataset = :dataset AND offset >= :end GROUP BY entity_id
)
"""
_COLUMNS = "v.offset, v.previous, v.deleted, v.ts, v.body"
_LATEST_AND_HELD = (
    f"SELECT {_COLUMNS}, (SELECT h.offset FROM held h WHERE h.dataset = l.dataset) "  # noqa: S608 - constants
    "FROM latest l JOIN versions v ON v.dataset = l.dataset AND v.offset = l.offset "
    "WHERE l.dataset = (SELECT number FROM datasets WHERE name = ?) AND l.entity_id = ?"
)


def _entity(row: tuple[Any, ...]) -> dict[str, Any]:
    offset, previous, is_deleted, ts, body = row
    stored: dict[str, Any] = decode(body)
    digest = entity_hash(stored)
    reserved = {
        "_id": stored.pop("_id"),
        "_updated": offset,
        "_previous": previous,
        "_deleted": bool(is_deleted),
        "_ts": ts,
        "_hash": digest,
    }
    return {**reserved, **stored}


def _as_deleted(body: dict[str, Any], *, mark: bool) -> dict[str, Any]:
    return {**body, "_deleted": True, **({"$deletion_tracked": True} if mark else {})}
