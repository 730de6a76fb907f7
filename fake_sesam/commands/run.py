"""`fake-sesam run`: runs pipes once and prints progress, a summary and the start of the dataset."""

import json
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bench_core.names import no_such
from bench_core.progress import Progress
from bench_core.text import counted
from fake_sesam.commands.node_options import CONFIGURATION_STATUS, node_options, open_node, show_invalid, with_project
from fake_sesam.commands.watching import watched
from fake_sesam.dataset.hashing import encode
from fake_sesam.errors import FakeSesamError
from fake_sesam.node import Node
from fake_sesam.pump import PumpResult

__all__ = ["run"]

ROWS_SHOWN = 5
LOG_LINES_SHOWN = 10
ID_WIDTH = 40  # longer ids are wrapped, never cut
FRAME_WIDTH = 10  # the borders and padding of three columns


@click.command()
@node_options
@click.argument("pipes", nargs=-1, metavar="[PIPE]...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per pipe and nothing else.")
@click.option("--watch", is_flag=True, help="Run again whenever a file of the node or of its connector changes.")
@click.option("--rescan", "is_rescan", is_flag=True, help="Read everything, whatever the stored offset.")
def run(pipes: tuple[str, ...], as_json: bool, is_rescan: bool, watch: bool, **options: Any) -> None:
    """Run pipes once (without PIPE: all that have a pump) and print the result.

    A pipe whose configuration has errors is named and left out; the others run.

    Exit status: 0 every pump completed, 1 a pump failed, 2 a pipe that was asked for cannot run.
    """
    options = with_project(options)
    do = partial(_run_once, pipes, options, as_json=as_json, is_rescan=is_rescan)
    sys.exit(watched(do, options, is_watching=watch))


def _run_once(pipes: tuple[str, ...], options: dict[str, Any], *, as_json: bool, is_rescan: bool) -> int:
    console = Console(soft_wrap=True)
    with open_node(options) as node:
        show_invalid(node)
        invalid = node.configuration.current.invalid_pipes
        unknown = [pipe_id for pipe_id in pipes if pipe_id not in {*node.pipes, *invalid}]
        if unknown:
            raise click.UsageError("\n".join(no_such("pipe", name, node.pipes) for name in unknown))
        _refuse_unknown_systems(node)
        chosen = pipes or sorted(pipe.id for pipe in node.pipes.values() if pipe.is_pumped)
        runnable = [pipe_id for pipe_id in chosen if pipe_id in node.pipes]
        if not chosen:
            if not invalid:  # they have been named, with the reasons
                click.echo(_nothing_to_run(node, options["node_dir"]), err=True)
            return CONFIGURATION_STATUS
        is_ok = [_run(node, pipe_id, console, as_json=as_json, is_rescan=is_rescan) for pipe_id in runnable]
        has_errors = any(problem.level == "error" for problem in node.configuration.problems)
    if has_errors if not pipes else len(runnable) < len(chosen):
        return CONFIGURATION_STATUS
    return 0 if all(is_ok) else 1


def _nothing_to_run(node: Node, node_dir: Path) -> str:
    found = f"{counted(len(node.pipes), 'pipe')} without a pump" if node.pipes else "no pipe"
    step = "Entities are posted to these pipes, see fake-sesam serve" if node.pipes else "Put a pipe in pipes/"
    return f"nothing was run: {node_dir} has {found} and {counted(len(node.systems), 'system')}. {step}."


def _refuse_unknown_systems(node: Node) -> None:
    """Exit with status 2 if an option names an unknown system; a typo would start its container instead."""
    system_ids = {str(file.content.get("_id")) for file in node.configuration.current.files if file.is_system}
    unknown = sorted({*node.options.system_urls, *node.options.system_commands} - system_ids)
    if unknown:
        raise click.UsageError("\n".join(no_such("system", name, system_ids) for name in unknown))


def _run(node: Node, pipe_id: str, console: Console, *, as_json: bool, is_rescan: bool) -> bool:
    try:
        with Progress(pipe_id, unit="entities", is_shown=not as_json) as progress:
            result = node.run_pipe(pipe_id, on_progress=progress, is_rescan=is_rescan)
    except FakeSesamError as error:
        click.echo(f"{pipe_id}: {node.configuration.redact(str(error))}", err=True)
        return False
    if as_json:
        click.echo(encode(_as_json(result)).decode())
    else:
        _show(node, result, console)
    return result.ok


def _show(node: Node, result: PumpResult, console: Console) -> None:
    rate = result.processed / result.seconds if result.seconds else 0
    state = "completed" if result.ok else "FAILED"
    counts = f"{result.processed:,} processed, {result.changed:,} changed, {result.deleted:,} deleted"
    console.print(
        Text(f"{result.pipe}: {state}, {result.sync_type}, {counts} in {result.seconds:.2f} s ({rate:,.0f}/s)")
    )
    if result.error:
        console.print(Text(f"  {result.error}"))
        _show_log_tail(node, result.pipe, console)
    dataset = node.sink_dataset(result.pipe)
    rows = list(dataset.entities(limit=ROWS_SHOWN))
    if rows:
        console.print(_preview(dataset.name, dataset.count, rows, width=console.width), soft_wrap=False)


def _show_log_tail(node: Node, pipe_id: str, console: Console) -> None:
    system_id = node.pipe(pipe_id).source.system_id
    if system_id in node.systems:
        for line in node.runner(system_id).log_lines()[-LOG_LINES_SHOWN:]:
            console.print(Text(f"  {system_id}| {node.configuration.redact(line)}"))


def _preview(name: str, count: int, rows: Sequence[dict[str, Any]], *, width: int) -> Table:
    table = Table(title=Text(f"dataset {name}: {count:,} entities"), title_justify="left")
    id_width = max(len("_id"), min(max(len(row["_id"]) for row in rows), ID_WIDTH))
    updated_width = max(len("_updated"), len(str(rows[-1]["_updated"])))
    # rich keeps all columns whole only if everything fits; the properties get the remaining width.
    left = max(width - id_width - updated_width - FRAME_WIDTH, len("properties"))
    table.add_column("_id", overflow="fold", width=id_width)
    table.add_column("_updated", no_wrap=True, width=updated_width)
    table.add_column("properties", overflow="ellipsis", no_wrap=True, max_width=left)
    for row in rows:
        table.add_row(Text(row["_id"]), Text(str(row["_updated"])), Text(_properties(row)))
    return table


def _properties(row: dict[str, Any], prefix: str = "") -> str:
    """Return `name: value, other.name: value`, without null, empty and internal properties."""
    shown = []
    for name, value in row.items():
        if isinstance(value, dict):
            shown.append(_properties(value, f"{prefix}{name}."))
        elif value not in (None, "", []) and not name.startswith("_"):
            text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
            shown.append(f"{prefix}{name}: {' '.join(text.split())}")
    return ", ".join(part for part in shown if part)


def _as_json(result: PumpResult) -> dict[str, Any]:
    names = ("pipe", "ok", "sync_type", "processed", "changed", "deleted", "seconds", "error", "offset")
    return {**{name: getattr(result, name) for name in names}, "events": list(result.events)}
