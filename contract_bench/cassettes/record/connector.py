"""The connector that is driven while a recording runs: the node's own, wherever it runs."""

import json
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from contract_bench.cassettes.errors import RecordingError
from contract_bench.errors import CheckoutMissingError
from fake_sesam import Node, NodeOptions, PumpResult

__all__ = ["PIPE", "SYSTEM", "ConnectorOptions", "DrivenConnector", "connector"]

OUR_CONNECTOR = f"{shlex.quote(sys.executable)} -m service"
IMAGE_PREFIX = "image:"
SYSTEM = "hubspot"
PIPE = "hubspot-contacts-collect"


@dataclass(frozen=True, slots=True)
class ConnectorOptions:
    """Which connector, and the node whose configuration describes how Sesam would run it.

    Attributes:
        connector: ``http(s)://...`` where it runs already (it must have been told the recorder's address),
            ``image:NAME``, or a command; None for this repository's own.
        system: The ``system:microservice`` it stands for.
        pipe: The pipe that is run.
        base_url_variable: The ``$ENV`` that holds HubSpot's address.
        token_secret: The ``$SECRET`` that holds the token.
    """

    node_dir: Path = Path("node")
    connector: str | None = None
    system: str = SYSTEM
    pipe: str = PIPE
    base_url_variable: str = "hubspot-base-url"
    token_secret: str = "hubspot-api-key"  # noqa: S105 - a name, not a secret

    @property
    def label(self) -> str:
        """What evidence says of it: no path, no argument, no address of somebody's machine."""
        if self.connector is None:
            return "service"
        if self.connector.startswith(IMAGE_PREFIX):
            return self.connector
        return "a URL" if re.match(r"https?://", self.connector) else "a command"


class DrivenConnector:
    """A connector behind a node that pulls from it."""

    def __init__(self, node: Node, pipe: str) -> None:
        self._node = node
        self._pipe = pipe

    def pull(self) -> PumpResult:
        """Run the pipe once."""
        return self._node.run_pipe(self._pipe)

    def pull_or_fail(self, *, may_stop: bool = False) -> None:
        """Run the pipe once; a failed pump fails the recording, unless it was the recorder that stopped it.

        Raises:
            RecordingError: the pump failed.
        """
        result = self.pull()
        if not result.ok and not may_stop:
            why = result.events[-1].get("original_error_message") if result.events else None
            raise RecordingError(
                f"the connector's pull failed, so nothing was recorded: {_short(str(why or 'no reason is known'))}. "
                f"Look at the connector's log, and try `curl` on its address."
            )


def _short(text: str) -> str:
    return " ".join(text.split())[:300]


@contextmanager
def connector(
    options: ConnectorOptions, *, base_url: str, token: str, with_since: bool = False
) -> Iterator[DrivenConnector]:
    """A connector that talks to ``base_url``, started as the node's configuration describes it.

    Args:
        options: Which one.
        base_url: The recording proxy.
        token: HubSpot's token.
        with_since: Whether the pipe asks for what is new since the last pull, whatever its configuration says.
    """
    if not options.node_dir.is_dir():
        raise CheckoutMissingError(options.node_dir, "--node-dir")
    urls, commands = _where(options)
    with tempfile.TemporaryDirectory(prefix="contract-bench-record-") as data_dir:
        given = NodeOptions(
            data_dir=Path(data_dir),
            environment={options.base_url_variable: base_url},
            secrets={options.token_secret: token},
            system_urls=urls,
            system_commands=commands,
        )
        node_dir = _supporting_since(options, Path(data_dir) / "node") if with_since else options.node_dir
        with Node(node_dir, given) as node:
            yield DrivenConnector(node, options.pipe)


def _supporting_since(options: ConnectorOptions, copy: Path) -> Path:
    """A copy of the node's configuration in which the pipe's source supports ``since``."""
    shutil.copytree(options.node_dir, copy, ignore=shutil.ignore_patterns(".*"))
    for path in copy.rglob("*.conf.json"):
        config = json.loads(path.read_text(encoding="utf-8-sig"))
        if isinstance(config, dict) and config.get("_id") == options.pipe and isinstance(config.get("source"), dict):
            config["source"]["supports_since"] = True
            path.write_text(json.dumps(config), encoding="utf-8")
    return copy


def _where(options: ConnectorOptions) -> tuple[dict[str, str], dict[str, str]]:
    """Addresses and commands of systems: one of the two names the connector."""
    spelled = options.connector or OUR_CONNECTOR
    if re.match(r"https?://", spelled):
        return {options.system: spelled}, {}
    if spelled.startswith(IMAGE_PREFIX):
        spelled = _docker_command(options, spelled.removeprefix(IMAGE_PREFIX))
    return {}, {options.system: spelled}


def _docker_command(options: ConnectorOptions, image: str) -> str:
    """Run the image in the host's network, where the recorder listens; Docker takes the values from its environment."""
    names = ["PORT", "port", *_environment_names(options)]
    variables = [part for name in names for part in ("--env", name)]
    return shlex.join(["docker", "run", "--rm", "--init", "--network", "host", *variables, image])


def _environment_names(options: ConnectorOptions) -> list[str]:
    placeholders = {options.base_url_variable: "", options.token_secret: ""}
    with tempfile.TemporaryDirectory(prefix="contract-bench-record-") as data_dir:
        given = NodeOptions(data_dir=Path(data_dir), environment=placeholders, secrets=placeholders)
        with Node(options.node_dir, given) as node:
            docker = node.systems[options.system].docker
    return sorted(docker.environment) if docker else []
