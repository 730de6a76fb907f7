"""`contract-bench demo`."""

from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console

from bench_core.options import NameChoice, seed_file_option
from contract_bench.commands.options import contacts_beside
from contract_bench.demo import run_demo, run_scenario
from contract_bench.roles.loop import LoopSettings
from fake_hubspot import SCENARIOS, absolute_seed_file

__all__ = ["demo"]


@click.command()
@click.option(
    "--scenario",
    type=NameChoice("scenario", SCENARIOS, listed_by="fake-hubspot scenarios"),
    help="Run one scenario instead of the whole tour.",
)
@click.option("--contacts", type=click.IntRange(min=0), default=250, show_default=True, help="Contacts in the portal.")
@seed_file_option(absolute_seed_file)
@click.option(
    "--node-dir",
    type=click.Path(path_type=Path),
    default=Path("node"),
    show_default=True,
    help="The Sesam configuration to run.",
)
@click.pass_context
def demo(ctx: click.Context, scenario: str | None, contacts: int, seed_files: tuple[str, ...], node_dir: Path) -> None:
    """Run a fake HubSpot, the real connector and a fake Sesam node together on this machine.

    With --scenario the exit status is 0 if the pump completed and 1 if it failed.
    """
    console = Console(highlight=False)
    settings = LoopSettings(
        node_dir=node_dir, contacts=contacts_beside(ctx, seed_files, contacts), seed_files=seed_files
    )
    if scenario is None:
        succeeded = run_demo(console, settings)
    else:
        succeeded = run_scenario(console, replace(settings, scenario=scenario))
    ctx.exit(0 if succeeded else 1)
