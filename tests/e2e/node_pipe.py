"""One pipe of a node in a container, driven and asked over the node's API alone."""

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
    """What a pipe has come to.

    Attributes:
        latest: The latest version of each entity by `_id`.
        offset: How far the node believes to have read; empty where the source has none.
    """

    latest: dict[str, Entity]
    offset: str

    @property
    def live(self) -> dict[str, Entity]:
        """The entities that are not deleted."""
        return {entity_id: entity for entity_id, entity in self.latest.items() if not entity["_deleted"]}


@dataclass(frozen=True, slots=True)
class NodePipe:
    """A pipe and the dataset that it fills."""

    node_url: str
    name: str

    def start(self) -> "Run":
        """Start the pump."""
        run = Run(self, len(self.final_events()))
        answer = requests.post(
            f"{self.node_url}/api/pipes/{self.name}/pump", data={"operation": "start"}, timeout=TIMEOUT_S
        )
        answer.raise_for_status()
        return run

    def pump(self) -> Entity:
        """Run the pipe once and return the event that ends the run in its execution log."""
        return self.start().end()

    def is_run_good(self) -> bool:
        """Run the pipe once, and say whether it completed; a run without any change leaves no event."""
        failures = self._failures()
        self.start()
        wait_until(self.is_running, f"{self.name} to stop", is_met=not_, timeout_s=RUN_TIMEOUT_S)
        return failures == self._failures()

    def _failures(self) -> int:
        return [event["event_type"] for event in self.log()].count("pump-failed")

    def is_running(self) -> bool:
        """Whether the pump runs at this moment."""
        return bool(self._runtime()["is-running"])

    def final_events(self) -> list[Entity]:
        """The events that end a run, oldest first."""
        return final_events(self.log())

    def log(self) -> list[Entity]:
        """The execution log, oldest first."""
        answer = requests.get(f"{self.node_url}/api/pipes/{self.name}/log", timeout=TIMEOUT_S)
        answer.raise_for_status()
        return list(answer.json())

    def dataset(self) -> list[Entity]:
        """Every version of every entity that the dataset ever stored, in the order of writing."""
        answer = requests.get(f"{self.node_url}/api/datasets/{self.name}/entities", timeout=TIMEOUT_S)
        if answer.status_code == requests.codes.not_found:
            return []
        answer.raise_for_status()
        return list(answer.json())

    def snapshot(self) -> Snapshot:
        """The dataset and the offset as they are now."""
        return Snapshot({entity["_id"]: entity for entity in self.dataset()}, str(self._runtime()["last-seen"]))

    def _runtime(self) -> dict[str, Any]:
        answer = requests.get(f"{self.node_url}/api/pipes/{self.name}/pump", timeout=TIMEOUT_S)
        answer.raise_for_status()
        return dict(answer.json()["runtime"])


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a pump that was started when the log held so many final events."""

    pipe: NodePipe
    events_before: int

    def end(self) -> Entity:
        """Wait for the end and return its event. A run without any change is not logged, which counts as no end."""
        log = wait_until(
            self.pipe.log,
            f"{' or '.join(FINAL_EVENTS)} in the log of {self.pipe.name}",
            is_met=lambda log: len(final_events(log)) > self.events_before,
            timeout_s=RUN_TIMEOUT_S,
            interval_s=0.1,
        )
        return final_events(log)[-1]


def final_events(log: list[Entity]) -> list[Entity]:
    """The events of an execution log that end a run, oldest first."""
    return [event for event in log if event["event_type"] in FINAL_EVENTS]
