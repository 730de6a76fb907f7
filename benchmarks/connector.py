"""Any connector against the stub and the two limits: `python -m benchmarks.connector COMMAND`.

It is started as a Sesam node starts it, and a client reads everything. Nothing is kept; see
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
    """What is pulled."""

    contacts: int
    latency_ms: float
    rounds: int

    def __str__(self) -> str:
        return f"{self.contacts:,} contacts, {self.latency_ms:g} ms a request"


@dataclass(frozen=True, slots=True)
class Started:
    """A connector that runs: its route, and its process where that is on this machine."""

    url: str
    pid: int | None


@contextmanager
def started(connector: ConnectorUnderTest, upstream: str) -> Iterator[Started]:
    """Start a connector as a node does.

    Raises:
        ConnectorStartError: it does not start; its last lines are in the message.
    """
    with tempfile.TemporaryDirectory() as folder:
        environment = connector.environment
        node_dir = write_node(Path(folder), route=connector.route, patience_s=60, environment=environment)
        with open_connector(connector, node_dir, Path(folder), hubspot_url=upstream, token=TOKEN) as running:
            yield Started(f"{running.url().rstrip('/')}/{connector.route}", running.pid())


def entities(url: str) -> int:
    """How many a pull brings.

    Raises:
        ReadError: a Sesam node would not take it.
        OSError: no answer.
        ValueError: an answer that is no success.
    """
    try:
        with urlopen(url) as response:
            return sum(1 for _ in parse_entities(iter(partial(response.read1, PIECE), b"")))
    except HTTPError as refusal:
        said = refusal.read(MOST_SAID).decode(errors="replace")
        raise ValueError(f"expected a success from {url}, got {refusal.code}: {said}") from None


def read(url: str) -> None:
    """Read everything and look at nothing."""
    with urlopen(url) as response:
        while response.read1(PIECE):
            pass


def compare(connector: ConnectorUnderTest, work: Work) -> Section:
    """Measure the connector and what it is held against, in rounds in which each has its turn.

    Raises:
        ConnectorStartError: the connector does not start.
        ReadError: a Sesam node would not take its answer.
        ValueError: it answers something else than every contact.
    """
    ours = ConnectorUnderTest(environment={})
    with (
        stub(work.contacts, work.latency_ms / 1000) as upstream,
        started(connector, upstream) as yours,
        started(ours, upstream) as service,
    ):
        if (found := entities(yours.url)) != work.contacts:
            raise ValueError(f"expected {work.contacts:,} contacts, the connector brought {found:,}")
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
@click.option("--contacts", type=click.IntRange(1), default=10_000, show_default=True, help="Contacts of the account.")
@click.option("--latency-ms", type=click.FloatRange(0), default=0.0, show_default=True, help="Of each request.")
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True, help="The best of so many.")
def main(
    *, connector: str, route: str, environment: dict[str, str], contacts: int, latency_ms: float, rounds: int
) -> None:
    """Measure CONNECTOR, a command or an image with its tag, against an upstream that costs next to nothing."""
    chosen = ConnectorUnderTest(connector, route.lstrip("/"), environment)
    if chosen.is_running:
        raise click.UsageError("give a command or an image: a connector that runs already asks another HubSpot")
    try:
        click.echo(report.markdown(compare(chosen, Work(contacts, latency_ms, rounds))), nl=False)
    except (ConnectorStartError, ReadError, OSError, ValueError) as problem:
        raise click.ClickException(f"{connector}: {problem}") from None


if __name__ == "__main__":
    main()
