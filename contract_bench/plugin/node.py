"""A Sesam node as a test sees it: pull, look at the dataset, read the execution log."""

import json
from pathlib import Path
from typing import Any

from contract_bench.matrix.pipes import SYSTEM, pipe_of, write_node
from fake_sesam import Node, NodeOptions, PumpResult

__all__ = ["SesamNode", "open_node"]

EVENTS_SHOWN = 3


class SesamNode:
    """A node with one pipe of interest."""

    def __init__(self, node: Node, pipe: str) -> None:
        self.node = node
        self.pipe = pipe

    def pull(self, pipe: str | None = None) -> PumpResult:
        """Run the pump once and wait; a failed pump is a result, not an exception."""
        return self.node.run_pipe(pipe or self.pipe)

    def pull_incrementally(self) -> PumpResult:
        """Run the pump of the pipe that continues where it was; a node without one of its own has it."""
        return self.pull(pipe_of("incremental"))

    def entities(self, pipe: str | None = None) -> list[dict[str, Any]]:
        """The entities of the dataset that are not deleted, in the order in which they were written."""
        return list(self.node.dataset(pipe or self.pipe).entities())

    def execution_log(self, pipe: str | None = None) -> list[dict[str, Any]]:
        """The events, oldest first."""
        return self.node.execution_log(pipe or self.pipe)

    def story(self) -> str:
        """The last events."""
        events = self.execution_log()[-EVENTS_SHOWN:]
        return "\n".join([f"execution log of {self.pipe}:", *(f"  {_event(event)}" for event in events)])


def _event(event: dict[str, Any]) -> str:
    keys = ("event_type", "sync_type", "entities_succeeded", "pipe_offset", "reason_why_stopped")
    return json.dumps({key: event[key] for key in keys if event.get(key) not in (None, "")}, ensure_ascii=False)


def open_node(
    folder: Path,
    *,
    connector_url: str,
    hubspot_url: str,
    token: str,
    route: str,
    node_dir: Path | None = None,
    system: str = SYSTEM,
    pipe: str | None = None,
) -> SesamNode:
    """A node that reads a running connector: that of `node_dir`, or one made for the route.

    Arguments:
        folder: Where its data goes.
        connector_url: Where the connector listens.
        hubspot_url: What `$ENV(hubspot-base-url)` stands for.
        token: What `$SECRET(hubspot-api-key)` stands for.
        route: What the node that is made reads.
        node_dir: A configuration directory.
        system: The `system:microservice` that the connector stands for.
        pipe: The pipe of interest; by default the full one of the node that is made.
    """
    configuration = node_dir or write_node(folder / "node", route=route, patience_s=60, environment={})
    options = NodeOptions(
        data_dir=folder / "data",
        system_urls={system: connector_url},
        environment={"hubspot-url": hubspot_url, "hubspot-base-url": hubspot_url},
        secrets={"token": token, "hubspot-api-key": token},
    )
    return SesamNode(Node(configuration, options), pipe or pipe_of("full"))
