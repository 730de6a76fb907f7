"""The command line: one module for each command; it parses, calls and sets the exit status."""

import click

from bench_core.errors import CoreError
from bench_core.listener import ListenError
from contract_bench.commands.demo import demo
from contract_bench.commands.ledger import ledger
from contract_bench.commands.lint import lint
from contract_bench.commands.matrix import matrix
from contract_bench.commands.record import record
from contract_bench.commands.replay import replay
from contract_bench.commands.scenario import scenario
from contract_bench.commands.up import up
from contract_bench.commands.verify import verify
from contract_bench.errors import BenchError
from fake_sesam import FakeSesamError

__all__ = ["main"]

EXPLAINED = (BenchError, CoreError, FakeSesamError, ListenError)


class ExplainingGroup(click.Group):
    """A group whose commands end with status 2 and one readable message for an expected error."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; print the errors of the bench and of the roles as a message."""
        try:
            return super().invoke(ctx)
        except EXPLAINED as error:
            click.echo(f"contract-bench: {error}", err=True)
            ctx.exit(2)


@click.group(cls=ExplainingGroup)
@click.version_option(package_name="contract-bench")
def main() -> None:
    """Build, break and prove a Sesam connector for HubSpot, without Sesam and without a HubSpot account."""


for command in (demo, ledger, lint, matrix, record, replay, scenario, up, verify):
    main.add_command(command)
