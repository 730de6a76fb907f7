"""The whole loop on this machine: a fake HubSpot in a thread, the connector as a process, a node that runs its pipe."""

import shlex
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import requests

from contract_bench.bundled import own_or_bundled, service_command
from contract_bench.errors import FolderMissingError
from contract_bench.roles.local_hubspot import open_hubspot
from contract_bench.roles.local_node import open_node
from fake_hubspot import Server
from fake_hubspot import Settings as HubSpotSettings
from fake_sesam import Node, PumpResult

__all__ = ["Loop", "LoopSettings"]


@dataclass(frozen=True, slots=True)
class LoopSettings:
    """What to run.

    Attributes:
        node_dir: The Sesam configuration directory.
        scenario: The fake HubSpot's scenario at the start.
        contacts: How many contacts the portal holds, including those of `seed_cassette`; None generates none.
        seed_cassette: A cassette whose records fill the portal.
        seed_files: Files whose records fill the portal, as `--seed-file` takes them.
        system: The `system:microservice` that the connector's command stands for.
        connector: The command that starts the connector, run in the current directory.
        connector_environment: Variables that the connector gets in addition to the system's `docker.environment`. By
            default it retries a failed request only once, so that a fault shows soon.
    """

    node_dir: Path = Path("node")
    scenario: str = "success"
    contacts: int | None = 250
    seed_cassette: Path | None = None
    seed_files: tuple[str, ...] = ()
    system: str = "hubspot"
    connector: str = field(default_factory=service_command)
    connector_environment: Mapping[str, str] = field(default_factory=lambda: {"HUBSPOT_RETRIES": "1"})

    def __post_init__(self) -> None:
        object.__setattr__(self, "node_dir", own_or_bundled(self.node_dir))


class Loop:
    """A fake HubSpot, a connector and a node, wired as the node's configuration says.

    Use it as a context manager: leaving it stops every role and removes the dataset.

    Raises:
        FolderMissingError: `settings.node_dir` is not a directory.
        FakeSesamError: the configuration is wrong, or the connector does not start; every problem is listed.
    """

    def __init__(self, settings: LoopSettings) -> None:
        self.settings = settings
        self._cleanup = ExitStack()
        self.hubspot: Server
        self.node: Node

    def __enter__(self) -> Self:
        if not self.settings.node_dir.is_dir():
            raise FolderMissingError(self.settings.node_dir, "--node-dir")
        with ExitStack() as stack:
            self.hubspot = stack.enter_context(open_hubspot(self._hubspot_settings(), shows_progress=True))
            data_dir = stack.enter_context(tempfile.TemporaryDirectory(prefix="contract-bench-"))
            self.node = stack.enter_context(self._node_in(Path(data_dir)))
            self._cleanup = stack.pop_all()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._cleanup.close()

    def run_pipe(self, pipe: str, *, on_progress: Callable[[int], None] | None = None) -> PumpResult:
        """Run the pump of a pipe once; `on_progress` is called with the number of entities so far."""
        return self.node.run_pipe(pipe, on_progress=on_progress)

    def switch_scenario(self, name: str) -> None:
        """Switch the fake HubSpot to another scenario, as any client of its control API would."""
        answer = requests.put(f"{self.hubspot.url}/_fake/scenario", json={"name": name}, timeout=10)
        answer.raise_for_status()

    def last_connector_line(self, text: str, *, wait_s: float = 2.0) -> str:
        """Return the connector's last line of output that contains `text`, or an empty string.

        Its output arrives through a pipe, a moment after the response, so this waits for it up to `wait_s` seconds.
        """
        deadline = time.monotonic() + wait_s
        while True:
            lines = [line for line in self.node.runner(self.settings.system).log_lines() if text in line]
            if lines or time.monotonic() > deadline:
                return lines[-1] if lines else ""
            time.sleep(0.01)

    def _hubspot_settings(self) -> HubSpotSettings:
        return HubSpotSettings(
            scenario=self.settings.scenario,
            contacts=self.settings.contacts,
            seed_cassette=self.settings.seed_cassette,
            seed_files=self.settings.seed_files,
        )

    def _node_in(self, data_dir: Path) -> Node:
        return open_node(
            self.settings.node_dir,
            data_dir,
            hubspot_url=self.hubspot.url,
            token=self.hubspot.token,
            system_commands={self.settings.system: self._connector_command()},
        )

    def _connector_command(self) -> str:
        extra = [f"{name}={value}" for name, value in self.settings.connector_environment.items()]
        return f"env {shlex.join(extra)} {self.settings.connector}" if extra else self.settings.connector
