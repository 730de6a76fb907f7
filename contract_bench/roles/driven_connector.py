"""The connector of a node configuration, driven by pulls of one of its pipes."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench_core.json_text import parse_json
from contract_bench.bundled import own_or_bundled
from contract_bench.errors import FolderMissingError
from contract_bench.roles.connector_spec import DEFAULT_CONNECTOR, ConnectorKind, ConnectorSpec, parse_connector
from contract_bench.roles.docker import containers_killed, run_command
from contract_bench.roles.local_node import open_node
from fake_sesam import Node, NodeOptions, PumpResult

__all__ = ["PIPE", "SYSTEM", "ConnectorOptions", "DrivenConnector", "drive_connector", "start_of"]

SYSTEM = "hubspot"
PIPE = "hubspot-contacts-collect"
CONNECTIONS = "hubspot-connections"


@dataclass(frozen=True, slots=True)
class ConnectorOptions:
    """Which connector, and the node whose configuration describes how Sesam would run it.

    Attributes:
        connector: As `parse_connector` reads it. One that already runs must have been given the recorder's address.
        system: The `system:microservice` it stands for.
        pipe: The pipe that is run.
        base_url_variable: The `$ENV` variable that holds HubSpot's address.
        token_secret: The `$SECRET` that holds the token.
        spec: How `connector` was understood.

    Raises:
        ConnectorSpecError: `connector` cannot be understood.
    """

    node_dir: Path = Path("node")
    connector: str = DEFAULT_CONNECTOR
    system: str = SYSTEM
    pipe: str = PIPE
    base_url_variable: str = "hubspot-base-url"
    token_secret: str = "hubspot-api-key"  # noqa: S105 - a name, not a secret
    spec: ConnectorSpec = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "spec", parse_connector(self.connector))
        object.__setattr__(self, "node_dir", own_or_bundled(self.node_dir))


class DrivenConnector:
    """A connector behind a node that pulls from it."""

    def __init__(self, node: Node, pipe: str) -> None:
        self._node = node
        self._pipe = pipe

    def pull(self) -> PumpResult:
        """Run the pipe once."""
        return self._node.run_pipe(self._pipe)


@contextmanager
def drive_connector(
    options: ConnectorOptions, *, base_url: str, token: str, with_since: bool = False
) -> Iterator[DrivenConnector]:
    """Start a connector that talks to `base_url`, started as the node's configuration describes it.

    Args:
        options: Which one.
        base_url: HubSpot's address for the connector.
        token: HubSpot's token.
        with_since: Whether the pipe asks for what changed since the last pull, whatever its configuration says.

    Raises:
        FolderMissingError: `options.node_dir` is not a directory.
    """
    if not options.node_dir.is_dir():
        raise FolderMissingError(options.node_dir, "--node-dir")
    label = options.spec.new_container_label()
    urls, commands = start_of(options, label=label)
    with (
        tempfile.TemporaryDirectory(prefix="contract-bench-record-") as data_dir,
        open_node(
            _adapted(options, Path(data_dir) / "node", with_since=with_since),
            Path(data_dir),
            hubspot_url=base_url,
            token=token,
            system_urls=urls,
            system_commands=commands,
            url_names=[options.base_url_variable],
            secret_names=[options.token_secret],
        ) as node,
        containers_killed(label),
    ):
        yield DrivenConnector(node, options.pipe)


def _adapted(options: ConnectorOptions, copy: Path, *, with_since: bool) -> Path:
    """Return a copy of the node's configuration for a recording.

    Over one connection the service reads the list page by page, so every reader can walk through the recording.
    """
    shutil.copytree(options.node_dir, copy, ignore=shutil.ignore_patterns(".*"))
    for path in copy.rglob("*.conf.json"):
        try:
            config = parse_json(path.read_text(encoding="utf-8-sig"))
        except ValueError:
            continue  # the node says what is wrong with it
        match config:
            case {"_id": options.pipe, "source": dict(source)} if with_since:
                source["supports_since"] = True
            case {"_id": options.system, "docker": {"environment": dict(environment)}}:
                if CONNECTIONS not in {name.lower().replace("_", "-") for name in environment}:
                    environment[CONNECTIONS] = "1"
            case _:
                continue
        path.write_text(json.dumps(config), encoding="utf-8")
    return copy


def start_of(options: ConnectorOptions, *, label: str = "") -> tuple[dict[str, str], dict[str, str]]:
    """Return the addresses and the commands of systems; one of the two names the connector."""
    target = options.spec.target
    match options.spec.kind:
        case ConnectorKind.URL:
            return {options.system: target}, {}
        case ConnectorKind.IMAGE:
            return {}, {options.system: run_command(target, _environment_names(options), label=label)}
    return {}, {options.system: options.spec.command}


def _environment_names(options: ConnectorOptions) -> list[str]:
    """Return the variables in the system's `docker.environment`."""
    placeholders = {options.base_url_variable: "", options.token_secret: ""}
    with tempfile.TemporaryDirectory(prefix="contract-bench-record-") as data_dir:
        given = NodeOptions(data_dir=Path(data_dir), environment=placeholders, secrets=placeholders)
        with Node(options.node_dir, given) as node:
            docker = node.systems[options.system].docker
    return sorted(docker.environment) if docker else []
