"""Decides which events of a run are written to the execution log, and when.

Source: docs (configuration-pump.rst): a run without changes (or, if so configured, without entities) is a noop and is
not logged; errors are always logged. So `pump-started` is written only when the run is known not to be a noop.
"""

from fake_sesam.config import Pipe
from fake_sesam.errors import ReadError
from fake_sesam.pump.clock import Clock
from fake_sesam.pump.execution_log import Event, ExecutionLog, timestamp
from fake_sesam.pump.run_plan import RunPlan
from fake_sesam.pump.totals import Totals

__all__ = ["RunReporter"]


class RunReporter:
    """Collects the events of one run."""

    def __init__(self, pipe: Pipe, log: ExecutionLog, plan: RunPlan, totals: Totals, *, clock: Clock) -> None:
        self._pipe = pipe
        self._log = log
        self._plan = plan
        self._totals = totals
        self._clock = clock
        self._start = clock.now()
        self._began = clock.elapsed()
        self._location: int | None = None
        self.events: list[Event] = []

    @property
    def start(self) -> float:
        """When the run began, in seconds since 1970."""
        return self._start

    @property
    def seconds(self) -> float:
        """How long the run has taken so far."""
        return self._clock.elapsed() - self._began

    @property
    def is_logged(self) -> bool:
        """Whether `pump-started` is in the log."""
        return self._location is not None

    def announce(self, *, is_certain: bool = False) -> None:
        """Log `pump-started` once, as soon as the run is not a noop."""
        if self._location is None and (is_certain or not self._is_noop()):
            event = self._log.started(start=self._start, sync_type=self._plan.sync_type)
            self.events.append(event)
            self._location = self._log.write(event)

    def read_error(self, error: ReadError) -> None:
        """Log a `read-error`."""
        self._totals.read_errors += 1
        self.announce(is_certain=True)
        self._append(self._log.read_error(error, at=self._clock.now(), metrics=self._totals.metrics(self.seconds)))

    def completed(self, offset: str | int | None) -> None:
        """Log `pump-completed` unless the run was a noop."""
        self.announce()
        if self.is_logged:
            self._append(self._log.completed(self._summary(offset)))
            return
        self.events.append(self._log.started(start=self._start, sync_type=self._plan.sync_type))
        self.events.append(self._log.completed(self._summary(offset)))

    def failed(self, error: BaseException, offset: str | int | None) -> Event:
        """Log `pump-failed` and return it."""
        self.announce(is_certain=True)
        event = self._log.failed(self._summary(offset), error)
        self._append(event)
        return event

    def unsaved(self, error: BaseException, offset: str | int | None) -> Event:
        """Return the `pump-failed` event of a run whose log cannot be written."""
        event = self._log.failed(self._summary(offset), error)
        self.events.append(event)
        return event

    def _append(self, event: Event) -> None:
        self.events.append(event)
        self._log.write(event)

    def _is_noop(self) -> bool:
        pump = self._pipe.pump
        if pump.log_noop_runs or self._totals.write_errors or self._totals.has_retries:
            return False
        return (self._totals.changed if pump.noop_is_changes_only else self._totals.processed) == 0

    def _summary(self, offset: str | int | None) -> Event:
        totals = self._totals
        return {
            "start_time": timestamp(self._start),
            "end_time": timestamp(self._clock.now()),
            "total_time": round(self.seconds, 6),
            "sync_type": self._plan.sync_type,
            "pump_started_location": self._location,
            "pipe_offset": "" if offset is None else offset,
            "retry_entities_exist": totals.has_retries,
            "entities_succeeded": totals.processed - totals.write_errors,
            "entities_failed": totals.write_errors,
            "next_interval": self._pipe.pump.schedule_interval_s,
            "metrics": totals.metrics(self.seconds),
        }
