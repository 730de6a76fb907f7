"""Transforms and writes batches; an entity that fails is written alone, retried, and given up in the end.

Source: docs (configuration-pump.rst): a batch that fails is processed entity by entity; `max_consecutive_write_errors`
ends the run; failed entities are retried in the next run if `max_write_errors_in_retry_dataset` allows it, and go to
the dead letter dataset after `max_retries_per_entity`. Docs (pump-execution.rst): once a newer version of a failed
entity is written, the failed one is not retried. Assumed: an entity that a transform refuses is treated like one that
the sink refuses; a full run in which a transform fails deletes nothing, because it is not known which ids it would have
made.
"""

import logging
from typing import Any

from fake_sesam.config import Pipe
from fake_sesam.dataset import Dataset, WriteCounts
from fake_sesam.errors import TransformError, WriteError
from fake_sesam.pump.clock import Clock
from fake_sesam.pump.execution_log import Event, ExecutionLog, entity_key
from fake_sesam.pump.sink import Sink
from fake_sesam.pump.totals import Totals
from fake_sesam.pump.transformation import Transformation

__all__ = ["Writer"]

logger = logging.getLogger(__name__)
EntityError = (TransformError, WriteError)


class Writer:
    """Transforms and writes the batches of one run and keeps its totals."""

    def __init__(
        self,
        pipe: Pipe,
        sink: Sink,
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
        self._pending: dict[str, Event] = {}

    def process(self, batch: list[dict[str, Any]]) -> None:
        """Transform and write a batch.

        Raises:
            TransformError: A transform failed for an entity, and the run must end.
            WriteError: The sink refused an entity, and the run must end.
        """
        try:
            self._write(batch)
        except EntityError as error:
            if not self._pipe.pump.fallback_to_single_entities:
                raise
            if len(batch) == 1:
                self._refused(error, batch[0])
            else:
                for entity in batch:
                    self._process_alone(entity)
        self._totals.processed += len(batch)
        self._totals.batches += 1

    def retry_failed(self) -> None:
        """Retry the entities that failed in earlier runs."""
        self._pending = {event["_id"]: event for event in self._log.pending_write_errors()}
        if self._pipe.pump.max_write_errors_in_retry_dataset > 0:
            for event in list(self._pending.values()):
                self._retry(event)
        self._totals.has_retries = bool(self._pending)

    def _retry(self, event: Event) -> None:
        attempts = int(event["retry_attempts"]) + 1
        try:
            written = self._write_through([event["entity"]])
        except EntityError as error:
            self._note(error, event["entity"], attempts)
        else:
            self._written([event["entity"]], written, attempts=1)

    def _write(self, entities: list[dict[str, Any]]) -> None:
        self._written(entities, self._write_through(entities))
        self._consecutive = 0

    def _write_through(self, entities: list[dict[str, Any]]) -> WriteCounts:
        begun = self._clock.elapsed()
        transformed = self._transform(entities)
        between = self._clock.elapsed()
        try:
            written = self._sink.write(transformed)
        except WriteError:
            if len(entities) == 1:
                self._sink.keep(transformed)
            raise
        self._totals.transform_s += between - begun
        self._totals.sink_s += self._clock.elapsed() - between
        return written

    def _written(self, entities: list[dict[str, Any]], written: WriteCounts, *, attempts: int = 0) -> None:
        self._totals.changed += written.changed
        self._totals.deleted += written.deleted
        if self._pending:
            self._resolve(entities, attempts)
        if self._pipe.pump.track_dead_letters:
            self._revive(entities)

    def _process_alone(self, entity: dict[str, Any]) -> None:
        try:
            self._write([entity])
        except EntityError as error:
            self._refused(error, entity)

    def _refused(self, error: TransformError | WriteError, entity: dict[str, Any]) -> None:
        """Go on without an entity, or end the run."""
        self._totals.write_errors += 1
        self._consecutive += 1
        if not self._may_go_on(self._log.write_error_id(entity)):
            raise error
        if isinstance(error, TransformError) and self._sink.seen is not None:
            logger.warning("pipe %s: a transform failed, so this full run deletes nothing", self._pipe.id)
            self._sink.stop_tracking()
        self._note(error, entity, self._attempts(entity))
        self._clock.sleep(self._pipe.pump.write_retry_delay_s)

    def _may_go_on(self, error_id: str) -> bool:
        pump = self._pipe.pump
        if self._consecutive >= pump.max_consecutive_write_errors:
            return False
        return len(self._pending.keys() - {error_id}) < pump.max_write_errors_in_retry_dataset

    def _attempts(self, entity: dict[str, Any]) -> int:
        """Return how often this version of an entity was retried before; a new version begins at zero."""
        event = self._log.write_error_of(entity)
        return int(event["retry_attempts"]) if event is not None and event["entity"] == entity else 0

    def _note(self, error: TransformError | WriteError, entity: dict[str, Any], attempts: int) -> None:
        is_dead = attempts >= self._pipe.pump.max_retries_per_entity
        event = self._log.write_error(error, entity, retry_attempts=attempts, is_dead=is_dead)
        self._log.write(event)
        self._pending.pop(event["_id"], None)
        if not is_dead:
            self._pending[event["_id"]] = event
        elif self._dead_letters is not None:
            self._dead_letters.write([{**entity, "_id": entity_key(entity)}])
        self._totals.has_retries = bool(self._pending)

    def _resolve(self, entities: list[dict[str, Any]], attempts: int) -> None:
        """Resolve the write errors of entities that are written now, so that no retry overwrites a newer version."""
        for entity in entities:
            event = self._pending.pop(self._log.write_error_id(entity), None)
            if event is not None:
                self._log.write(self._log.resolved(event, retry_attempts=int(event["retry_attempts"]) + attempts))
        self._totals.has_retries = bool(self._pending)

    def _revive(self, entities: list[dict[str, Any]]) -> None:
        """Delete the dead letters of entities that have been written since."""
        if self._dead_letters is None:
            return
        for entity in entities:
            known = self._dead_letters.entity(entity_key(entity))
            if known is not None and not known["_deleted"]:
                self._dead_letters.write([{**known, "_deleted": True}])
