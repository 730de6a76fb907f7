"""A pump: one run reads the source, transforms, writes in batches and moves the offset only when all went well.

Source: docs (configuration-pump.rst, configuration-sources.rst, features/change-tracking.rst,
operations/pump-execution.rst): after a failed run nothing is deleted and the offset stands; batches that were written
stay (assumed: a dataset is a log).
"""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from fake_sesam.config import HttpOptions, Pipe
from fake_sesam.config.systems import RetryRule
from fake_sesam.dataset import Dataset, SeenOffsets, Store
from fake_sesam.errors import FakeSesamError, ReadError, TransformError
from fake_sesam.pump.continuation import Continuation, strategy_of
from fake_sesam.pump.execution_log import ExecutionLog, timestamp
from fake_sesam.pump.sources import EntitySource

__all__ = ["Pump", "PumpResult", "Ticker"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PumpResult:
    """What one run came to.

    Attributes:
        processed: Entities that went through the pipe.
        changed: Versions written, deletions included.
        deleted: Deleted versions written, by the source or by deletion tracking.
        events: The events of this run, those that the noop rules keep out of the log included.
        error: Why the pump failed; None where it completed.
    """

    pipe: str
    ok: bool
    sync_type: str
    processed: int
    changed: int
    deleted: int
    seconds: float
    events: tuple[dict[str, Any], ...] = ()
    error: str | None = None
    offset: str | int | None = None
    was_logged: bool = True


@dataclass(slots=True)
class Ticker:
    """Time as a pump sees it; tests give their own."""

    now: Callable[[], float] = time.time
    elapsed: Callable[[], float] = time.perf_counter
    sleep: Callable[[float], None] = time.sleep


@dataclass(slots=True)
class _Run:
    """The running totals of one run."""

    sync_type: str
    since: str | int | None
    tracks_deletions: bool
    continuation: Continuation
    start: float
    began: float
    seen: SeenOffsets | None = None
    processed: int = 0
    changed: int = 0
    deleted: int = 0
    batches: int = 0
    read_errors: int = 0
    times: dict[str, float] = field(default_factory=lambda: {"source": 0.0, "transform": 0.0, "sink": 0.0})
    events: list[dict[str, Any]] = field(default_factory=list)
    started_at: int | None = None


class Pump:
    """The pump of one pipe. It holds no connection and no thread; `run` does everything."""

    def __init__(
        self,
        pipe: Pipe,
        source: EntitySource,
        *,
        store: Store,
        dataset: Dataset,
        log: ExecutionLog,
        http: HttpOptions | None = None,
        ticker: Ticker | None = None,
    ) -> None:
        self._pipe = pipe
        self._source = source
        self._store = store
        self._dataset = dataset
        self._log = log
        self._http = http or HttpOptions()
        self._ticker = ticker or Ticker()

    def run(self, *, on_progress: Callable[[int], None] | None = None) -> PumpResult:
        """Run once. Trouble is a result, not an exception; what the caller interrupts is raised on.

        Arguments:
            on_progress: Called after each batch with the count of processed entities.
        """
        run = self._begin()
        try:
            self._pull(run, on_progress or (lambda _count: None))
            self._finish(run)
        except FakeSesamError as error:
            return self._fail(run, error)
        except Exception as error:  # a bug here must not look like a completed pump either
            logger.exception("pump %s stopped by an unexpected error", self._pipe.id)
            return self._fail(run, error)
        return self._complete(run)

    def _begin(self) -> _Run:
        strategy = strategy_of(self._pipe.source)
        stored = self._store.pump_state(self._pipe.id).get("offset") if strategy != "none" else None
        is_full = stored in (None, "")
        since = self._pipe.source.initial_since_value if is_full and strategy != "none" else stored
        return _Run(
            sync_type="full" if is_full else "incremental",
            since=since,
            tracks_deletions=is_full and since in (None, "") and self._pipe.sink.deletion_tracking,
            continuation=Continuation(strategy, since),
            start=self._ticker.now(),
            began=self._ticker.elapsed(),
        )

    def _pull(self, run: _Run, on_progress: Callable[[int], None]) -> None:
        """Read to the end, again where the retry rules allow it."""
        attempt = 0
        while True:
            run.seen = SeenOffsets() if run.tracks_deletions else None
            try:
                self._pull_once(run, on_progress)
            except ReadError as error:
                self._note_read_error(run, error)
                retries, delay_s = self._retries(error)
                if attempt >= retries:
                    raise
                attempt += 1
                self._ticker.sleep(delay_s)
                if run.continuation.can_checkpoint:
                    run.since = run.continuation.offset
                    run.tracks_deletions = run.tracks_deletions and run.since in (None, "")
                continue
            return

    def _pull_once(self, run: _Run, on_progress: Callable[[int], None]) -> None:
        count = 0
        for batch in self._batches(run):
            count += len(batch)
            self._process(run, batch)
            on_progress(run.processed)
        if count == 0 and self._pipe.source.if_source_empty == "fail":
            raise ReadError("the source returned no entities and if_source_empty is 'fail'", error_code=1)

    def _batches(self, run: _Run) -> Iterator[list[dict[str, Any]]]:
        size, pending = self._pipe.batch_size, []
        clock, last = self._ticker.elapsed, self._ticker.elapsed()
        for entities in self._source.read(run.since):
            run.times["source"] += clock() - last
            pending += entities
            while len(pending) >= size:
                yield pending[:size]
                pending = pending[size:]
            last = clock()
        run.times["source"] += clock() - last
        if pending:
            yield pending

    def _process(self, run: _Run, batch: list[dict[str, Any]]) -> None:
        clock = self._ticker.elapsed
        begun = clock()
        transformed = self._transform(batch)
        between = clock()
        written = self._dataset.write(transformed, seen=run.seen)
        run.times["transform"] += between - begun
        run.times["sink"] += clock() - between
        run.processed += len(batch)
        run.changed += written.changed
        run.deleted += written.deleted
        run.batches += 1
        run.continuation.saw(batch)
        self._announce(run)
        if run.continuation.can_checkpoint and run.batches % self._pipe.checkpoint_interval == 0:
            self._save_offset(run)

    def _transform(self, batch: list[dict[str, Any]]) -> list[dict[str, Any]]:
        entities = batch
        for program in self._pipe.programs:
            entities = [result for entity in entities for result in program.apply(entity)]
        for entity in entities:
            if type(entity.get("_id")) is not str:
                message = f"an entity needs an _id that is a string, got {entity.get('_id')!r}; set it with a transform"
                raise TransformError(message, entity=entity)
        return entities

    def _finish(self, run: _Run) -> None:
        """Do what only a complete run may do: delete what was not seen and move the offset."""
        if run.seen is not None:
            if run.processed == 0 and self._dataset.count > 0:
                logger.warning("pipe %s: an empty full run deletes every entity of its dataset", self._pipe.id)
            deleted = self._dataset.delete_unseen(run.seen, mark=self._pipe.sink.mark_deletion_tracked)
            run.deleted += deleted
            run.changed += deleted
        self._dataset.set_populated()
        self._save_offset(run)

    def _save_offset(self, run: _Run) -> None:
        if run.continuation.strategy == "none" or run.continuation.offset is None:
            return
        state = self._store.pump_state(self._pipe.id)
        self._store.save_pump_state(self._pipe.id, {**state, "offset": run.continuation.offset})

    def _retries(self, error: ReadError) -> tuple[int, float]:
        rule = _rule_for(error, self._http)
        pump = self._pipe.pump
        retries = pump.max_read_retries if pump.max_read_retries is not None else (rule.max_read_retries if rule else 0)
        delay = pump.read_retry_delay_s
        return retries, delay if delay is not None else (rule.read_retry_delay_s if rule else 0)

    def _note_read_error(self, run: _Run, error: ReadError) -> None:
        run.read_errors += 1
        self._announce(run, force=True)
        event = self._log.read_error(error, at=self._ticker.now(), metrics=self._metrics(run))
        run.events.append(event)
        self._log.write(event)

    def _announce(self, run: _Run, *, force: bool = False) -> None:
        """Log ``pump-started`` once, as soon as it is certain that the run is not a noop."""
        if run.started_at is None and (force or not self._is_noop(run)):
            event = self._log.started(start=run.start, sync_type=run.sync_type)
            run.events.insert(0, event)
            run.started_at = self._log.write(event)

    def _is_noop(self, run: _Run) -> bool:
        pump = self._pipe.pump
        if pump.log_noop_runs:
            return False
        return run.changed == 0 if pump.noop_is_changes_only else run.processed == 0

    def _complete(self, run: _Run) -> PumpResult:
        self._announce(run)
        is_logged = run.started_at is not None
        if not is_logged:
            run.events.append(self._log.started(start=run.start, sync_type=run.sync_type))
        event = self._log.completed(self._summary(run))
        run.events.append(event)
        if is_logged:
            self._log.write(event)
        return self._result(run, error=None, was_logged=is_logged)

    def _fail(self, run: _Run, error: Exception) -> PumpResult:
        self._announce(run, force=True)
        event = self._log.failed(self._summary(run, failed=1), error)
        run.events.append(event)
        self._log.write(event)
        return self._result(run, error=event["reason_why_stopped"])

    def _result(self, run: _Run, *, error: str | None, was_logged: bool = True) -> PumpResult:
        return PumpResult(
            pipe=self._pipe.id,
            ok=error is None,
            sync_type=run.sync_type,
            processed=run.processed,
            changed=run.changed,
            deleted=run.deleted,
            seconds=self._ticker.elapsed() - run.began,
            events=tuple(run.events),
            error=error,
            offset=self._stored_offset(),
            was_logged=was_logged,
        )

    def _stored_offset(self) -> str | int | None:
        return self._store.pump_state(self._pipe.id).get("offset")

    def _summary(self, run: _Run, *, failed: int = 0) -> dict[str, Any]:
        offset = self._stored_offset()
        return {
            "start_time": timestamp(run.start),
            "end_time": timestamp(self._ticker.now()),
            "total_time": round(self._ticker.elapsed() - run.began, 6),
            "sync_type": run.sync_type,
            "pump_started_location": run.started_at,
            "pipe_offset": "" if offset is None else offset,
            "retry_entities_exist": False,
            "entities_succeeded": run.processed,
            "entities_failed": failed if run.read_errors == 0 else 0,
            "next_interval": self._pipe.pump.schedule_interval_s,
            "metrics": self._metrics(run),
        }

    def _metrics(self, run: _Run) -> dict[str, Any]:
        seconds = self._ticker.elapsed() - run.began
        return {
            "entities": {
                "changes_last_run": run.changed,
                "entities_last_run": run.processed,
                "entities_per_second": round(run.processed / seconds, 3) if seconds > 0 else 0,
                "read_errors_last_run": run.read_errors,
                "write_errors_last_run": 0,
                "source_time": round(run.times["source"], 6),
                "transform_time": round(run.times["transform"], 6),
                "sink_time": round(run.times["sink"], 6),
                "ttl_deletes_entities_last_run": 0,
            }
        }


def _rule_for(error: ReadError, http: HttpOptions) -> RetryRule | None:
    for rule in http.retry_rules:
        if error.status is not None and rule.first <= error.status <= rule.last:
            return rule
    return http.default_retry_rule
