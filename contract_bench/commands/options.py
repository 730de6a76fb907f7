"""The options that several commands share."""

import click
from click.core import ParameterSource

from bench_core.project import Project
from contract_bench.roles.connector import DEFAULT_ROUTE
from contract_bench.roles.connector_spec import CONNECTOR_HELP, DEFAULT_CONNECTOR, ConnectorSpecError, parse_connector

__all__ = ["connector_option", "contacts_beside", "environment_option", "pairs", "route_option"]


def pairs(context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """Read variables spelled NAME=VALUE; those of the project's configuration come first."""
    for value in values:
        if "=" not in value:
            raise click.BadParameter(f"expected NAME=VALUE, got {value!r}")
    given = {name: text for name, _, text in (value.partition("=") for value in values)}
    project = context.find_object(Project)
    return {**(project.environment if project else {}), **given}


def announced(_context: click.Context, _option: click.Parameter, text: str) -> str:
    """Check `--connector` and say on standard error how it was understood."""
    try:
        spec = parse_connector(text)
    except ConnectorSpecError as error:
        raise click.BadParameter(str(error)) from error
    click.echo(f"connector: {spec.description}", err=True)
    return text


def contacts_beside(context: click.Context, seed_files: tuple[str, ...], contacts: int) -> int | None:
    """Return the number of contacts to generate: none beside those of files, unless the user asks for them."""
    is_default = context.get_parameter_source("contacts") is ParameterSource.DEFAULT
    return None if seed_files and is_default else contacts


connector_option = click.option(
    "--connector", default=DEFAULT_CONNECTOR, show_default=True, callback=announced, help=CONNECTOR_HELP
)
route_option = click.option("--route", default=DEFAULT_ROUTE, show_default=True, help="The route that Sesam reads.")
environment_option = click.option(
    "--env", "environment", multiple=True, callback=pairs, help="NAME=VALUE for the connector; may be repeated."
)
