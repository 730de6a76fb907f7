"""`contract-bench schema`."""

import json

import click

from bench_core.project import project_schema, project_table

__all__ = ["schema"]


@click.command()
@click.option("--markdown", is_flag=True, help="Print the keys as a Markdown table for the reference.")
def schema(markdown: bool) -> None:
    """Print the JSON Schema of contract-bench.toml, for editors."""
    click.echo(project_table() if markdown else json.dumps(project_schema(), indent=2))
