"""One run of a pump: read, process, finish. What only a complete run may do happens at the end.

Source: docs (configuration-pump.rst, configuration-sources.rst, features/change-tracking.rst): a failed run
deletes nothing and does not move the offset, except for the checkpoints of a chronological source. Assumed: batches
that were written before a failure stay, because a dataset is a log.
"""

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice
from typing import Any

from fake_sesam.errors import CircuitBreakerError, FakeSesamError, PumpStoppedError, ReadError
from fake_sesam.pump.pump import Pump
from fake_sesam.pump.result import PumpResult
from fake_sesam.pump.run_plan import RunPlan, plan_run
from fake_sesam.pump.run_reporter import RunReporter
from fake_sesam.pump.since_tracker import SinceTracker, later
from fake_sesam.pump.state import load_state, save_state
from fake_sesam.pump.totals import Totals
from fake_sesam.pump.transformation import compile_transformation
from fake_sesam.pump.writer import Writer

__all__ = ["Run", "run_pump"]

logger = logging.getLogger(__name__)
FAILED_PLAN = RunPlan("partial", "none", None, tracks_deletions=False)
"""What is reported for a run that could not be planned."""


class Run:
    """One run of a pump."""

    def __init__(self, pump: Pump, plan: RunPlan, *, on_progress: Callable[[int], None]) -> None:
        self._pump = pump
        self._pipe = pump.pipe
        self._clock = pump.clock
        self._plan = plan
        self._on_progress = on_progress
        self._totals = Totals()
        self._since_tracker = SinceTracker(plan.strategy, plan.since)
        self._tracks_deletions = plan.tracks_deletions
        self._sink = pump.sink()
        self._transformation = compile_transformation(
            self._pipe, pump.datasets, rest=pump.rest, assumptions=pump.assumptions
        )
        self._report = RunReporter(self._pipe, pump.log, plan, self._totals, clock=self._clock)
        self._writer = Writer(
            self._pipe,
            self._sink,
            pump.log,
            self._totals,
            transform=self._transformation,
            dead_letters=pump.dead_letters,
            clock=self._clock,
        )

    def execute(self) -> None:
        """Read to the end, with the retries that the configuration allows, and finish."""
        if self._pipe.sink.set_initial_offset in ("initially", "onload"):
            self._pump.dataset.set_populated()
        with closing(self._transformation):
            self._sink.begin()
            self._writer.retry_failed()
            self._pull()
            self._transformation.finish()
            self._finish()

    def completed(self) -> PumpResult:
        """Return the result of a successful run."""
        self._report.completed(self._offset())
        self._remember(is_ok=True, message="pump-completed", original="")
        return self._result(None)

    def failed(self, error: Exception) -> PumpResult:
        """Return the result of a failed run, also where nothing can be stored any more."""
        try:
            return self._save_failure(error)
        except sqlite3.Error as full:
            event = self._report.unsaved(error, self._plan.since)
            reason = str(event["reason_why_stopped"])
            logger.error("pipe %s failed, and its log cannot be written (%s): %s", self._pipe.id, full, reason)
            return self._result(reason, is_saved=False)

    def _save_failure(self, error: Exception) -> PumpResult:
        event = self._report.failed(error, self._offset())
        if isinstance(error, CircuitBreakerError):
            save_state(self._pump.store, self._pipe.id, uncommitted_from=self._sink.start)
        else:
            self._sink.commit()
        reason = str(event["reason_why_stopped"])
        self._remember(is_ok=False, message=reason, original=event["original_error_message"])
        return self._result(reason)

    def _pull(self) -> None:
        since, attempt = self._plan.since, 0
        while True:
            self._sink.forget_seen(tracks_deletions=self._tracks_deletions)
            try:
                return self._pull_once(since)
            except ReadError as error:
                self._report.read_error(error)
                retries, delay_s = self._retries(error)
                if attempt >= retries:
                    raise
                attempt += 1
                self._clock.sleep(delay_s)
                since = self._resume(since)

    def _resume(self, since: str | int | None) -> str | int | None:
        """Return where a failed read resumes; a read that resumes in the middle has not seen everything."""
        if not self._may_continue_in_the_middle or self._since_tracker.offset == since:
            return since
        self._tracks_deletions = False
        return self._since_tracker.offset

    @property
    def _may_continue_in_the_middle(self) -> bool:
        """Whether the offset is valid before the end: the source is chronological and there is nothing to delete."""
        return self._since_tracker.can_checkpoint and (not self._tracks_deletions or self._sink.start == 0)

    def _pull_once(self, since: str | int | None) -> None:
        count = 0
        for batch in self._batches(since):
            if self._pump.is_stopped:
                raise PumpStoppedError(f"the pump of pipe {self._pipe.id!r} was stopped")
            count += len(batch)
            self._writer.process(batch)
            self._since_tracker.observe(batch)
            self._report.announce()
            self._checkpoint()
            self._on_progress(self._totals.processed)
        is_resumed = since != self._plan.since
        if count == 0 and not is_resumed and self._must_not_be_empty:
            raise ReadError("the source returned no entities and if_source_empty is 'fail'", error_code=1)

    @property
    def _must_not_be_empty(self) -> bool:
        """Whether a read without entities is an error: it would delete everything, unless the run is incremental."""
        fails = self._plan.sync_type == "full" or self._pump.assumptions.fails_empty_increments
        return self._pipe.source.if_source_empty == "fail" and fails

    def _batches(self, since: str | int | None) -> Iterator[list[dict[str, Any]]]:
        entities = self._pump.source.read(since)
        while True:
            began = self._clock.elapsed()
            batch = list(islice(entities, self._pipe.batch_size))
            self._totals.source_s += self._clock.elapsed() - began
            if not batch:
                return
            yield batch

    def _checkpoint(self) -> None:
        """Save the offset in the middle of a run, unless the run may still have to delete something."""
        is_time = self._totals.batches % self._pipe.checkpoint_interval == 0
        if is_time and self._may_continue_in_the_middle:
            self._save_offset()

    def _finish(self) -> None:
        """Do what only a complete run may do: delete what it did not see, and move the offset."""
        writes_dataset = self._pipe.sink.type == "dataset"
        if writes_dataset and self._tracks_deletions and self._totals.processed == 0 and self._pump.dataset.count > 0:
            logger.warning("pipe %s: an empty full run deletes every entity of its dataset", self._pipe.id)
        written = self._sink.delete_unseen()
        self._totals.changed += written.changed
        self._totals.deleted += written.deleted
        self._sink.commit()
        mode = self._pipe.sink.set_initial_offset
        if writes_dataset and (mode == "always" or (mode != "never" and self._pump.source.is_populated)):
            self._pump.dataset.set_populated()
        self._save_offset()
        self._count_run()

    def _save_offset(self) -> None:
        offset = self._since_tracker.offset
        if offset is not None and not self._pipe.disable_set_last_seen:
            if self._plan.sync_type == "partial":  # it begins before the stored offset, which is not lowered
                offset = later(offset, self._offset())
            save_state(self._pump.store, self._pipe.id, offset=offset)

    def _count_run(self) -> None:
        state = load_state(self._pump.store, self._pipe.id)
        is_full = self._plan.sync_type == "full"
        last_rescan = self._report.start if is_full else state.last_rescan
        save_state(
            self._pump.store,
            self._pipe.id,
            runs=state.runs + 1,
            completeness=self._pump.completeness(self._report.start),
            partial_runs=0 if is_full else state.partial_runs + 1,
            last_rescan=last_rescan,
        )

    def _retries(self, error: ReadError) -> tuple[int, float]:
        """Return the number of retries and the delay in seconds; the pump's own properties win."""
        pump = self._pipe.pump
        rule = self._pump.retry_strategy.rule_for(error.status) or pump
        retries = pump if "max_read_retries" in pump.given else rule
        delay = pump if "read_retry_delay" in pump.given else rule
        return retries.max_read_retries, delay.read_retry_delay_s

    def _remember(self, *, is_ok: bool, message: str, original: str) -> None:
        save_state(
            self._pump.store,
            self._pipe.id,
            last_run=self._report.start,
            last_ok=is_ok,
            last_message=message,
            last_original=original,
            last_processed=self._totals.processed,
        )

    def _offset(self) -> str | int | None:
        return load_state(self._pump.store, self._pipe.id).offset

    def _result(self, error: str | None, *, is_saved: bool = True) -> PumpResult:
        return PumpResult(
            pipe=self._pipe.id,
            ok=error is None,
            sync_type=self._plan.sync_type,
            processed=self._totals.processed,
            changed=self._totals.changed,
            deleted=self._totals.deleted,
            seconds=self._report.seconds,
            events=tuple(self._report.events),
            error=error,
            offset=self._offset(),
            was_logged=self._report.is_logged,
            is_saved=is_saved,
        )


def run_pump(pump: Pump, *, on_progress: Callable[[int], None] | None = None, is_rescan: bool = False) -> PumpResult:
    """Run a pump once. A failure is a result, not an exception; only an interrupt by the caller is raised.

    Args:
        pump: Which pump.
        on_progress: Called after each batch with the number of processed entities.
        is_rescan: Read everything, whatever the offset.
    """
    report_to = on_progress or (lambda _count: None)
    state = load_state(pump.store, pump.pipe.id)
    try:
        plan = plan_run(pump.pipe, state, now=pump.clock.now(), is_rescan=is_rescan)
    except FakeSesamError as error:
        return Run(pump, FAILED_PLAN, on_progress=report_to).failed(error)
    run = Run(pump, plan, on_progress=report_to)
    try:
        run.execute()
        return run.completed()
    except FakeSesamError as error:
        return run.failed(error)
    except sqlite3.Error as error:
        message = f"nothing can be stored: {error}; is there space left in the data directory?"
        return run.failed(_because(FakeSesamError(message), error))
    except RecursionError as error:
        return run.failed(_because(FakeSesamError("an entity or a transform is nested too deeply"), error))
    except Exception as error:  # a bug in the node must not look like a completed pump either
        logger.exception("pump %s stopped by an unexpected error", pump.pipe.id)
        return run.failed(error)


def _because(error: FakeSesamError, cause: Exception) -> FakeSesamError:
    """Return an error with its cause, as `raise ... from` does."""
    error.__cause__ = cause
    return error
