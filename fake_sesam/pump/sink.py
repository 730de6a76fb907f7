"""The dataset sink: writes batches to a dataset, within the limits of the configuration.

Source: docs (configuration-sinks-dataset.rst, dtl filter): a filtered entity is deleted if it exists; the circuit
breaker counts the versions that a run writes, but only if the dataset was populated before. Assumed: the larger of
the circuit breaker's two limits applies.
"""

from typing import Any

from fake_sesam.config import SinkConfig
from fake_sesam.dataset import Dataset, SeenOffsets, WriteCounts
from fake_sesam.dataset.hashing import encode
from fake_sesam.errors import CircuitBreakerError, WriteError

__all__ = ["DatasetSink"]


class DatasetSink:
    """Writes the batches of one run."""

    def __init__(self, sink: SinkConfig, dataset: Dataset) -> None:
        self._sink = sink
        self._dataset = dataset
        self._start = dataset.next_offset
        self._limit = _limit(sink, dataset)
        self._written = 0
        self.seen: SeenOffsets | None = None

    @property
    def start(self) -> int:
        """The dataset's offset when the run began."""
        return self._start

    def forget_seen(self, *, tracks_deletions: bool) -> None:
        """Start to record what the run sees, or stop."""
        self.seen = SeenOffsets() if tracks_deletions else None

    def write(self, entities: list[dict[str, Any]]) -> WriteCounts:
        """Write a batch.

        Raises:
            WriteError: The sink refuses an entity; nothing of the batch is written.
            CircuitBreakerError: The run has written more than its limit.
        """
        prepared = self._prepared(entities)
        self._refuse(prepared)
        return self._count(self._dataset.write(prepared, seen=self.seen))

    def delete_unseen(self) -> WriteCounts:
        """Delete what a complete full run has not seen."""
        if self.seen is None:
            return WriteCounts()
        changed = deleted = 0
        for written in self._dataset.delete_unseen(self.seen, mark=self._sink.mark_deletion_tracked):
            self._count(written)
            changed, deleted = changed + written.changed, deleted + written.deleted
        return WriteCounts(changed, deleted)

    def _prepared(self, entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if any("_filtered" in entity for entity in entities):
            entities = [each for entity in entities for each in self._unfiltered(entity)]
        if self._sink.prevent_multiple_versions == "ignore":
            return [entity for entity in entities if self._dataset.entity(entity["_id"]) is None]
        return entities

    def _unfiltered(self, entity: dict[str, Any]) -> list[dict[str, Any]]:
        if entity.get("_filtered") is not True:
            return [entity]
        known = self._dataset.entity(entity["_id"])
        if self._sink.suppress_filtered or known is None or known["_deleted"]:
            return []
        return [{**known, "_deleted": True}]

    def _refuse(self, entities: list[dict[str, Any]]) -> None:
        sink = self._sink
        if sink.max_entity_bytes < _ALWAYS_FITS:
            for entity in entities:
                if len(encode(entity)) > sink.max_entity_bytes:
                    message = f"entity {entity['_id']!r} is larger than max_entity_bytes_size ({sink.max_entity_bytes})"
                    raise WriteError(message, entity=entity)
        if sink.prevent_multiple_versions is True:
            for entity in entities:
                if self._dataset.entity(entity["_id"]) is not None:
                    message = f"entity {entity['_id']!r} already exists and prevent_multiple_versions is true"
                    raise WriteError(message, entity=entity)

    def _count(self, written: WriteCounts) -> WriteCounts:
        self._written += written.changed
        if self._limit is not None and self._written > self._limit:
            message = (
                f"the circuit breaker tripped: the run wrote {self._written} entities, the limit is {self._limit:g}"
            )
            raise CircuitBreakerError(message)
        return written


_ALWAYS_FITS = SinkConfig().max_entity_bytes


def _limit(sink: SinkConfig, dataset: Dataset) -> float | None:
    info = dataset.info() if sink.circuit_breaker_factor is not None or sink.circuit_breaker_count is not None else None
    if info is None or not info["populated"]:
        return None
    factor, count = sink.circuit_breaker_factor, sink.circuit_breaker_count
    limits = [] if factor is None else [float(factor) * info["entities"]]
    return max([*limits, *([] if count is None else [float(count)])])
