"""`contract-bench up`: the whole workbench, to be watched."""

import signal
import time
import webbrowser
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from bench_core.options import NameChoice, line_options, open_lines, seed_file_option
from contract_bench.commands.options import connector_option, contacts_beside, environment_option
from contract_bench.roles.workbench import Workbench, WorkbenchSettings
from fake_hubspot import SCENARIOS, absolute_seed_file

__all__ = ["up"]

PORT = click.IntRange(0, 65535)
SOURCE_WIDTH = 9  # of `connector`
# Short: a signal that comes just before a sleep begins is noticed when it ends.
A_WHILE_S = 0.5
DEFAULTS = WorkbenchSettings()


@click.command()
@click.argument("node_dir", type=click.Path(path_type=Path), default=DEFAULTS.node_dir)
@connector_option
@click.option("--system", default="", help="The system that the connector is, if there are several microservices.")
@environment_option
@click.option(
    "--contacts", type=click.IntRange(0), default=DEFAULTS.contacts, show_default=True, help="Contacts in the account."
)
@seed_file_option(absolute_seed_file)
@click.option(
    "--scenario",
    type=NameChoice("scenario", SCENARIOS, listed_by="fake-hubspot scenarios"),
    default=DEFAULTS.scenario,
    show_default=True,
    help="How HubSpot behaves.",
    metavar="NAME",
)
@click.option(
    "--hubspot-port", type=PORT, default=DEFAULTS.hubspot_port, show_default=True, help="0 takes a free port."
)
@click.option("--node-port", type=PORT, default=DEFAULTS.node_port, show_default=True, help="0 takes a free port.")
@click.option(
    "--data-dir", type=click.Path(path_type=Path), help="Keep the node's datasets here. Default: only until the end."
)
@click.option("--open", "is_opened", is_flag=True, help="Open the pages in a browser.")
@line_options
@click.pass_context
def up(
    context: click.Context,
    /,
    *,
    node_dir: Path,
    connector: str,
    system: str,
    environment: Mapping[str, str],
    contacts: int,
    seed_files: tuple[str, ...],
    scenario: str,
    hubspot_port: int,
    node_port: int,
    data_dir: Path | None,
    is_opened: bool,
    log_format: str,
    is_quiet: bool,
) -> None:
    """Run a fake HubSpot, the connector and a fake Sesam node until you stop them, and print what each does.

    NODE_DIR is the Sesam configuration to run. Both fakes have pages for a browser; the addresses are printed first.
    Pipes run on their schedules, and when you start them.
    """
    settings = WorkbenchSettings(
        node_dir=node_dir,
        connector=connector,
        system=system,
        environment=environment,
        contacts=contacts_beside(context, seed_files, contacts),
        seed_files=seed_files,
        scenario=scenario,
        hubspot_port=hubspot_port,
        node_port=node_port,
        data_dir=data_dir,
    )
    try:
        with (
            ended_by_signals(),
            open_lines(log_format, is_quiet=is_quiet, source_width=SOURCE_WIDTH) as lines,
            Workbench(settings, lines) as bench,
        ):
            click.echo(announcement(bench))
            with bench.connector_starting():
                if is_opened:
                    webbrowser.open(bench.node_page)
                while True:
                    time.sleep(A_WHILE_S)
    except KeyboardInterrupt:
        click.echo("stopped: the fake HubSpot, the node and the connector")


def announcement(bench: Workbench) -> str:
    """Return the addresses, and what to try first."""
    rows = [
        ("fake HubSpot", bench.hubspot_page, f"token {bench.hubspot.token}"),
        ("fake Sesam node", bench.node_page, f"API at {bench.node_url}/api"),
        ("connector", bench.settings.connector, f"the node's system {bench.system.id}"),
    ]
    first, second = (max(len(row[at]) for row in rows) for at in (0, 1))
    shown = [f"{name:{first}}  {where:{second}}  {more}" for name, where, more in rows]
    shown.append(f"{'run a pipe':{first}}  {bench.run_command()}")
    return "\n".join([*shown, "Ctrl-C ends all of them", ""])


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end the command as Ctrl-C does, unless somebody handles or ignores them already."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    free = [number for number in map(signal.Signals.__getitem__, names) if signal.getsignal(number) is signal.SIG_DFL]
    for number in free:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in free:
            signal.signal(number, signal.SIG_DFL)
