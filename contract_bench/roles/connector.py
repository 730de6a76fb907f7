"""The connector under test, started behind a node as Sesam would start it."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from bench_core.child import kill_group
from bench_core.reach import unreachable
from contract_bench.errors import BenchError
from contract_bench.roles.connector_spec import DEFAULT_CONNECTOR, ConnectorKind, ConnectorSpec, parse_connector
from contract_bench.roles.docker import containers_killed, kill_containers, pid_of_container, run_command
from contract_bench.roles.local_node import open_node
from contract_bench.roles.node_config import SYSTEM, environment_names
from fake_sesam import MicroserviceError, Node

__all__ = [
    "DEFAULT_ENVIRONMENT",
    "DEFAULT_ROUTE",
    "PLACEHOLDER",
    "UPSTREAM_NAMES",
    "ConnectorStartError",
    "ConnectorUnderTest",
    "RunningConnector",
    "open_connector",
]

DEFAULT_ROUTE = "get_contacts"
# Small pages and short waits keep a cell short. A connector that does not know a name ignores it.
# Without chance, the delays of our service are 0.25 s, 0.5 s and 1 s, and 1 s or 2 s where HubSpot says so; a time-out
# takes 1 s. The budget lies at least 0.35 s above the sums that recover, and what exceeds it does so on a slow machine
# as well. So a cell has the same verdict each time.
DEFAULT_ENVIRONMENT: Mapping[str, str] = {
    "HUBSPOT_PAGE_SIZE": "5",
    "HUBSPOT_RETRY_BUDGET_S": "1.6",
    "HUBSPOT_RETRY_JITTER": "0",
    "HUBSPOT_READ_TIMEOUT_S": "1",
    "HUBSPOT_TRANSFER_TIMEOUT_S": "1",
    "HUBSPOT_SEARCHES_PER_S": "1000",
}
# In the value of a variable, the address of the API; it is also in these variables.
PLACEHOLDER = "{upstream}"
UPSTREAM_NAMES = ("UPSTREAM_URL", "upstream-url", "BASE_URL", "API_BASE_URL")
STARTS = 3
CONNECT_TIMEOUT_S = 30.0
PORT_IS_TAKEN = "ddress already in use"


class ConnectorStartError(BenchError):
    """The connector did not start; the message says how `--connector` was understood."""

    def __init__(self, spec: ConnectorSpec, said: str) -> None:
        self.spec = spec
        wanted = "answer" if spec.kind is ConnectorKind.URL else "start"
        super().__init__(f"expected the connector to {wanted}: {spec.description}. {said}")


@dataclass(frozen=True, slots=True)
class ConnectorUnderTest:
    """How to reach the connector.

    Attributes:
        text: A URL, an image or a command, as `parse_connector` reads it.
        route: What the node reads.
        environment: What the connector gets in addition to the token and HubSpot's address, which it gets under every
            usual name.
        spec: How `text` was understood.

    Raises:
        ConnectorSpecError: `text` cannot be understood.
    """

    text: str = DEFAULT_CONNECTOR
    route: str = DEFAULT_ROUTE
    environment: Mapping[str, str] = field(default_factory=lambda: dict(DEFAULT_ENVIRONMENT))
    spec: ConnectorSpec = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "spec", parse_connector(self.text))

    @property
    def is_running(self) -> bool:
        """Whether it already runs, so that the bench cannot start it."""
        return self.spec.kind is ConnectorKind.URL

    @property
    def is_image(self) -> bool:
        """Whether it is an image."""
        return self.spec.kind is ConnectorKind.IMAGE

    def reading(self, url: str) -> Self:
        """Return the connector with the address of an API that is not HubSpot in its environment."""
        given = {name: value.replace(PLACEHOLDER, url) for name, value in self.environment.items()}
        return replace(self, environment={**dict.fromkeys(UPSTREAM_NAMES, url), **given})

    def command(self, label: str = "") -> str:
        """Return the command that starts it; the label is for the container of an image."""
        if not self.is_image:
            return self.spec.command
        return run_command(self.spec.target, environment_names(self.environment), label=label)


class RunningConnector:
    """A connector behind a node."""

    def __init__(self, node: Node, spec: ConnectorSpec, *, system: str = SYSTEM, label: str = "") -> None:
        self._node = node
        self._system = system
        self._spec = spec
        self._label = label

    def url(self) -> str:
        """Return the URL at which it listens; start it if it does not run.

        Another program can take the free port before the connector does; then another port is tried.

        Raises:
            ConnectorStartError: it does not start; the message holds its last lines.
        """
        runner = self._node.runner(self._system)
        if self._spec.kind is ConnectorKind.URL:
            self._check_that_somebody_listens()
        left = STARTS
        while True:
            left -= 1
            try:
                return runner.start()
            except MicroserviceError as error:
                if not left or not any(PORT_IS_TAKEN in line for line in runner.log_lines()):
                    raise ConnectorStartError(self._spec, str(error)) from error

    def _check_that_somebody_listens(self) -> None:
        parts = urlsplit(self._spec.target)
        address = (parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))
        try:
            socket.create_connection(address, timeout=CONNECT_TIMEOUT_S).close()
        except OSError as error:
            raise ConnectorStartError(self._spec, unreachable(error, self._spec.target) or str(error)) from error

    def output(self, *, since: float = 0) -> str:
        """Return the last lines of its standard output and error, written after `since` (seconds since 1970)."""
        return "\n".join(self._node.runner(self._system).log_lines(since=since))

    def pid(self) -> int | None:
        """Return its process on this machine, None if that is not known."""
        if self._label:
            return pid_of_container(self._label)
        return getattr(self._node.runner(self._system), "pid", None)

    def kill(self) -> None:
        """End it at once, whatever it is doing; a connector that was given by URL goes on."""
        if self._spec.kind is ConnectorKind.URL:
            return
        if self._label:
            kill_containers(self._label)
        pid = getattr(self._node.runner(self._system), "pid", None)
        if pid is not None:
            kill_group(pid)

    def stop(self) -> None:
        """Stop it, for instance because it hangs; the next `url` starts it again."""
        self._node.runner(self._system).stop()


@contextmanager
def open_connector(
    connector: ConnectorUnderTest,
    node_dir: Path,
    data_dir: Path,
    *,
    hubspot_url: str,
    token: str,
    system: str = SYSTEM,
) -> Iterator[RunningConnector]:
    """Start the connector as a node starts it, and stop it at the end.

    Args:
        connector: How to reach it.
        node_dir: A node whose configuration has it as a system.
        data_dir: Where the node keeps its data.
        hubspot_url: HubSpot's address for the connector.
        token: HubSpot's token for the connector.
        system: The system that it is.
    """
    label = connector.spec.new_container_label()
    where = {system: connector.spec.target if connector.is_running else connector.command(label)}
    with (
        open_node(
            node_dir,
            data_dir,
            hubspot_url=hubspot_url,
            token=token,
            system_urls=where if connector.is_running else {},
            system_commands={} if connector.is_running else where,
        ) as node,
        containers_killed(label),
    ):
        yield RunningConnector(node, connector.spec, system=system, label=label)
