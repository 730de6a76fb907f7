"""`fake-sesam schema`: the JSON Schema of configuration files."""

import json
from pathlib import Path

import click

from bench_core.options import ReportPath
from fake_sesam.config.schema import SCHEMAS, configuration_schema

__all__ = ["schema"]


@click.command()
@click.argument("what", type=click.Choice(SCHEMAS), default="any")
@click.option("--strict", is_flag=True, help="Refuse unknown properties too, about which `validate` warns.")
@click.option("-o", "--output", type=ReportPath(allow_dash=True), default="-", help="Where to write it.")
def schema(what: str, strict: bool, output: Path) -> None:
    """Print the JSON Schema of pipes, systems and node metadata, for editors.

    WHAT is `any` (decided by the `type` in the file), `pipe`, `system` or `metadata`.
    """
    text = json.dumps(configuration_schema(what, strict=strict), indent=2)
    if str(output) == "-":
        click.echo(text)
    else:
        output.write_text(f"{text}\n", encoding="utf-8")
