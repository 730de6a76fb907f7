"""Transforms and writes batches; an entity that fails is written alone, retried, and given up in the end.

Source: docs (configuration-pump.rst): a batch that fails is processed entity by entity; `max_consecutive_write_errors`
ends the run; failed entities are retried in the next run if `max_write_errors_in_retry_dataset` allows it, and go to
the dead letter dataset after `max_retries_per_entity`. Assumed: an entity that a transform refuses is treated like one
that the sink refuses.
"""

from collections.abc import Iterator
from typing import Any

from fake_sesam.config import Pipe
from fake_sesam.dataset import Dataset, WriteCounts
from fake_sesam.errors import TransformError, WriteError
from fake_sesam.pump.clock import Clock
from fake_sesam.pump.execution_log import Event, ExecutionLog
from fake_sesam.pump.sink import DatasetSink
from fake_sesam.pump.totals import Totals
from fake_sesam.pump.transformation import Transformation

__all__ = ["Writer"]

EntityError = (TransformError, WriteError)


class Writer:
    """Transforms and writes the batches of one run and keeps its totals."""

    def __init__(
        self,
        pipe: Pipe,
        sink: DatasetSink,
        log: ExecutionLog,
        totals: Totals,
        *,
        transform: Transformation,
        dead_letters: Dataset | None,
        clock: Clock,
    ) -> None:
        self._pipe = pipe
        self._sink = sink
        self._log = log
        self._totals = totals
        self._transform = transform
        self._dead_letters = dead_letters
        self._clock = clock
        self._consecutive = 0

    def process(self, batch: list[dict[str, Any]]) -> None:
        """Transform and write a batch.

        Raises:
            TransformError: A transform failed for an entity, and the run must end.
            WriteError: The sink refused an entity, and the run must end.
        """
        try:
            self._write(batch)
            self._consecutive = 0
        except EntityError:
            if len(batch) == 1 or not self._pipe.pump.fallback_to_single_entities:
                raise
            for entity in batch:
                self._process_alone(entity)
        self._totals.processed += len(batch)
        self._totals.batches += 1

    def retry_failed(self) -> None:
        """Retry the entities that failed in earlier runs."""
        if self._pipe.pump.max_write_errors_in_retry_dataset == 0:
            return
        for event in list(self._pending()):
            attempts = int(event["retry_attempts"]) + 1
            try:
                self._write([event["entity"]])
            except EntityError as error:
                self._note(error, event["entity"], attempts)
            else:
                self._log.write(self._log.resolved(event, retry_attempts=attempts))
        self._totals.has_retries = any(True for _ in self._pending())

    def _write(self, entities: list[dict[str, Any]]) -> None:
        begun = self._clock.elapsed()
        transformed = self._transform(entities)
        between = self._clock.elapsed()
        written = self._sink.write(transformed)
        self._totals.transform_s += between - begun
        self._totals.sink_s += self._clock.elapsed() - between
        self._add(written)
        if self._dead_letters is not None and self._pipe.pump.track_dead_letters:
            self._revive(transformed)

    def _add(self, written: WriteCounts) -> None:
        self._totals.changed += written.changed
        self._totals.deleted += written.deleted

    def _process_alone(self, entity: dict[str, Any]) -> None:
        try:
            self._write([entity])
            self._consecutive = 0
        except EntityError as error:
            self._totals.write_errors += 1
            self._consecutive += 1
            if not self._may_go_on():
                raise
            self._note(error, entity, 0)
            self._totals.has_retries = True
            self._clock.sleep(self._pipe.pump.write_retry_delay_s)

    def _may_go_on(self) -> bool:
        pump = self._pipe.pump
        if self._consecutive >= pump.max_consecutive_write_errors:
            return False
        return sum(1 for _ in self._pending()) < pump.max_write_errors_in_retry_dataset

    def _note(self, error: TransformError | WriteError, entity: dict[str, Any], attempts: int) -> None:
        is_dead = attempts >= self._pipe.pump.max_retries_per_entity
        self._log.write(self._log.write_error(error, entity, retry_attempts=attempts, is_dead=is_dead))
        if is_dead and self._dead_letters is not None:
            self._dead_letters.write([{**entity, "_id": str(entity.get("_id", entity.get("id", "")))}])

    def _pending(self) -> Iterator[Event]:
        return self._log.pending_write_errors()

    def _revive(self, entities: list[dict[str, Any]]) -> None:
        """Delete the dead letters of entities that have been written since."""
        if self._dead_letters is None:
            return
        for entity in entities:
            known = self._dead_letters.entity(entity["_id"])
            if known is not None and not known["_deleted"]:
                self._dead_letters.write([{**known, "_deleted": True}])
