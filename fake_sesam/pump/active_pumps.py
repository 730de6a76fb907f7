"""The pumps that run now: one run at a time for each pipe, in the caller's thread or in one of its own."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from fake_sesam.errors import PumpRefusedError
from fake_sesam.pump.pump import Pump
from fake_sesam.pump.result import PumpResult
from fake_sesam.pump.run import run_pump

__all__ = ["ActivePumps", "PumpListener", "RunProgress"]


@dataclass(slots=True)
class RunProgress:
    """How far a run is.

    Attributes:
        is_rescan: Whether it reads everything, whatever the offset.
        started: When it began. Units: seconds since 1970.
        processed: Entities processed so far.
    """

    is_rescan: bool
    started: float
    processed: int = 0


class PumpListener(Protocol):
    """Hears of every run, in the thread of that run; it must not wait."""

    def pump_started(self, pipe_id: str, progress: RunProgress, /) -> None:
        """A run has begun."""

    def pump_progressed(self, pipe_id: str, progress: RunProgress, /) -> None:
        """A batch of entities has been processed."""

    def pump_ended(self, result: PumpResult, /) -> None:
        """A run has completed or failed."""


class ActivePumps:
    """Runs pumps and knows which ones are running.

    Attributes:
        listeners: Told of every run.
    """

    def __init__(self) -> None:
        self.listeners: list[PumpListener] = []
        self._lock = threading.Condition()
        self._running: dict[str, Pump] = {}
        self._progress: dict[str, RunProgress] = {}
        self._unsaved: dict[str, PumpResult] = {}
        self._threads: list[threading.Thread] = []

    def run(
        self, pump: Pump, *, on_progress: Callable[[int], None] | None = None, is_rescan: bool = False
    ) -> PumpResult:
        """Run a pump once and wait for it.

        Raises:
            PumpRefusedError: It may not run now, or it is running already.
        """
        self._claim(pump)
        return self._run(pump, on_progress=on_progress, is_rescan=is_rescan)

    def start(self, pump: Pump, *, is_rescan: bool = False) -> None:
        """Run a pump once in a thread of its own and do not wait.

        Raises:
            PumpRefusedError: It may not run now, or it is running already.
        """
        self._claim(pump)
        work = partial(self._run, pump, on_progress=None, is_rescan=is_rescan)
        thread = threading.Thread(target=work, daemon=True, name=f"pump {pump.pipe.id}")
        self._threads = [*(each for each in self._threads if each.is_alive()), thread]
        thread.start()

    def is_running(self, pipe_id: str) -> bool:
        """Whether a pipe's pump is running."""
        return pipe_id in self._running

    def progress(self) -> Mapping[str, RunProgress]:
        """Return how far each running pump is, by pipe."""
        with self._lock:
            return dict(self._progress)

    def unsaved_failure(self, pipe_id: str) -> PumpResult | None:
        """Return the result of a pipe's last run if it failed and that could not be stored."""
        return self._unsaved.get(pipe_id)

    def stop(self, pipe_id: str) -> None:
        """Ask a running pump to stop after its batch; do nothing where it is not running."""
        pump = self._running.get(pipe_id)
        if pump is not None:
            pump.stop()

    def stop_all(self) -> None:
        """Ask every running pump to stop after its batch."""
        for pump in list(self._running.values()):
            pump.stop()

    def wait(self, pipe_id: str, timeout_s: float) -> bool:
        """Wait until a pipe's pump no longer runs, at most so many seconds; return whether it has ended."""
        with self._lock:
            return self._lock.wait_for(lambda: pipe_id not in self._running, timeout_s)

    def wait_for_all(self, timeout_s: float) -> bool:
        """Wait until no pump runs, at most so many seconds; return whether all have ended."""
        with self._lock:
            return self._lock.wait_for(lambda: not self._running, timeout_s)

    def join(self, timeout_s: float) -> None:
        """Wait for the threads, at most so many seconds for each."""
        for thread in self._threads:
            thread.join(timeout_s)

    def _claim(self, pump: Pump) -> None:
        pump.refuse_unless_ready()
        with self._lock:
            if pump.pipe.id in self._running:
                raise PumpRefusedError(f"the pump of pipe {pump.pipe.id!r} is already running")
            self._running[pump.pipe.id] = pump

    def _run(self, pump: Pump, *, on_progress: Callable[[int], None] | None, is_rescan: bool) -> PumpResult:
        pipe_id, progress = pump.pipe.id, RunProgress(is_rescan, time.time())
        with self._lock:
            self._progress[pipe_id] = progress
        for listener in self.listeners:
            listener.pump_started(pipe_id, progress)

        def note(processed: int) -> None:
            progress.processed = processed
            for listener in self.listeners:
                listener.pump_progressed(pipe_id, progress)
            if on_progress is not None:
                on_progress(processed)

        try:
            result = run_pump(pump, on_progress=note, is_rescan=is_rescan)
            self._unsaved.pop(pipe_id, None)
            if not result.is_saved:
                self._unsaved[pipe_id] = result
        finally:
            with self._lock:
                self._running.pop(pipe_id, None)
                self._progress.pop(pipe_id, None)
                self._lock.notify_all()
        for listener in self.listeners:
            listener.pump_ended(result)
        return result
