"""`contract-bench demo`."""

from pathlib import Path

import click
from rich.console import Console

from bench_core.options import NameChoice
from contract_bench.demo import run_demo, run_scenario
from fake_hubspot import SCENARIOS

__all__ = ["demo"]


@click.command()
@click.option(
    "--scenario",
    type=NameChoice("scenario", SCENARIOS, listed_by="fake-hubspot scenarios"),
    help="Run one scenario instead of the whole tour.",
)
@click.option("--contacts", type=click.IntRange(min=0), default=250, show_default=True, help="Contacts in the portal.")
@click.option(
    "--node-dir",
    type=click.Path(path_type=Path),
    default=Path("node"),
    show_default=True,
    help="The Sesam configuration to run.",
)
@click.pass_context
def demo(ctx: click.Context, scenario: str | None, contacts: int, node_dir: Path) -> None:
    """Run a fake HubSpot, the real connector and a fake Sesam node together on this machine.

    With --scenario the exit status is 0 if the pump completed and 1 if it failed.
    """
    console = Console(highlight=False)
    if scenario is None:
        succeeded = run_demo(console, contacts=contacts, node_dir=node_dir)
    else:
        succeeded = run_scenario(console, scenario, contacts=contacts, node_dir=node_dir)
    ctx.exit(0 if succeeded else 1)
