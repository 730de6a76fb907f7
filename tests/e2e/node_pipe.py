"""One pipe of a node in a container, controlled over the node's API."""

from dataclasses import dataclass
from operator import not_
from typing import Any

import requests

from tests.support.waiting import wait_until

__all__ = ["Entity", "NodePipe", "Run", "Snapshot"]

TIMEOUT_S = 30.0
RUN_TIMEOUT_S = 60.0
FINAL_EVENTS = ("pump-completed", "pump-failed")

Entity = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of a pipe.

    Attributes:
        latest: The latest version of each entity by `_id`.
        offset: The `since` of the next run; empty if the source has none.
    """

    latest: dict[str, Entity]
    offset: str

    @property
    def live(self) -> dict[str, Entity]:
        """The entities that are not deleted."""
        return {entity_id: entity for entity_id, entity in self.latest.items() if not entity["_deleted"]}


@dataclass(frozen=True, slots=True)
class NodePipe:
    """A pipe and its sink dataset."""

    node_url: str
    name: str

    def start(self) -> "Run":
        """Start the pump."""
        run = Run(self, len(self.final_events()))
        response = requests.post(
            f"{self.node_url}/api/pipes/{self.name}/pump", data={"operation": "start"}, timeout=TIMEOUT_S
        )
        response.raise_for_status()
        return run

    def pump(self) -> Entity:
        """Run the pipe once and return the event that ends the run in the execution log."""
        return self.start().end()

    def run_completes(self) -> bool:
        """Run the pipe once and return whether it completed; a run without changes writes no event."""
        failures = self._failures()
        self.start()
        wait_until(self.is_running, f"{self.name} to stop", is_met=not_, timeout_s=RUN_TIMEOUT_S)
        return failures == self._failures()

    def _failures(self) -> int:
        return [event["event_type"] for event in self.log()].count("pump-failed")

    def is_running(self) -> bool:
        """Whether the pump is running."""
        return bool(self._runtime()["is-running"])

    def final_events(self) -> list[Entity]:
        """Return the events that end a run, oldest first."""
        return final_events(self.log())

    def log(self) -> list[Entity]:
        """Return the execution log, oldest first."""
        response = requests.get(f"{self.node_url}/api/pipes/{self.name}/log", timeout=TIMEOUT_S)
        response.raise_for_status()
        return list(response.json())

    def dataset(self) -> list[Entity]:
        """Return every stored version of every entity, in the order of writing; none if there is no dataset."""
        response = requests.get(f"{self.node_url}/api/datasets/{self.name}/entities", timeout=TIMEOUT_S)
        if response.status_code == requests.codes.not_found:
            return []
        response.raise_for_status()
        return list(response.json())

    def snapshot(self) -> Snapshot:
        """Return the current dataset and offset."""
        return Snapshot({entity["_id"]: entity for entity in self.dataset()}, str(self._runtime()["last-seen"]))

    def _runtime(self) -> dict[str, Any]:
        response = requests.get(f"{self.node_url}/api/pipes/{self.name}/pump", timeout=TIMEOUT_S)
        response.raise_for_status()
        return dict(response.json()["runtime"])


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a pump, started when the log had `events_before` final events."""

    pipe: NodePipe
    events_before: int

    def end(self) -> Entity:
        """Wait for the run to end and return its last event. A run without changes is not logged, so this times out."""
        log = wait_until(
            self.pipe.log,
            f"{' or '.join(FINAL_EVENTS)} in the log of {self.pipe.name}",
            is_met=lambda log: len(final_events(log)) > self.events_before,
            timeout_s=RUN_TIMEOUT_S,
            interval_s=0.1,
        )
        return final_events(log)[-1]


def final_events(log: list[Entity]) -> list[Entity]:
    """Return the events of an execution log that end a run, oldest first."""
    return [event for event in log if event["event_type"] in FINAL_EVENTS]
