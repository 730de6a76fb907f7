"""`contract-bench record`."""

import os
from dataclasses import replace
from pathlib import Path

import click

from bench_core.options import NameChoice
from bench_core.progress import Progress
from contract_bench.cassettes.errors import CassetteError
from contract_bench.cassettes.record import SCENARIOS, RecordOptions
from contract_bench.cassettes.record import record as record_scenario
from contract_bench.cassettes.record.recorder import HUBSPOT
from contract_bench.commands.options import connector_option
from contract_bench.roles.driven_connector import PIPE, SYSTEM, ConnectorOptions

__all__ = ["record"]

HOW_TO_GET_ONE = """\
no token: the environment variable {variable} is empty.

To record from HubSpot you need the access token of a private app:
  1. In HubSpot: Settings > Integrations > Private Apps > Create (a free developer test account is enough).
  2. Give it only the scope crm.objects.contacts.read: recording only reads.
  3. Show the token (it begins with pat-) and put it into the environment, not on the command line:
       read -rs {variable} && export {variable}
  4. contract-bench record --token-env {variable} --scenario all

To try it without an account, record from the fake:
  fake-hubspot serve --port 8400      (it prints its token)
  contract-bench record --base-url http://127.0.0.1:8400 --scenario full-walk\
"""


class TokenMissingError(CassetteError):
    """There is no token for recording."""

    def __init__(self, variable: str) -> None:
        super().__init__(HOW_TO_GET_ONE.format(variable=variable))
        self.variable = variable


@click.command()
@click.option("--token-env", default="HUBSPOT_TOKEN", show_default=True, help="The variable that holds the token.")
@click.option("--scenario", type=NameChoice("scenario", [*SCENARIOS, "all"]), default="full-walk", show_default=True)
@click.option("--max-pages", type=click.IntRange(min=1), help="Stop after this many pages of a walk.")
@click.option("--base-url", default=HUBSPOT, show_default=True, help="The HubSpot to record from.")
@connector_option
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port of the recorder; 0 takes a free one.")
@click.option("--object-type", default="contacts", show_default=True)
@click.option("--node-dir", type=click.Path(path_type=Path), default=Path("node"), show_default=True)
@click.option("--pipe", default=PIPE, show_default=True, help="The pipe that pulls.")
@click.option("--system", default=SYSTEM, show_default=True, help="The system that is the connector.")
@click.option("--output", type=click.Path(path_type=Path), default=Path("cassettes"), show_default=True)
def record(
    token_env: str,
    scenario: str,
    max_pages: int | None,
    base_url: str,
    connector: str,
    port: int,
    object_type: str,
    node_dir: Path,
    pipe: str,
    system: str,
    output: Path,
) -> None:
    """Record HubSpot's responses to a connector, redacted and safe to commit.

    A failed recording does not change the old cassette.
    """
    token = os.environ.get(token_env, "").strip()
    if not token:
        raise TokenMissingError(token_env)
    options = RecordOptions(
        token=token,
        base_url=base_url,
        port=port,
        on_listening=lambda url: click.echo(f"recording at {url}; this is HubSpot's address for the connector"),
        max_pages=max_pages,
        directory=output,
        object_type=object_type,
        connector=ConnectorOptions(node_dir=node_dir, connector=connector, system=system, pipe=pipe),
    )
    for name in SCENARIOS if scenario == "all" else [scenario]:
        with Progress(f"recording {name}", unit="requests") as progress:
            recording = record_scenario(name, replace(options, on_recorded=progress.advance))
        click.echo(
            f"{recording.path}: {recording.evidence.interactions} interactions, {recording.evidence.origin.sentence}"
        )
