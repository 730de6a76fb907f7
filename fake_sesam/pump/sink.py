"""The dataset sink: writes batches to a dataset, within the limits of the configuration.

Source: docs (configuration-sinks-dataset.rst, dtl filter): a filtered entity is deleted if it exists; the circuit
breaker counts the versions that a run writes, but only if the dataset was populated before. Assumed: the larger of
the circuit breaker's two limits applies; while a run can trip it, readers do not see what the run has written, and
not after it has tripped until that is committed; for `prevent_multiple_versions` an unchanged entity and a deletion are
versions like any other, and an entity whose latest version is deleted does not exist; a full run has seen an entity
that the sink ignored or refused, and has not seen one that `discard` or `suppress_filtered` dropped before the sink.
"""

from typing import Any, Protocol

from fake_sesam.config import SinkConfig
from fake_sesam.dataset import Dataset, SeenOffsets, WriteCounts
from fake_sesam.dataset.hashing import encode, stored_form
from fake_sesam.errors import CircuitBreakerError, WriteError

__all__ = ["DatasetSink", "Sink"]


class Sink(Protocol):
    """Where one run writes."""

    @property
    def start(self) -> int:
        """The offset of the sink when the run began; 0 if it has none."""

    @property
    def seen(self) -> SeenOffsets | None:
        """What the run has seen; None if it deletes nothing."""

    def write(self, entities: list[dict[str, Any]]) -> WriteCounts:
        """Write a batch.

        Raises:
            WriteError: The sink refuses an entity.
            CircuitBreakerError: The run has written more than its limit.
        """

    def begin(self) -> None:
        """Prepare for a run."""

    def commit(self) -> None:
        """Show readers what the run has written."""

    def forget_seen(self, *, tracks_deletions: bool) -> None:
        """Start to record what the run sees, or stop."""

    def keep(self, entities: list[dict[str, Any]]) -> None:
        """Note that the source has these entities; they are not written."""

    def stop_tracking(self) -> None:
        """Delete nothing at the end of this attempt."""

    def delete_unseen(self) -> WriteCounts:
        """Delete what a complete full run has not seen."""


class DatasetSink:
    """Writes the batches of one run."""

    def __init__(self, sink: SinkConfig, dataset: Dataset, *, tracks_children: bool = False) -> None:
        self._sink = sink
        self._dataset = dataset
        self._tracks_children = tracks_children
        self._start = dataset.next_offset
        self._limit = _limit(sink, dataset)
        self._written = 0
        self.seen: SeenOffsets | None = None

    @property
    def start(self) -> int:
        """The dataset's offset when the run began."""
        return self._start

    def begin(self) -> None:
        """Hide what the run will write from readers where a circuit breaker can trip; an interrupted run left it so."""
        if self._limit is not None:
            self._dataset.hold(self._start)
        else:
            self.commit()

    def commit(self) -> None:
        """Show what the run has written."""
        if self._dataset.held_from is not None:
            self._dataset.release()

    def forget_seen(self, *, tracks_deletions: bool) -> None:
        """Start to record what the run sees, or stop."""
        self.seen = SeenOffsets() if tracks_deletions else None

    def write(self, entities: list[dict[str, Any]]) -> WriteCounts:
        """Write a batch.

        Raises:
            WriteError: The sink refuses an entity; nothing of the batch is written.
            CircuitBreakerError: The run has written more than its limit.
        """
        if self._tracks_children:
            entities = [self._with_lost_children(entity) for entity in entities]
        prepared, ignored = self._prepared(entities)
        self._refuse_too_large(prepared)
        written = self._dataset.write(prepared, seen=self.seen)
        self.keep(ignored)
        return self._count(written)

    def keep(self, entities: list[dict[str, Any]]) -> None:
        """Note that the source has these entities, so that the run does not delete them; they are not written."""
        if self.seen is None:
            return
        for entity in entities:
            known = self._dataset.entity(entity["_id"], uncommitted=True)
            if known is not None:
                self.seen.add(known["_updated"])

    def stop_tracking(self) -> None:
        """Delete nothing at the end of this attempt, because it is not known which entities the source has."""
        self.seen = None

    def delete_unseen(self) -> WriteCounts:
        """Delete what a complete full run has not seen."""
        if self.seen is None:
            return WriteCounts()
        changed = deleted = 0
        for written in self._dataset.delete_unseen(self.seen, mark=self._sink.mark_deletion_tracked):
            self._count(written)
            changed, deleted = changed + written.changed, deleted + written.deleted
        return WriteCounts(changed, deleted)

    def _with_lost_children(self, entity: dict[str, Any]) -> dict[str, Any]:
        """Return an entity with the children that its latest version has and it has not, as deleted ones.

        Source: docs (configuration-sinks-dataset.rst, `track_children`).
        """
        children = entity.get("$children")
        known = self._dataset.entity(entity["_id"])
        if not isinstance(children, list) or known is None or not isinstance(known.get("$children"), list):
            return entity
        ids = {child.get("_id") for child in children if isinstance(child, dict)}
        lost = [child for child in known["$children"] if isinstance(child, dict) and child.get("_id") not in ids]
        return {**entity, "$children": [*children, *({**child, "_deleted": True} for child in lost)]}

    def _prepared(self, entities: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Return the versions to write, and the entities that the sink ignores."""
        prevents = self._sink.prevent_multiple_versions
        if prevents is False and not any("_filtered" in entity for entity in entities):
            return entities, []
        existing = _Existing(self._dataset)
        versions: list[dict[str, Any]] = []
        ignored: list[dict[str, Any]] = []
        for entity in entities:
            known = existing.get(entity["_id"])
            version = self._unfiltered(entity, known)
            if version is None:
                continue
            if known is not None and prevents == "ignore":
                ignored.append(version)
                continue
            if known is not None and prevents is True:
                message = f"entity {entity['_id']!r} already exists and prevent_multiple_versions is true"
                raise WriteError(message, entity=entity)
            versions.append(version)
            existing.add(version)
        return versions, ignored

    def _unfiltered(self, entity: dict[str, Any], known: dict[str, Any] | None) -> dict[str, Any] | None:
        """Return the version that an entity becomes; None if it was filtered and there is nothing to delete."""
        if entity.get("_filtered") is not True:
            return entity
        return None if known is None or self._sink.suppress_filtered else {**known, "_deleted": True}

    def _refuse_too_large(self, entities: list[dict[str, Any]]) -> None:
        limit = self._sink.max_entity_bytes
        if limit >= _ALWAYS_FITS:
            return
        for entity in entities:
            if len(encode(stored_form(entity))) > limit:
                message = f"entity {entity['_id']!r} is larger than max_entity_bytes_size ({limit})"
                raise WriteError(message, entity=entity)

    def _count(self, written: WriteCounts) -> WriteCounts:
        self._written += written.changed
        if self._limit is not None and self._written > self._limit:
            message = (
                f"the circuit breaker tripped: the run wrote {self._written} entities, the limit is {self._limit:g}"
            )
            raise CircuitBreakerError(message)
        return written


class _Existing:
    """The entities that exist at a place within a batch: those of the dataset, then what the batch has before."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._before: dict[str, dict[str, Any]] = {}

    def get(self, entity_id: str) -> dict[str, Any] | None:
        """Return the latest version, None if there is none or it is deleted."""
        found = self._before.get(entity_id) or self._dataset.entity(entity_id, uncommitted=True)
        return None if found is None or found.get("_deleted") is True else found

    def add(self, version: dict[str, Any]) -> None:
        """Add a version that will be written."""
        self._before[version["_id"]] = version


_ALWAYS_FITS = SinkConfig().max_entity_bytes


def _limit(sink: SinkConfig, dataset: Dataset) -> float | None:
    info = dataset.info() if sink.circuit_breaker_factor is not None or sink.circuit_breaker_count is not None else None
    if info is None or not info["populated"]:
        return None
    factor, count = sink.circuit_breaker_factor, sink.circuit_breaker_count
    limits = [] if factor is None else [float(factor) * info["entities"]]
    return max([*limits, *([] if count is None else [float(count)])])
