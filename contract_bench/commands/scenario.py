"""`contract-bench scenario`."""

from collections.abc import Mapping
from pathlib import Path

import click

from contract_bench.commands.options import connector_option, environment_option, route_option
from contract_bench.convergence import Processes, Scenario, ScenarioRunner, read_scenario
from contract_bench.roles.connector import DEFAULT_ENVIRONMENT, ConnectorUnderTest

__all__ = ["scenario"]


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@connector_option
@route_option
@environment_option
@click.pass_context
def scenario(ctx: click.Context, file: Path, connector: str, route: str, environment: Mapping[str, str]) -> None:
    """Play a scenario file step by step, let everything recover, and compare the dataset with the account.

    The exit status is 1 if a law does not hold.
    """
    problems = play(read_scenario(file), ConnectorUnderTest(connector, route, {**DEFAULT_ENVIRONMENT, **environment}))
    click.echo("; ".join(problems) or "after recovery the dataset matched the account")
    ctx.exit(1 if problems else 0)


def play(wanted: Scenario, connector: ConnectorUnderTest) -> list[str]:
    """Play every step and print it; return the laws that did not hold."""
    problems: list[str] = []
    with Processes(connector) as processes, ScenarioRunner(processes, contacts=wanted.contacts) as runner:
        for number, step in enumerate(wanted.steps, start=1):
            found = runner.play(dict(step))
            click.echo(f"{number:>3} {step}{': ' + '; '.join(found) if found else ''}")
            problems += found
        return problems + runner.quiesce()
