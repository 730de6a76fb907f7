"""The command line: one command a module; it parses, calls and sets the exit status, nothing more."""

from pathlib import Path

import click
from rich.console import Console

from bench_core.listener import ListenError
from contract_bench.commands.ledger import ledger
from contract_bench.commands.lint import lint
from contract_bench.commands.matrix import matrix
from contract_bench.commands.record import record
from contract_bench.commands.replay import replay
from contract_bench.commands.scenario import scenario
from contract_bench.commands.verify import verify
from contract_bench.demo import run_demo, run_scenario
from contract_bench.errors import BenchError
from fake_hubspot import SCENARIOS, FakeHubSpotError
from fake_sesam import FakeSesamError

__all__ = ["main"]

EXPLAINED = (BenchError, FakeHubSpotError, FakeSesamError, ListenError)


class ExplainingGroup(click.Group):
    """A group whose commands end with status 2 and one readable message where something expected goes wrong."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; turn the errors of the bench and of the roles into a message."""
        try:
            return super().invoke(ctx)
        except EXPLAINED as error:
            click.echo(f"contract-bench: {error}", err=True)
            ctx.exit(2)


@click.group(cls=ExplainingGroup)
@click.version_option(package_name="contract-bench")
def main() -> None:
    """Build, break and prove a Sesam connector for HubSpot, without Sesam and without a HubSpot account."""


@main.command()
@click.option("--scenario", type=click.Choice(sorted(SCENARIOS)), help="Run one scenario; without it, the whole tour.")
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
    """Run the main job: a fake HubSpot, the real connector and a fake Sesam node, all on this machine.

    With --scenario the exit status is 0 where the pump completed and 1 where it failed.
    """
    console = Console(highlight=False)
    if scenario is None:
        succeeded = run_demo(console, contacts=contacts, node_dir=node_dir)
    else:
        succeeded = run_scenario(console, scenario, contacts=contacts, node_dir=node_dir)
    ctx.exit(0 if succeeded else 1)


main.add_command(ledger)
main.add_command(lint)
main.add_command(matrix)
main.add_command(record)
main.add_command(replay)
main.add_command(scenario)
main.add_command(verify)
