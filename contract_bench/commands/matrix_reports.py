"""What `matrix` and `merge` do with a result: which defects count, the reports, and the exit status."""

import datetime
import json
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from bench_core.options import ReportPath
from bench_core.project import KnownDefect
from bench_core.text import encodable_json
from contract_bench.matrix.bench import BenchSettings
from contract_bench.matrix.reports import (
    baseline_of,
    coloured,
    matrix_text,
    read_report,
    to_annotations,
    to_html,
    to_json,
    to_junit,
    to_markdown,
)
from contract_bench.matrix.result import Baseline, MatrixResult, accept

__all__ = ["publish", "report_options"]

Command = TypeVar("Command", bound=Callable[..., Any])
STANDARD_OUTPUT = Path("-")
REPORT = ReportPath(allow_dash=True)
ON_GITHUB = "GITHUB_ACTIONS"
NOTHING_PLAYED_STATUS = 2


def _json(result: MatrixResult, settings: BenchSettings) -> str:
    document = json.dumps(to_json(result, settings), indent=2, ensure_ascii=False)
    return encodable_json(document) + "\n"


FORMATS: Mapping[str, tuple[Callable[[MatrixResult, BenchSettings], str], str]] = {
    "json": (_json, "Write the report as JSON, which --baseline and `merge` read; - for standard output."),
    "junit": (to_junit, "Write the report as JUnit XML."),
    "html": (to_html, "Write the report as one HTML page."),
    "markdown": (to_markdown, "Write the report as Markdown, for the summary of a job."),
}


def report_options(command: Command) -> Command:
    """Add the options of the reports; the command gets `baseline`, `annotations` and `reports`, files by format."""
    command = click.option(
        "--baseline",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        callback=_read_baseline,
        help="A JSON report of an earlier run; only defects that it does not have fail this one.",
    )(command)
    command = click.option(
        "--annotations/--no-annotations",
        default=None,
        help=f"Print commands that let GitHub show the defects at the run. Default: if {ON_GITHUB} is true.",
    )(command)
    for name, (_, text) in reversed(list(FORMATS.items())):
        command = click.option(f"--{name}", f"{name}_file", type=REPORT, callback=_noted(name), help=text)(command)
    return command


def _read_baseline(_context: click.Context, _option: click.Parameter, path: Path | None) -> Baseline | None:
    return None if path is None else baseline_of(read_report(path)[0])


def _noted(name: str) -> Callable[[click.Context, click.Parameter, Path | None], Path | None]:
    def note(context: click.Context, _option: click.Parameter, path: Path | None) -> Path | None:
        if path is not None:
            context.meta.setdefault(__name__, {})[name] = path
        return path

    return note


def publish(
    result: MatrixResult,
    settings: BenchSettings,
    *,
    baseline: Baseline | None,
    annotations: bool | None,
    known_defects: Sequence[KnownDefect] = (),
) -> int:
    """Print and write the reports that the command was called with; return its exit status."""
    today = datetime.datetime.now().astimezone().date()
    judged = accept(result, known_defects, today=today, baseline=baseline)
    files: dict[str, Path] = click.get_current_context().meta.get(__name__, {})
    if STANDARD_OUTPUT not in files.values():
        click.echo(_shown(matrix_text(judged, settings)))
    for name, path in files.items():
        _emit(path, FORMATS[name][0](judged, settings))
    if os.environ.get(ON_GITHUB) == "true" if annotations is None else annotations:
        # GitHub reads them from both streams; standard output may be a report
        for line in to_annotations(judged, settings):
            click.echo(line, err=True)
    return _status(judged)


def _status(result: MatrixResult) -> int:
    if result.unproved:
        click.echo(result.unproved, err=True)
    if result.interrupted_by:
        return 128 + signal.Signals[result.interrupted_by]
    if result.defects and not result.upstream_changed:
        return 1
    return NOTHING_PLAYED_STATUS if result.unproved else 0


def _shown(text: str) -> str:
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return text
    return coloured(text, lambda part, colour: click.style(part, fg=colour, bold=True))


def _emit(path: Path, text: str) -> None:
    """Write a report to a file, or to standard output."""
    if path == STANDARD_OUTPUT:
        click.echo(text, nl=False)
    else:
        path.write_text(text, encoding="utf-8")
