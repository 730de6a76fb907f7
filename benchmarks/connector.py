"""Compares any connector with the service and the two bare loops: `python -m benchmarks.connector COMMAND`.

The connector is started as a Sesam node starts it, and a client reads the whole array. The result is only printed. See
docs/how-to/measure-your-own-connector.md.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import click

from benchmarks import report
from benchmarks.figures import Section
from benchmarks.processes import TOKEN, seconds, stub, tree_peak_mb
from benchmarks.sections.full_pull import OURS, REQUESTS, URLLIB3, Pulled, script
from contract_bench.commands.options import environment_option, route_option
from contract_bench.roles.connector import ConnectorStartError, ConnectorUnderTest, open_connector
from contract_bench.roles.node_config import write_node
from fake_sesam import ReadError, parse_entities

YOURS = "your connector"
PIECE, MOST_SAID = 1 << 16, 300


@dataclass(frozen=True, slots=True)
class Work:
    """The pulls to measure."""

    contacts: int
    latency_ms: float
    rounds: int

    def __str__(self) -> str:
        return f"{self.contacts:,} contacts, {self.latency_ms:g} ms per request"


@dataclass(frozen=True, slots=True)
class Started:
    """A running connector: the URL of its route, and its process if it is a process on this machine."""

    url: str
    pid: int | None


@contextmanager
def started(connector: ConnectorUnderTest, upstream: str) -> Iterator[Started]:
    """Start a connector as a node does.

    Raises:
        ConnectorStartError: It does not start. The message contains its last lines.
    """
    with tempfile.TemporaryDirectory() as folder:
        environment = connector.environment
        node_dir = write_node(Path(folder), route=connector.route, patience_s=60, environment=environment)
        with open_connector(connector, node_dir, Path(folder), hubspot_url=upstream, token=TOKEN) as running:
            yield Started(f"{running.url().rstrip('/')}/{connector.route}", running.pid())


def entities(url: str) -> int:
    """Return the number of entities that a pull returns.

    Raises:
        ReadError: A Sesam node would reject the response.
        OSError: There is no response.
        ValueError: The response is not a success.
    """
    try:
        with urlopen(url) as response:
            return sum(1 for _ in parse_entities(iter(partial(response.read1, PIECE), b"")))
    except HTTPError as refusal:
        said = refusal.read(MOST_SAID).decode(errors="replace")
        raise ValueError(f"expected a 2xx status from {url}, got {refusal.code}: {said}") from None


def read(url: str) -> None:
    """Read the whole response and discard it."""
    with urlopen(url) as response:
        while response.read1(PIECE):
            pass


def compare(connector: ConnectorUnderTest, work: Work) -> Section:
    """Measure the connector, the service and the bare loops in turns.

    Raises:
        ConnectorStartError: The connector does not start.
        ReadError: A Sesam node would reject its response.
        ValueError: The response does not contain every contact.
    """
    ours = ConnectorUnderTest(environment={})
    with (
        stub(work.contacts, work.latency_ms / 1000) as upstream,
        started(connector, upstream) as yours,
        started(ours, upstream) as service,
    ):
        if (found := entities(yours.url)) != work.contacts:
            raise ValueError(f"expected {work.contacts:,} contacts, the connector returned {found:,}")
        turns = {
            YOURS: partial(_pull, yours, work.contacts),
            OURS: partial(_pull, service, work.contacts),
            REQUESTS: partial(script, None, "loops", upstream, "requests"),
            URLLIB3: partial(script, None, "loops", upstream, "urllib3"),
        }
        rounds = [{name: turn() for name, turn in turns.items()} for _ in range(work.rounds)]
    return _section(work, rounds)


def _pull(connector: Started, contacts: int) -> Pulled:
    took_s = seconds(partial(read, connector.url))
    return Pulled(contacts, took_s, tree_peak_mb(connector.pid) if connector.pid else 0.0)


def _section(work: Work, rounds: list[dict[str, Pulled]]) -> Section:
    section = Section("connector", "Full pull", YOURS)
    for name in rounds[0]:
        section.add(str(work), name, "speed", work.contacts / min(one[name].seconds for one in rounds), "entities/s")
        if memory_mb := max(one[name].peak_mb for one in rounds):
            section.add(str(work), name, "memory", memory_mb, "MB", "less")
    return section


@click.command()
@click.argument("connector")
@route_option
@environment_option
@click.option(
    "--contacts",
    type=click.IntRange(1),
    default=10_000,
    show_default=True,
    help="The number of contacts in the account.",
)
@click.option(
    "--latency-ms",
    type=click.FloatRange(0),
    default=0.0,
    show_default=True,
    help="The latency of each request to HubSpot.",
)
@click.option(
    "--rounds", type=click.IntRange(1), default=3, show_default=True, help="The number of rounds; the best one counts."
)
def main(
    *, connector: str, route: str, environment: dict[str, str], contacts: int, latency_ms: float, rounds: int
) -> None:
    """Measure CONNECTOR, a command or an image, against an upstream with almost no overhead."""
    chosen = ConnectorUnderTest(connector, route.lstrip("/"), environment)
    if chosen.is_running:
        raise click.UsageError(
            "expected a command or an image, got a URL: a connector that is already running reads from another HubSpot"
        )
    try:
        click.echo(report.markdown(compare(chosen, Work(contacts, latency_ms, rounds))), nl=False)
    except (ConnectorStartError, ReadError, OSError, ValueError) as problem:
        raise click.ClickException(f"{connector}: {problem}") from None


if __name__ == "__main__":
    main()
