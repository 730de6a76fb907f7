"""``contract-bench scenario``."""

from collections.abc import Mapping
from pathlib import Path

import click

from contract_bench.commands.matrix import pairs
from contract_bench.convergence import Roles, Scenario, Stage, read_scenario
from contract_bench.matrix.subject import DEFAULT_CONNECTOR, DEFAULT_ENVIRONMENT, DEFAULT_ROUTE, Subject

__all__ = ["scenario"]


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--connector", default=DEFAULT_CONNECTOR, show_default=True, help="The command that starts it.")
@click.option("--route", default=DEFAULT_ROUTE, show_default=True, help="What Sesam reads.")
@click.option("--env", "environment", multiple=True, callback=pairs, help="NAME=VALUE for the connector.")
@click.pass_context
def scenario(ctx: click.Context, file: Path, connector: str, route: str, environment: Mapping[str, str]) -> None:
    """Play a scenario file step by step, let everything recover, and compare the dataset with the account.

    The exit status is 1 where something does not hold.
    """
    problems = play(read_scenario(file), Subject(connector, route, {**DEFAULT_ENVIRONMENT, **environment}))
    click.echo("; ".join(problems) or "when all was quiet again, the dataset was the account")
    ctx.exit(1 if problems else 0)


def play(wanted: Scenario, subject: Subject) -> list[str]:
    """Play every step and print it; return what did not hold."""
    problems: list[str] = []
    with Roles(subject) as roles, Stage(roles, contacts=wanted.contacts) as stage:
        for number, step in enumerate(wanted.steps, start=1):
            found = stage.play(dict(step))
            click.echo(f"{number:>3} {step}{': ' + '; '.join(found) if found else ''}")
            problems += found
        return problems + stage.quiesce()
