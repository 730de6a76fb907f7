"""A pump: decides what kind of run is next, runs it, and makes every trouble a result."""

import logging
import threading
from collections.abc import Callable

from fake_sesam.config import Pipe, RetryStrategy
from fake_sesam.dataset import Dataset, NodeStore
from fake_sesam.dtl import NO_DATASETS, Datasets
from fake_sesam.errors import FakeSesamError, PumpRefusedError
from fake_sesam.pump.clock import Clock
from fake_sesam.pump.execution_log import ExecutionLog
from fake_sesam.pump.run import PumpParts, PumpResult, Run
from fake_sesam.pump.run_plan import RunPlan, plan_run
from fake_sesam.pump.sources import EntitySource
from fake_sesam.pump.state import load_state

__all__ = ["Pump", "PumpResult"]

logger = logging.getLogger(__name__)
FAILED_PLAN = RunPlan("partial", "none", None, tracks_deletions=False)


class Pump:
    """The pump of one pipe. It holds no connection and no thread; `run` does everything."""

    def __init__(
        self,
        pipe: Pipe,
        source: EntitySource,
        *,
        store: NodeStore,
        dataset: Dataset,
        log: ExecutionLog,
        dead_letters: Dataset | None = None,
        retry_strategy: RetryStrategy | None = None,
        clock: Clock | None = None,
        datasets: Datasets = NO_DATASETS,
    ) -> None:
        self._parts = PumpParts(
            pipe,
            source,
            store,
            dataset,
            log,
            dead_letters,
            retry_strategy or RetryStrategy(),
            clock or Clock(),
            datasets,
        )
        self._stop = threading.Event()

    def stop(self) -> None:
        """Ask a run that goes on to stop after its batch; the run fails then."""
        self._stop.set()

    def run(self, *, on_progress: Callable[[int], None] | None = None, is_rescan: bool = False) -> PumpResult:
        """Run once. Trouble is a result, not an exception; what the caller interrupts is raised on.

        Arguments:
            on_progress: Called after each batch with the count of processed entities.
            is_rescan: Read everything, whatever the offset.

        """
        report_to = on_progress or (lambda _count: None)
        state = load_state(self._parts.store, self._parts.pipe.id)
        try:
            plan = plan_run(self._parts.pipe, state, now=self._parts.clock.now(), is_rescan=is_rescan)
        except FakeSesamError as error:
            return Run(self._parts, FAILED_PLAN, on_progress=report_to, stop=self._stop).failed(error)
        run = Run(self._parts, plan, on_progress=report_to, stop=self._stop)
        try:
            run.execute()
        except FakeSesamError as error:
            return run.failed(error)
        except Exception as error:  # a bug here must not look like a completed pump either
            logger.exception("pump %s stopped by an unexpected error", self._parts.pipe.id)
            return run.failed(error)
        return run.completed()

    def refuse_unless_ready(self, *, is_disabled: bool = False) -> None:
        """Check that the pump may run.

        Raises:
            PumpRefusedError: it is disabled, its mode is ``off``, or a circuit breaker that tripped holds the dataset.
        """
        if is_disabled:
            raise PumpRefusedError(f"the pump of pipe {self._parts.pipe.id!r} is disabled; enable it first")
        if self._parts.pipe.pump.mode == "off":
            raise PumpRefusedError(f"the pump of pipe {self._parts.pipe.id!r} is off and cannot be started")
        if load_state(self._parts.store, self._parts.pipe.id).uncommitted_from is not None:
            message = (
                f"the circuit breaker of pipe {self._parts.pipe.id!r} has tripped; roll its dataset back or commit it "
                "(operation rollback-circuit-breaker or commit-circuit-breaker)"
            )
            raise PumpRefusedError(message)
