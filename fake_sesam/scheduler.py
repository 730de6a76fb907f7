"""Starts pumps when they are due, in a thread, while the node is being served.

Source: docs (configuration-pump.rst): mode `scheduled` only; `run_at_startup` and
`run_at_startup_if_not_populated`.
"""

import logging
import threading

from fake_sesam.config import Pipe
from fake_sesam.errors import FakeSesamError
from fake_sesam.node import Node
from fake_sesam.pump import load_state
from fake_sesam.pump.schedule import next_run

__all__ = ["Scheduler"]

logger = logging.getLogger(__name__)


class Scheduler:
    """Runs the pipes of a node on their schedules; a context manager."""

    def __init__(self, node: Node, *, interval_s: float = 1) -> None:
        self._node = node
        self._interval_s = interval_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="scheduler")

    def __enter__(self) -> "Scheduler":
        self.start_due(is_startup=True)
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stop.set()
        self._thread.join(5)

    def start_due(self, *, is_startup: bool = False) -> list[str]:
        """Start the pumps that are due; return the ids of their pipes."""
        if not self._node.configuration.current.runs_pipes_by_itself:
            return []
        due = [pipe for pipe in self._node.pipes.values() if pipe.is_pumped and self._is_due(pipe, is_startup)]
        return [pipe.id for pipe in due if self._start(pipe)]

    def _run(self) -> None:
        while not self._stop.wait(self._interval_s):
            self.start_due()

    def _is_due(self, pipe: Pipe, is_startup: bool) -> bool:
        state = load_state(self._node.store, pipe.id)
        if state.is_disabled or state.uncommitted_from is not None or self._node.pumps.is_running(pipe.id):
            return False
        if is_startup and pipe.pump.mode == "scheduled":
            is_empty = not self._node.sink_dataset(pipe.id).info()["populated"]
            if pipe.pump.run_at_startup or (pipe.pump.run_at_startup_if_not_populated and is_empty):
                return True
        following = next_run(pipe.pump, last=state.last_run or self._node.started)
        return following is not None and following <= self._node.clock.now()

    def _start(self, pipe: Pipe) -> bool:
        try:
            self._node.pumps.start(self._node.pump(pipe.id))
        except FakeSesamError as error:
            logger.warning("pipe %s is due but was not started: %s", pipe.id, error)
            return False
        return True
