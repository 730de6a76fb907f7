"""What listeners and readers know of the runs that are under way."""

import sqlite3
import time
from typing import Any

import pytest

from fake_sesam.dataset import NodeStore
from fake_sesam.pump import ActivePumps, PumpResult, RunProgress
from tests.unit.fake_sesam.pump.memory_pump import MemoryPump

ENTITIES = [{"_id": str(number)} for number in range(5)]


class Listener:
    """Notes what it hears, and what the pumps say of themselves at that moment.

    Attributes:
        heard: What it heard, in order.
        results: The results of the runs.
        during: Whether the pump was running, and how many entities its progress had; None without any progress.
    """

    def __init__(self, pumps: ActivePumps) -> None:
        self._pumps = pumps
        self.heard: list[tuple[Any, ...]] = []
        self.results: list[PumpResult] = []
        self.during: list[tuple[bool, int | None]] = []
        self.started = 0.0

    def pump_started(self, pipe_id: str, progress: RunProgress) -> None:
        """A run has begun."""
        self.started = progress.started
        self.heard.append(("started", pipe_id, progress.processed, progress.is_rescan))
        self._look(pipe_id)

    def pump_progressed(self, pipe_id: str, progress: RunProgress) -> None:
        """A batch was processed."""
        self.heard.append(("progressed", pipe_id, progress.processed))
        self._look(pipe_id)

    def pump_ended(self, result: PumpResult) -> None:
        """A run has ended."""
        self.heard.append(("ended", result.pipe, result.processed))
        self.results.append(result)
        self._look(result.pipe)

    def _look(self, pipe_id: str) -> None:
        progress = self._pumps.progress().get(pipe_id)
        self.during.append((self._pumps.is_running(pipe_id), None if progress is None else progress.processed))


@pytest.mark.parametrize("is_rescan", [False, True])
@pytest.mark.parametrize("in_background", [False, True])
def test_listeners_hear_of_each_batch_while_the_pump_runs(
    store: NodeStore, is_rescan: bool, in_background: bool
) -> None:
    pump, pumps = MemoryPump(store, batch_size=2), ActivePumps()
    listeners = [Listener(pumps), Listener(pumps)]
    pumps.listeners.extend(listeners)
    pump.attempts = [(ENTITIES, False)]
    told: list[int] = []
    before = time.time()

    if in_background:
        pumps.start(pump.pump(), is_rescan=is_rescan)
        pumps.join(60)
    else:
        result = pumps.run(pump.pump(), is_rescan=is_rescan, on_progress=told.append)
        assert result is listeners[0].results[0]

    for listener in listeners:
        assert listener.heard == [
            ("started", "p", 0, is_rescan),
            *(("progressed", "p", count) for count in (2, 4, 5)),
            ("ended", "p", 5),
        ]
        assert listener.during == [(True, 0), (True, 2), (True, 4), (True, 5), (False, None)]
        assert before <= listener.started <= time.time()
        assert [result.ok for result in listener.results] == [True]
    assert told == ([] if in_background else [2, 4, 5])
    assert pumps.progress() == {}


def test_a_failed_run_ends_too(store: NodeStore) -> None:
    """Also one in which only the end cannot be processed; then the pump can run again."""
    pump, pumps = MemoryPump(store, batch_size=2), ActivePumps()
    listener = Listener(pumps)
    pumps.listeners.append(listener)
    pump.attempts = [(ENTITIES, True)]

    result = pumps.run(pump.pump())

    assert not result.ok
    assert listener.heard[-1] == ("ended", "p", 4)
    assert listener.during[-1] == (False, None)
    assert pumps.wait("p", 0)
    assert pumps.wait_for_all(0)
    pump.attempts = [(ENTITIES, False)]
    assert pumps.run(pump.pump()).ok


def test_an_interrupt_leaves_no_pump_running(store: NodeStore) -> None:
    pump, pumps = MemoryPump(store), ActivePumps()
    pump.attempts = [(ENTITIES, False)]

    def interrupt(_count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pumps.run(pump.pump(), on_progress=interrupt)

    assert not pumps.is_running("p")
    assert pumps.progress() == {}


def test_a_failure_that_could_not_be_stored_is_known_until_the_next_run(
    store: NodeStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    pump, pumps = MemoryPump(store), ActivePumps()
    assert pumps.unsaved_failure("p") is None
    pump.attempts = [(ENTITIES, True)]
    failed = pumps.run(pump.pump())
    assert pumps.unsaved_failure("p") is None  # it is stored

    def full(*_arguments: object, **_options: object) -> Any:
        raise sqlite3.OperationalError("database or disk is full")

    pump.attempts = [(ENTITIES, False)]
    with monkeypatch.context() as patched:
        patched.setattr("fake_sesam.pump.run.save_state", full)
        unsaved = pumps.run(pump.pump())

    assert (failed.ok, failed.is_saved, unsaved.ok, unsaved.is_saved) == (False, True, False, False)
    assert pumps.unsaved_failure("p") is unsaved
    assert pumps.unsaved_failure("other") is None
    pump.attempts = [(ENTITIES, False)]
    assert pumps.run(pump.pump()).ok
    assert pumps.unsaved_failure("p") is None


def test_a_pump_is_asked_to_stop_by_its_pipe(store: NodeStore) -> None:
    """Another one goes on. One that is not running cannot be stopped for later."""
    pump, pumps = MemoryPump(store, batch_size=2), ActivePumps()
    for pipe_id, is_stopped in (("other", False), ("p", True)):
        pump.attempts = [(ENTITIES, False)]
        pumps.stop("p")
        own = pump.pump()

        def stop(count: int, pipe_id: str = pipe_id) -> None:
            if count == 2:
                pumps.stop(pipe_id)

        result = pumps.run(own, on_progress=stop)

        assert (result.ok, result.processed) == ((False, 2) if is_stopped else (True, 5)), pipe_id
        assert own.is_stopped is is_stopped
