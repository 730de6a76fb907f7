"""`contract-bench matrix`."""

import logging
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click

from bench_core.project import Project
from bench_core.text import counted
from contract_bench.commands.matrix_reports import NOTHING_PLAYED_STATUS, publish, report_options
from contract_bench.commands.options import connector_option, environment_option, route_option
from contract_bench.commands.proxy import ca_file_option, read_upstream
from contract_bench.errors import NothingToCheckError
from contract_bench.matrix.bench import Bench, BenchSettings
from contract_bench.matrix.cells import TIMES, Selection, parse_cell
from contract_bench.matrix.judge import Verdict
from contract_bench.matrix.mutation_score import find_mutants, run_mutants, score_text
from contract_bench.matrix.reports import cell_text, read_report
from contract_bench.matrix.result import Baseline, Shard
from contract_bench.matrix.run import WORKERS, learn_from, run_matrix
from contract_bench.proxy.upstreams import UPSTREAM_HELP, UpstreamSpec
from contract_bench.roles.connector import DEFAULT_ENVIRONMENT, ConnectorUnderTest
from contract_bench.roles.node_config import MODES

__all__ = ["matrix"]

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
HEARTBEAT_S = 10.0
SERVE_PORT = 8500


def split(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Split names at commas. Without a name in it, an option does not stand for all of them."""
    names = tuple(name.strip() for value in values for name in value.split(",") if name.strip())
    if values and not names:
        raise click.BadParameter(f"expected a name, got {values[0]!r}; leave the option out to select all")
    return names


def shard(_context: click.Context, _option: click.Parameter, value: str | None) -> Shard | None:
    """Read `--shard`."""
    try:
        return None if value is None else Shard.parse(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.command()
@connector_option
@route_option
@environment_option
@click.option("--faults", multiple=True, callback=split, help="Only these faults.")
@click.option("--places", multiple=True, callback=split, help="Only these places, such as list:middle or last.")
@click.option("--times", multiple=True, callback=split, help=f"Only these: {', '.join(TIMES)}.")
@click.option("--mode", "modes", multiple=True, type=click.Choice(MODES), help="Only this mode of pulling.")
@click.option(
    "--pages",
    type=click.IntRange(1, 100),
    default=4,
    show_default=True,
    help="Pages of a full pull; at least 16 if the connector reads ranges of a list at the same time.",
)
@click.option("--patience", type=click.FloatRange(0.5), default=10.0, show_default=True, help="Seconds per pull.")
@click.option(
    "--workers", type=click.IntRange(1, 64), default=WORKERS, show_default=True, help="Cells played at the same time."
)
@click.option(
    "--hubspot-port", type=click.IntRange(0, 65535), default=0, help="The fake HubSpot's port; 0: a free one."
)
@click.option(
    "--upstream", callback=read_upstream, help=f"Not HubSpot but this API, with faults in between. {UPSTREAM_HELP}"
)
@ca_file_option
@click.option("--cell", "cell_id", help="Play one cell, named as in the report, and print its details.")
@click.option(
    "--shard", callback=shard, metavar="I/N", help="Play only part I of N; `contract-bench merge` joins them."
)
@report_options
@click.option(
    "--from",
    "report",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Play nothing; show this JSON report of an earlier run.",
)
@click.option("--serve", "is_served", is_flag=True, help="Show the matrix in a browser, until you stop it.")
@click.option(
    "--serve-port",
    type=click.IntRange(0, 65535),
    default=SERVE_PORT,
    show_default=True,
    help="Where --serve listens; 0 takes a free port.",
)
@click.option("--hunt", "folder", type=FOLDER, help="Test the matrix: detect every broken connector in this package.")
@click.pass_context
def matrix(
    ctx: click.Context,
    /,
    *,
    connector: str,
    route: str,
    environment: Mapping[str, str],
    faults: tuple[str, ...],
    places: tuple[str, ...],
    times: tuple[str, ...],
    modes: tuple[str, ...],
    pages: int,
    patience: float,
    workers: int,
    hubspot_port: int,
    upstream: UpstreamSpec | None,
    ca_file: Path | None,
    cell_id: str | None,
    shard: Shard | None,
    baseline: Baseline | None,
    annotations: bool | None,
    report: Path | None,
    is_served: bool,
    serve_port: int,
    folder: Path | None,
    **_files: object,
) -> None:
    """Play every fault at every place of a connector's walk and show the outcomes.

    The connector gets the fake HubSpot's address and token under every usual name (HUBSPOT_BASE_URL,
    hubspot-base-url, base-url; HUBSPOT_API_KEY, hubspot-api-key, api-key). A connector given
    by URL has to be started against --hubspot-port with the fake's default token.

    With --upstream, the connector is for any API. It gets the address of a proxy in front of it as UPSTREAM_URL,
    BASE_URL and API_BASE_URL, and in place of {upstream} in --env NAME={upstream}.

    The exit status is 0 without defects, 1 with defects, 2 if the connector cannot be measured or no fault fired. A
    run that is interrupted reports what it has played; its status is 130 after Ctrl-C, 143 after SIGTERM.
    """
    ctx.with_resource(lowest_level("fake_sesam", logging.ERROR))  # every fault causes warnings of the node
    chosen = ConnectorUnderTest(connector, route, {**DEFAULT_ENVIRONMENT, **environment})
    settings = BenchSettings(
        chosen, pages=pages, patience_s=patience, hubspot_port=hubspot_port, upstream=upstream, ca_file=ca_file
    )
    if folder is not None:
        ctx.exit(score_of(folder, settings))
    if cell_id is not None:
        ctx.exit(play_one(settings, cell_id))
    if report is not None:
        result, reported = read_report(report)
        settings = replace(reported, upstream=upstream, ca_file=ca_file)  # a report does not name them
    else:
        result = run_matrix(
            settings,
            Selection(faults, places, times, only_general=upstream is not None),
            modes=modes or MODES,
            workers=workers,
            shard=shard,
            on_progress=Progress(),
        )
    project = ctx.find_object(Project)
    known = project.known_defects if project else ()
    status = publish(result, settings, baseline=baseline, annotations=annotations, known_defects=known)
    if is_served and not result.interrupted_by:
        from contract_bench.matrix.serving import show_matrix

        show_matrix(result, settings, port=serve_port, on_start=lambda url: click.echo(f"the matrix is at {url}/"))
    ctx.exit(status)


@contextmanager
def lowest_level(name: str, level: int) -> Iterator[None]:
    """Log only records of `level` and above while the command runs."""
    logger = logging.getLogger(name)
    before = logger.level
    logger.setLevel(level)
    try:
        yield
    finally:
        logger.setLevel(before)


def play_one(settings: BenchSettings, cell_id: str) -> int:
    """Play a cell and print it; return the exit status."""
    cell = parse_cell(cell_id)
    with Bench(settings) as bench:
        result = bench.play(cell, learn_from(bench, (cell.mode,)))
    click.echo(cell_text(result))
    if result.verdict is Verdict.UNREACHED:
        click.echo("the fault did not fire, so nothing was proved. Choose another place or other times.", err=True)
        return NOTHING_PLAYED_STATUS
    return 1 if result.verdict.is_defect else 0


def score_of(folder: Path, settings: BenchSettings) -> int:
    """Play the matrix against the mutants in a package, print the mutation score and return the exit status."""
    here = Path.cwd()
    if not folder.resolve().is_relative_to(here):
        raise click.UsageError(f"expected a package below {here} for --hunt, got {folder}; run the command above it")
    package = ".".join(folder.resolve().relative_to(here).parts)
    mutants = find_mutants(folder, package=package)
    if not mutants:
        raise NothingToCheckError("broken connectors (*.py)", str(folder))
    results = run_mutants(mutants, settings)
    click.echo(score_text(results))
    return 0 if all(each.is_killed for each in results) else 1


class Progress:
    """Shows how far the matrix is: on a terminal in one line, elsewhere in a line every ten seconds.

    Args:
        clock: A monotonic clock.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._begun = clock()
        self._shown = self._begun

    def __call__(self, done: int, cells: int) -> None:
        """Note that so many of the cells are played."""
        now = self._clock()
        left = (now - self._begun) / done * (cells - done)
        text = f"{done:,} of {counted(cells, 'cell')}, about {int(left) // 60}:{int(left) % 60:02} left"
        if sys.stderr.isatty():
            click.echo(f"\r{text:60}", nl=done == cells, err=True)
        elif now - self._shown >= HEARTBEAT_S:
            self._shown = now
            click.echo(text, err=True)
