"""A fake Sesam node as a test uses it: pull, look at the dataset, read the execution log."""

import json
from pathlib import Path
from typing import Any

from contract_bench.roles.local_node import open_node
from contract_bench.roles.node_config import SYSTEM, pipe_of, write_node
from fake_sesam import Node, PumpResult

__all__ = ["SesamNode", "node_reading"]

EVENTS_SHOWN = 3


class SesamNode:
    """A node with one pipe of interest.

    Attributes:
        has_pulled: Whether a pull has succeeded.
    """

    def __init__(self, node: Node, pipe: str) -> None:
        self.node = node
        self.pipe = pipe
        self.has_pulled = False

    def pull(self, pipe: str | None = None) -> PumpResult:
        """Run the pump once and wait; a failed pump is a result, not an exception."""
        result = self.node.run_pipe(pipe or self.pipe)
        self.has_pulled |= result.ok
        return result

    def pull_incrementally(self) -> PumpResult:
        """Run the pump of the incremental pipe of the generated node."""
        return self.pull(pipe_of("incremental"))

    def entities(self, pipe: str | None = None) -> list[dict[str, Any]]:
        """Return the entities of the dataset that are not deleted, in the order they were written."""
        return list(self.node.dataset(pipe or self.pipe).entities())

    def execution_log(self, pipe: str | None = None) -> list[dict[str, Any]]:
        """Return the events, oldest first."""
        return self.node.execution_log(pipe or self.pipe)

    def story(self) -> str:
        """Return the last events."""
        events = self.execution_log()[-EVENTS_SHOWN:]
        return "\n".join([f"execution log of {self.pipe}:", *(f"  {_event(event)}" for event in events)])


def _event(event: dict[str, Any]) -> str:
    keys = ("event_type", "sync_type", "entities_succeeded", "pipe_offset", "reason_why_stopped")
    return json.dumps({key: event[key] for key in keys if event.get(key) not in (None, "")}, ensure_ascii=False)


def node_reading(
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
    """Return a node that reads a running connector: the configuration in `node_dir`, or one generated for the route.

    Args:
        folder: Where its data goes.
        connector_url: Where the connector listens.
        hubspot_url: What `$ENV(hubspot-base-url)` stands for.
        token: What `$SECRET(hubspot-api-key)` stands for.
        route: What the generated node reads.
        node_dir: A configuration directory.
        system: The `system:microservice` that the connector stands for.
        pipe: The pipe of interest; the default is the full pipe of the generated node.
    """
    configuration = node_dir or write_node(folder / "node", route=route, patience_s=60, environment={})
    node = open_node(
        configuration, folder / "data", hubspot_url=hubspot_url, token=token, system_urls={system: connector_url}
    )
    return SesamNode(node, pipe or pipe_of("full"))
