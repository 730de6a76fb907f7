"""What has happened on a node since it is served: whether something changed, and what its microservices said."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from fake_sesam.node import Node
from fake_sesam.pump import PumpResult, RunProgress

__all__ = ["Feed", "SaidLine"]

LINES_KEPT = 2000
MAX_LINE = 4000


@dataclass(frozen=True, slots=True)
class SaidLine:
    """A line of a microservice's output.

    Attributes:
        number: Counts the lines of all systems, from 1.
        at: When it was read, in seconds since 1970.
    """

    number: int
    at: float
    text: str


class Feed:
    """Listens to a node; pages ask it whether they are out of date.

    Attributes:
        version: Grows with everything that pages show.
        is_ended: Whether the server stops, so that live updates must end.
    """

    def __init__(self, *, now: Callable[[], float] = time.time) -> None:
        self.version = 0
        self.is_ended = False
        self._now = now
        self._count = 0
        self._lines: dict[str, deque[SaidLine]] = {}
        self._lock = threading.Lock()

    def listen_to(self, node: Node) -> None:
        """Listen to a node from now on."""
        node.pumps.listeners.append(self)
        node.runners.line_listeners.append(self.system_said)

    def end(self) -> None:
        """Let live updates end, because the server stops."""
        self.is_ended = True

    def pump_started(self, _pipe_id: str, _progress: RunProgress) -> None:
        """Note that a run has begun."""
        self.changed()

    def pump_progressed(self, _pipe_id: str, _progress: RunProgress) -> None:
        """Note that a run goes on."""
        self.changed()

    def pump_ended(self, _result: PumpResult) -> None:
        """Note that a run has ended."""
        self.changed()

    def system_said(self, system_id: str, text: str) -> None:
        """Keep a line of a microservice."""
        with self._lock:
            self._count += 1
            self.version += 1
            kept = self._lines.setdefault(system_id, deque(maxlen=LINES_KEPT))
            kept.append(SaidLine(self._count, self._now(), text[:MAX_LINE]))

    def lines(self, system_id: str, *, after: int = 0) -> list[SaidLine]:
        """Return the lines of a microservice after this number, oldest first."""
        with self._lock:
            return [line for line in self._lines.get(system_id, ()) if line.number > after]

    def lines_between(self, system_id: str, start: float, end: float) -> list[SaidLine]:
        """Return the lines that a microservice wrote in a span of time, in seconds since 1970."""
        return [line for line in self.lines(system_id) if start <= line.at <= end]

    def changed(self) -> None:
        """Say that pages are out of date."""
        with self._lock:
            self.version += 1
