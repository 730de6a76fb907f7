"""The three roles as processes: a fake HubSpot, a node, and the connectors that the node starts.

They are started once for many scenarios, because starting takes longer than a scenario. Each scenario gets a new
portal under the same token, and its datasets are deleted first.
"""

import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from bench_core.child import kill_group
from contract_bench.errors import BenchError
from contract_bench.roles.connector import ConnectorUnderTest
from contract_bench.roles.docker import containers_killed, kill_containers
from contract_bench.roles.hubspot import HubSpotControl
from contract_bench.roles.node_api import NodeApi
from contract_bench.roles.node_config import SYSTEM, write_node
from contract_bench.roles.process import ModuleProcess, wait_until

__all__ = ["TOKEN", "NotRestartableError", "Processes"]

TOKEN = "pat-na1-00000000-0000-4000-8000-00000000c0de"  # noqa: S105 - opens a fake's portal
PATIENCE_S = 60.0
END_TIMEOUT_S = 10.0


class NotRestartableError(BenchError):
    """A connector that already runs cannot be crashed and started again."""

    def __init__(self, connector: ConnectorUnderTest) -> None:
        self.connector = connector
        super().__init__(
            f"expected a connector that can be started and crashed, got {connector.spec.description}. "
            f"Give its command or its image instead."
        )


class Processes:
    """Runs the three roles. Use it as a context manager; leaving it ends every process.

    Args:
        connectors: The connectors, by the id of the system that each is on the node.

    Raises:
        NotRestartableError: a connector is given by URL.
    """

    def __init__(self, connectors: Mapping[str, ConnectorUnderTest] | ConnectorUnderTest) -> None:
        self.connectors = {SYSTEM: connectors} if isinstance(connectors, ConnectorUnderTest) else dict(connectors)
        for connector in self.connectors.values():
            if connector.is_running:
                raise NotRestartableError(connector)
        self._labels = {system: each.spec.new_container_label() for system, each in self.connectors.items()}
        self._cleanup = ExitStack()
        self.control: HubSpotControl
        self.node: NodeApi
        self._node_process: ModuleProcess

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="contract-bench-processes-")))
            arguments = ["serve", "--port", "0", "--contacts", "0", "--quiet"]
            hubspot = ModuleProcess("fake_hubspot", arguments, folder / "hubspot.log", environ=os.environ)
            self.control = HubSpotControl(stack.enter_context(hubspot).url)
            stack.callback(self.control.close)
            self._node_process = stack.enter_context(self._node_in(folder))
            self.node = NodeApi(self._node_process.url)
            stack.callback(lambda: self.node.close())
            for label in self._labels.values():
                stack.enter_context(containers_killed(label))
            self._cleanup = stack.pop_all()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._cleanup.close()

    def crash_connector(self, system: str) -> None:
        """Kill a connector and wait until the node has noticed; its next pull starts the connector again."""
        pid = self.node.pid(system)
        if pid is not None:
            self._kill(system, pid)
            wait_until(lambda: self.node.pid(system) is None, END_TIMEOUT_S)

    def crash_node(self) -> None:
        """Kill the node and its connectors, as if their machine had lost power, and start the node again."""
        pids = {system: self.node.pid(system) for system in self.connectors}
        self._node_process.kill()
        for system, pid in pids.items():
            if pid is not None:
                self._kill(system, pid)
        self.node.close()
        self._node_process.start()
        self.node = NodeApi(self._node_process.url)

    def _kill(self, system: str, pid: int) -> None:
        if label := self._labels[system]:
            kill_containers(label)
        kill_group(pid)

    def _node_in(self, folder: Path) -> ModuleProcess:
        for system, connector in self.connectors.items():
            write_node(
                folder / "node",
                route=connector.route,
                patience_s=PATIENCE_S,
                environment=connector.environment,
                system=system,
            )
        secrets = folder / "secrets.json"
        secrets.write_text(json.dumps({"token": TOKEN}), encoding="utf-8")
        arguments = ["serve", str(folder / "node"), "--port", "0", "--quiet", "--data-dir", str(folder / "data")]
        arguments += ["--env", f"hubspot-url={self.control.url}", "--secrets", str(secrets)]
        for system, connector in self.connectors.items():
            arguments += ["--system-command", f"{system}={connector.command(self._labels[system])}"]
        return ModuleProcess("fake_sesam", arguments, folder / "node.log", environ=os.environ)
