"""The whole workbench on this machine: a fake HubSpot and a node that listen, and a connector between them.

Both fakes run in threads of this process, on the ports where users expect them. The connector is a process, a container
or a URL. What the three do is printed in one stream of lines.
"""

import shlex
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from bench_core.child import signal_group
from bench_core.lines import EventLines, Line
from bench_core.signals import lift_limit
from contract_bench.bundled import own_or_bundled
from contract_bench.errors import BenchError, FolderMissingError
from contract_bench.roles.connector_spec import DEFAULT_CONNECTOR, ConnectorKind, parse_connector
from contract_bench.roles.docker import containers_killed, run_command
from contract_bench.roles.local_hubspot import open_hubspot
from contract_bench.roles.local_node import open_node
from contract_bench.roles.node_config import environment_names
from fake_hubspot import Server
from fake_hubspot import Settings as HubSpotSettings
from fake_sesam import MicroserviceError, Node, NodeServer, System

__all__ = ["Workbench", "WorkbenchError", "WorkbenchSettings"]

MICROSERVICE = "system:microservice"
CONNECTOR_SOURCE = "connector"
PYTHONS = ("python", "python3")


class WorkbenchError(BenchError):
    """The workbench cannot be set up as it was asked for."""


@dataclass(frozen=True, slots=True)
class WorkbenchSettings:
    """What to run.

    Attributes:
        node_dir: The Sesam configuration directory.
        connector: A URL, an image or a command, as `parse_connector` reads it.
        system: The system of the configuration that the connector stands for; empty if there is one microservice.
        environment: What the connector gets in addition to the system's `docker.environment`.
        contacts: How many contacts the account holds; None for the two samples of a new account.
        seed_files: Files whose records the account holds as well, as `--seed-file` takes them.
        scenario: The fake HubSpot's scenario at the start.
        hubspot_port: Where the fake HubSpot listens; 0 takes a free port.
        node_port: Where the node listens; 0 takes a free port.
        data_dir: Where the node keeps its datasets; None for a folder that is removed at the end.
    """

    node_dir: Path = Path("node")
    connector: str = DEFAULT_CONNECTOR
    system: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    contacts: int | None = 250
    seed_files: tuple[str, ...] = ()
    scenario: str = "success"
    hubspot_port: int = 8400
    node_port: int = 9042
    data_dir: Path | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "node_dir", own_or_bundled(self.node_dir))


class Workbench:
    """The three roles while they run; a context manager that ends all of them.

    Args:
        settings: What to run.
        lines: Prints what the roles do.

    Raises:
        BenchError: There is no such folder, the connector cannot be understood, or it is not clear which system it is.
        FakeHubSpotError: The scenario does not exist.
        FakeSesamError: The configuration cannot be read.
        ListenError: A port is taken.
    """

    def __init__(self, settings: WorkbenchSettings, lines: EventLines | None = None) -> None:
        self.settings = settings
        self.system: System
        self.hubspot: Server
        self.node: Node
        self.node_url = ""
        self._lines = lines
        self._spec = parse_connector(settings.connector)
        self._label = self._spec.new_container_label()
        self._cleanup = ExitStack()

    def __enter__(self) -> Self:
        if not self.settings.node_dir.is_dir():
            raise FolderMissingError(self.settings.node_dir, "NODE_DIR")
        with ExitStack() as stack:
            settings = HubSpotSettings(
                port=self.settings.hubspot_port,
                contacts=self.settings.contacts,
                seed_files=self.settings.seed_files,
                scenario=self.settings.scenario,
            )
            self.hubspot = stack.enter_context(open_hubspot(settings, lines=self._lines, shows_progress=True))
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="contract-bench-up-")))
            self.system = self._find_system(folder / "look")
            self.node = stack.enter_context(self._open(self.settings.data_dir or folder / "data", is_run=True))
            server = NodeServer(self.node, port=self.settings.node_port, lines=self._lines, runs_schedules=True)
            server.link_to(self.hubspot_page)
            stack.enter_context(containers_killed(self._label))
            self.node_url = stack.enter_context(server).url
            self.hubspot.link_to(self.node_page)
            self._cleanup = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._cleanup.close()

    @property
    def hubspot_page(self) -> str:
        """The address of the fake HubSpot's pages."""
        return f"{self.hubspot.url}/_fake/"

    @property
    def node_page(self) -> str:
        """The address of the node's pages."""
        return f"{self.node_url}/"

    def run_command(self) -> str:
        """Return a command that runs a pipe: the first one that has a pump."""
        pipe = next((pipe.id for pipe in self.node.pipes.values() if pipe.is_pumped), "PIPE")
        return f"curl -d operation=start {self.node_url}/api/pipes/{pipe}/pump"

    @contextmanager
    def connector_starting(self) -> Iterator[None]:
        """Start the connector in the background, so that the first pull need not wait for it.

        If the context ends before the connector has started, the connector is told to end.
        """
        thread = threading.Thread(target=self._start_connector, name="connector", daemon=True)
        thread.start()
        try:
            yield
        finally:
            if self._label:
                lift_limit()  # a container would not end with this process
            pid = getattr(self.node.runner(self.system.id), "pid", None)
            if thread.is_alive() and pid is not None:
                signal_group(pid, signal.SIGTERM)
            thread.join()

    def _start_connector(self) -> None:
        try:
            url = self.node.runner(self.system.id).start()
            said, tone = f"listens on {url}", "good"
        except MicroserviceError as error:
            said, tone = f"did not start: {self.node.configuration.redact(str(error))}", "bad"
        if self._lines is not None:
            parts = ((f"{self.system.id}|", "note"), (said, tone))
            fields = {"system": self.system.id, "said": said}
            self._lines.say(Line(CONNECTOR_SOURCE, "connector", parts, fields, time.time()))

    def _find_system(self, data_dir: Path) -> System:
        """Return the system that the connector stands for."""
        with self._open(data_dir, is_run=False) as node:
            systems = dict(node.systems)
        wanted = self.settings.system
        if wanted:
            if wanted not in systems:
                known = ", ".join(sorted(systems)) or "none"
                raise WorkbenchError(f"expected the id of a system for --system, got {wanted!r}; there are: {known}")
            return systems[wanted]
        found = sorted(system.id for system in systems.values() if system.type == MICROSERVICE)
        if len(found) != 1:
            raise WorkbenchError(
                f"expected one {MICROSERVICE} in {self.settings.node_dir}, found {len(found)} "
                f"({', '.join(found) or 'none'}). Say with --system which one the connector is."
            )
        return systems[found[0]]

    def _open(self, data_dir: Path, *, is_run: bool) -> Node:
        """Open the node; if its pipes are to be run, with the connector."""
        is_url = self._spec.kind is ConnectorKind.URL
        return open_node(
            self.settings.node_dir,
            data_dir,
            hubspot_url=self.hubspot.url,
            token=self.hubspot.token,
            system_urls={self.system.id: self._spec.target} if is_run and is_url else {},
            system_commands={self.system.id: self._command()} if is_run and not is_url else {},
        )

    def _command(self) -> str:
        """Return the command that starts the connector."""
        environment, target = self.settings.environment, self._spec.command
        if self._spec.kind is ConnectorKind.IMAGE:
            own = dict(self.system.docker.environment) if self.system.docker else {}
            target = run_command(target, environment_names({**own, **environment}), label=self._label)
        if not environment:
            return target
        program, _, rest = target.partition(" ")
        if program in PYTHONS:  # behind `env` the node does not replace it by its own
            target = f"{shlex.quote(sys.executable)} {rest}"
        return f"env {shlex.join(f'{name}={value}' for name, value in environment.items())} {target}"
