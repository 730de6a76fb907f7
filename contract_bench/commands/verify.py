"""`contract-bench verify`."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from bench_core.options import ReportPath, refuse_empty_variables
from bench_core.progress import Progress
from contract_bench.cassettes.evidence import Origin, utc
from contract_bench.cassettes.writer import write_text_atomically
from contract_bench.commands.cassette_paths import cassette_paths, no_cassettes
from contract_bench.errors import NothingToCheckError
from contract_bench.fidelity.gaps import read_gaps
from contract_bench.fidelity.mismatch import MismatchSeverity
from contract_bench.fidelity.reports import to_html, to_json, to_junit, to_text
from contract_bench.fidelity.targets import RunningServer, SeededFake, Target
from contract_bench.fidelity.verify import Verification, compare_cassettes, verify_cassette

__all__ = ["verify"]

INTERACTIONS = "recorded interactions"
A_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option("--against", metavar="URL", help="A running server, instead of the fake seeded from each cassette.")
@click.option("--token-env", default="HUBSPOT_TOKEN", show_default=True, help="The variable with --against's token.")
@click.option("--with", "later", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="A later cassette.")
@click.option(
    "--gaps", type=A_FILE, default=Path("cassettes/gaps.toml"), show_default=True, help="Declared differences."
)
@click.option(
    "--fail-on", type=click.Choice([one.value for one in MismatchSeverity]), default="error", show_default=True,
    help="Exit with 1 if a mismatch is this severe.",
)  # fmt: skip
@click.option(
    "--origin", type=click.Choice([one.value for one in Origin]),
    help="The origin of cassettes without evidence; reports mark it as asserted.",
)  # fmt: skip
@click.option("--json", "json_file", type=ReportPath(), help="Write the report as JSON.")
@click.option("--junit", "junit_file", type=ReportPath(), help="Write the report as JUnit XML.")
@click.option("--html", "html_file", type=ReportPath(), help="Write the report as one HTML page.")
@click.pass_context
def verify(
    ctx: click.Context,
    paths: tuple[Path, ...],
    against: str | None,
    token_env: str,
    later: Path | None,
    gaps: Path,
    fail_on: str,
    origin: str | None,
    json_file: Path | None,
    junit_file: Path | None,
    html_file: Path | None,
) -> None:
    """Replay cassettes against the fake and compare the responses. Default: cassettes/.

    With --with, compare a cassette with a later recording of the same requests to see how HubSpot has changed.
    """
    if later is not None and (len(paths) != 1 or against):
        raise click.UsageError("--with compares two cassettes: give one more path, and no --against.")
    threshold, declared = MismatchSeverity(fail_on), read_gaps(gaps)
    asserted = None if origin is None else Origin(origin)
    if later is not None:
        results = [compare_cassettes(paths[0], later, gaps=declared)]
    else:
        with _target(against, token_env) as target:
            found = _cassettes(cassette_paths(paths))
            results = []
            with Progress("verifying", unit="cassettes", total=len(found)) as progress:
                for one in found:
                    results.append(verify_cassette(one, target, gaps=declared, asserted_origin=asserted))
                    progress.advance()
    empty = [str(one.path) for one in results if not one.interactions]
    if len(empty) == len(results):
        raise NothingToCheckError(INTERACTIONS, ", ".join(empty))
    verification = Verification(tuple(results), utc(datetime.now(UTC)))
    click.echo(to_text(verification), nl=False)
    _write(verification, {to_json: json_file, _junit_at(threshold): junit_file, to_html: html_file})
    if empty:
        raise NothingToCheckError(INTERACTIONS, ", ".join(empty))
    ctx.exit(1 if verification.fails_at(threshold) else 0)


@contextmanager
def _target(against: str | None, token_env: str) -> Iterator[Target]:
    if against is None:
        with SeededFake.started() as fake:
            yield fake
        return
    refuse_empty_variables([token_env])
    server = RunningServer(against, os.environ.get(token_env, ""))
    try:
        yield server
    finally:
        server.close()


def _junit_at(threshold: MismatchSeverity) -> Callable[[Verification], str]:
    return lambda verification: to_junit(verification, threshold=threshold)


def _write(verification: Verification, files: dict[Callable[[Verification], str], Path | None]) -> None:
    for render, path in files.items():
        if path is not None:
            write_text_atomically(path, render(verification))


def _cassettes(paths: tuple[Path, ...]) -> list[Path]:
    found = [one for path in paths for one in (sorted(path.rglob("*.y*ml")) if path.is_dir() else [path])]
    if not found:
        raise no_cassettes(paths)
    return found
