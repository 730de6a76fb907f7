"""The command line. Exit status: 0 done, 1 a pump failed, 2 the configuration or the call is wrong."""

import json
import logging
import signal
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import FrameType
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from fake_sesam.errors import ConfigurationError, FakeSesamError
from fake_sesam.node import Node
from fake_sesam.options import NodeOptions
from fake_sesam.pump import PumpResult

__all__ = ["main"]

CONFIGURATION_STATUS = 2


class _Pairs(click.ParamType[tuple[str, str]]):
    """``NAME=VALUE``."""

    name = "NAME=VALUE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        name, equals, content = str(value).partition("=")
        if not equals or not name:
            self.fail(f"expected NAME=VALUE, got {value!r}", param, ctx)
        return name, content


def node_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say how a node runs."""
    path = click.Path(path_type=Path)
    options = [
        click.argument("node_dir", type=click.Path(exists=True, file_okay=False, path_type=Path)),
        click.option(
            "--data-dir",
            type=path,
            envvar="FAKE_SESAM_DATA_DIR",
            help="Where datasets live. Default: NODE_DIR/.fake-sesam.",
        ),
        click.option(
            "--system-url", "system_urls", type=_Pairs(), multiple=True, help="ID=URL: the system already runs there."
        ),
        click.option(
            "--system-command", "system_commands", type=_Pairs(), multiple=True, help="ID=COMMAND: start the system so."
        ),
        click.option("--env", "env", type=_Pairs(), multiple=True, help="NAME=VALUE of an $ENV; wins over the file."),
        click.option("--env-file", type=path, envvar="FAKE_SESAM_ENV_FILE", help="Default: NODE_DIR/test-env.json."),
        click.option(
            "--secrets",
            "secrets_file",
            type=path,
            envvar="FAKE_SESAM_SECRETS",
            help="JSON file of secrets. Or: SESAM_SECRET_<NAME>.",
        ),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@click.group()
@click.option("-v", "--verbose", is_flag=True, help="Log what happens to standard error.")
def cli(verbose: bool) -> None:
    """A small Sesam node that runs a real node's configuration on this machine."""
    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.WARNING, format="%(levelname)s %(name)s: %(message)s", force=True
    )


@cli.command()
@node_options
@click.argument("pipes", nargs=-1, metavar="[PIPE]...")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each pipe and nothing else.")
def run(pipes: tuple[str, ...], as_json: bool, **options: Any) -> None:
    """Run pipes once (all of them where none is named) and say what came of it."""
    console = Console(soft_wrap=True)
    with _node(options) as node:
        unknown = [pipe_id for pipe_id in pipes if pipe_id not in node.pipes]
        if unknown:
            raise click.UsageError(f"no such pipe: {', '.join(unknown)}; known pipes: {', '.join(sorted(node.pipes))}")
        results = [_run_pipe(node, pipe_id, console, as_json=as_json) for pipe_id in pipes or sorted(node.pipes)]
    sys.exit(0 if all(result.ok for result in results) else 1)


@cli.command()
@node_options
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=9042, show_default=True, help="0 takes a free port.")
@click.option("--require-jwt", is_flag=True, help="Answer only requests with the token that is printed at start.")
def serve(host: str, port: int, require_jwt: bool, **options: Any) -> None:
    """Serve the node's API under /api, and /health."""
    from fake_sesam.server import serve_forever

    # A server that is told to stop has done its work: status 0, where a run that is cut short ends with 128 + 15.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with _node(options) as node:
        serve_forever(node, host=host, port=port, announce=click.echo, requires_token=require_jwt)


def main() -> None:
    """Run the command line."""
    signal.signal(signal.SIGTERM, _exit_on_signal)
    cli.main(prog_name="fake-sesam")


def _exit_on_signal(number: int, _frame: FrameType | None) -> None:
    """End by exception, so that microservices that were started are stopped."""
    sys.exit(128 + number)


def _node(options: dict[str, Any]) -> Node:
    node_options = NodeOptions(
        data_dir=options["data_dir"],
        system_urls=dict(options["system_urls"]),
        system_commands=dict(options["system_commands"]),
        environment=dict(options["env"]),
        env_file=options["env_file"],
        secrets_file=options["secrets_file"],
    )
    try:
        return Node(options["node_dir"], node_options)
    except ConfigurationError as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        sys.exit(CONFIGURATION_STATUS)


def _run_pipe(node: Node, pipe_id: str, console: Console, *, as_json: bool) -> PumpResult:
    columns = (SpinnerColumn(), TextColumn("{task.description} {task.completed:,.0f} entities"), TimeElapsedColumn())
    with Progress(
        *columns, console=Console(stderr=True), transient=True, disable=as_json or not sys.stderr.isatty()
    ) as bar:
        task = bar.add_task(pipe_id, total=None)
        result = node.run_pipe(pipe_id, on_progress=lambda count: bar.update(task, completed=count))
    if as_json:
        click.echo(json.dumps(_as_json(result), default=str))
    else:
        _print_result(node, result, console)
    return result


def _print_result(node: Node, result: PumpResult, console: Console) -> None:
    rate = result.processed / result.seconds if result.seconds else 0
    state = "completed" if result.ok else "FAILED"
    console.print(
        f"{result.pipe}: {state}, {result.sync_type}, {result.processed:,} processed, {result.changed:,} changed, "
        f"{result.deleted:,} deleted in {result.seconds:.2f} s ({rate:,.0f} entities/s)",
        highlight=False,
        markup=False,
    )
    if result.error:
        console.print(f"  {result.error}", highlight=False, markup=False)
        _print_log_tail(node, result.pipe, console)
    dataset = node.sink_dataset(result.pipe)
    rows = list(dataset.entities(limit=5))
    if rows:
        console.print(_preview(dataset.name, dataset.count, rows))


def _print_log_tail(node: Node, pipe_id: str, console: Console) -> None:
    system_id = node.pipe(pipe_id).source.system_id
    lines: list[str] = []
    if system_id and node.systems[system_id].is_microservice:
        try:
            lines = node.runner(system_id).log_lines()[-10:]
        except FakeSesamError:
            return
    for line in lines:
        console.print(f"  {system_id}| {node.redact(line)}", highlight=False, markup=False)


def _preview(name: str, count: int, rows: Iterable[dict[str, Any]]) -> Table:
    table = Table(title=f"{name}: {count:,} entities", title_justify="left")
    for column in ("_id", "_updated", "entity"):
        table.add_column(column, overflow="ellipsis", no_wrap=True)
    for row in rows:
        body = {key: value for key, value in row.items() if not key.startswith("_")}
        table.add_row(str(row["_id"]), str(row["_updated"]), json.dumps(body, default=str, ensure_ascii=False))
    return table


def _as_json(result: PumpResult) -> dict[str, Any]:
    names = ("pipe", "ok", "sync_type", "processed", "changed", "deleted", "seconds", "error", "offset")
    return {**{name: getattr(result, name) for name in names}, "events": list(result.events)}
