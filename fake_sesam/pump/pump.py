"""A pump: the parts of one pipe that a run needs, and whether it may run now."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from fake_sesam.assumptions import Assumptions
from fake_sesam.config import Pipe, RetryStrategy
from fake_sesam.dataset import Dataset, NodeStore
from fake_sesam.dtl import NO_DATASETS, Datasets
from fake_sesam.errors import PumpRefusedError
from fake_sesam.pump.clock import Clock
from fake_sesam.pump.execution_log import ExecutionLog
from fake_sesam.pump.rest_client import RestClient
from fake_sesam.pump.rest_sink import RestSink
from fake_sesam.pump.sink import DatasetSink, Sink
from fake_sesam.pump.sources import EntitySource
from fake_sesam.pump.state import load_state

__all__ = ["Pump"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pump:
    """The pump of one pipe. It holds no connection and no thread.

    Attributes:
        pipe: The pipe.
        source: What it reads from.
        store: Where its state is kept.
        dataset: What it writes to.
        log: Its execution log.
        dead_letters: Where entities go that failed too often; None where they go nowhere.
        retry_strategy: What the source's system says about retries.
        clock: The time.
        datasets: What the pipe's transforms can join with.
        rest: Returns a client for the REST system of a `rest` transform or sink.
        completeness: Returns the completeness values after a run that began at this time.
        assumptions: How it behaves where Sesam's documents do not say.
    """

    pipe: Pipe
    source: EntitySource
    store: NodeStore
    dataset: Dataset
    log: ExecutionLog
    dead_letters: Dataset | None = None
    retry_strategy: RetryStrategy = field(default_factory=RetryStrategy)
    clock: Clock = field(default_factory=Clock)
    datasets: Datasets = NO_DATASETS
    rest: Callable[[str], RestClient] | None = None
    completeness: Callable[[float], Mapping[str, int]] = lambda _began_s: {}
    assumptions: Assumptions = field(default_factory=Assumptions)
    _stop: threading.Event = field(default_factory=threading.Event)

    def sink(self) -> Sink:
        """Return the sink of one run."""
        sink = self.pipe.sink
        if sink.type == "rest" and self.rest is not None:
            return RestSink(sink, self.pipe.effective["sink"], self.rest(sink.system_id))
        return DatasetSink(sink, self.dataset, tracks_children=self.pipe.tracks_children)

    def stop(self) -> None:
        """Ask the run to stop after its batch; it fails then."""
        self._stop.set()

    @property
    def is_stopped(self) -> bool:
        """Whether the run was asked to stop."""
        return self._stop.is_set()

    def refuse_unless_ready(self) -> None:
        """Check that the pump may run.

        Raises:
            PumpRefusedError: It is disabled, its mode is `off`, or a circuit breaker that tripped holds the dataset.
        """
        state = load_state(self.store, self.pipe.id)
        if state.is_disabled:
            raise PumpRefusedError(f"the pump of pipe {self.pipe.id!r} is disabled; enable it first")
        if self.pipe.pump.mode == "off":
            raise PumpRefusedError(f"the pump of pipe {self.pipe.id!r} is off and cannot be started")
        if state.uncommitted_from is not None:
            message = (
                f"the circuit breaker of pipe {self.pipe.id!r} has tripped; roll its dataset back or commit it "
                "(operation rollback-circuit-breaker or commit-circuit-breaker)"
            )
            raise PumpRefusedError(message)
