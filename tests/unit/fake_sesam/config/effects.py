"""What a case of the property tables is, and what it may use."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from fake_sesam import Node, NodeOptions
from fake_sesam.dataset import NodeStore
from fake_sesam.pump import Clock
from tests.unit.fake_sesam.conftest import Connector, NodeDir
from tests.unit.fake_sesam.pump.memory_pump import MemoryPump

__all__ = ["Bench", "Config", "Effect", "Observe"]

Config = dict[str, Any]


class Bench:
    """What a case may use; everything it opens is closed after the test. Most need neither a folder nor a connector."""

    def __init__(self, store: NodeStore, request: pytest.FixtureRequest) -> None:
        self.store = store
        self._request = request

    @property
    def node_dir(self) -> NodeDir:
        """A node's directory."""
        found: NodeDir = self._request.getfixturevalue("node_dir")
        return found

    @property
    def connector(self) -> Connector:
        """A connector."""
        found: Connector = self._request.getfixturevalue("connector")
        return found

    def pump(self, **pipe: Any) -> MemoryPump:
        """Return a pump in memory."""
        return MemoryPump(self.store, **pipe)

    def open(self) -> Node:
        """Open a node whose time does not pass."""
        options = NodeOptions(environment={"things-url": self.connector.url}, environ={})
        return Node(self.node_dir.path, options, clock=Clock(now=lambda: 1_000_000.0))


Observe = Callable[[Bench, Config], Any]


@dataclass(frozen=True)
class Effect:
    """What a property does.

    Attributes:
        value: A value that is not the default.
        observe: Returns what can be observed with a configuration that has the property, or does not have it.
        without: What is observed without it.
        with_it: What is observed with it.
        base: Properties beside it, in both cases.
    """

    value: Any
    observe: Observe
    without: Any
    with_it: Any
    base: Config | None = None
