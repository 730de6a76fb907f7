"""The command line: `serve`, what it can serve (`scenarios`, `faults`), and what it is (`evidence`, `coverage`).

Each command imports what only it needs, so that `serve` listens within a fraction of a second.
"""

from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from bench_core.collector import without_collector
from bench_core.command_line import CommandLine
from bench_core.listener import ListenError
from bench_core.options import (
    NameChoice,
    ReportPath,
    allow_host_option,
    line_options,
    not_empty,
    open_lines,
    seed_file_option,
    webhook_host_option,
)
from fake_hubspot.errors import UsageError
from fake_hubspot.portal.config import DATA_CENTERS, MAX_LINKED
from fake_hubspot.portal.limits import TIERS
from fake_hubspot.scenarios import SCENARIOS
from fake_hubspot.seeds import absolute_seed_file
from fake_hubspot.settings import Settings

__all__ = ["main"]

# As in `fake_hubspot.evidence`, where a test compares them.
LEVELS = ("recording", "docs", "reader", "assumed")
DEFAULTS = Settings()
LINKED = click.IntRange(0, MAX_LINKED)


class FakeHubSpot(CommandLine):
    """The program `fake-hubspot`."""

    explained = (UsageError, ListenError)


@click.group(cls=FakeHubSpot, name="fake-hubspot")
@click.version_option(package_name="contract-bench", prog_name="fake-hubspot")
def main() -> None:
    """A fake HubSpot with state, faults and a journal."""


@main.command()
@click.option("--host", default=DEFAULTS.host, show_default=True, help="Address to listen on; 0.0.0.0 in a container.")
@click.option(
    "--port", default=8400, show_default=True, type=click.IntRange(0, 65535), help="Port; 0 takes a free one."
)
@click.option(
    "--scenario",
    default=DEFAULTS.scenario,
    show_default=True,
    type=NameChoice("scenario", SCENARIOS, listed_by="fake-hubspot scenarios"),
    metavar="NAME",
    help="How the portal behaves; `fake-hubspot scenarios` lists them.",
)
@click.option("--contacts", type=click.IntRange(0), help="Exact number of contacts. Default: two samples.")
@click.option("--companies", type=LINKED, default=0, help="Generated companies, linked with the contacts.")
@click.option("--deals", type=LINKED, default=0, help="Generated deals, linked with contacts and companies.")
@click.option("--tickets", type=LINKED, default=0, help="Generated tickets, linked with contacts and companies.")
@click.option("--seed", default=DEFAULTS.seed, show_default=True, help="Seed of the random source.")
@seed_file_option(absolute_seed_file)
@click.option("--seed-cassette", type=click.Path(path_type=Path), help="Load the records in a vcrpy cassette.")
@click.option(
    "--token", default=DEFAULTS.token, show_default=True, help="Access token of the default portal.", callback=not_empty
)
@click.option("--portal-id", default=DEFAULTS.portal_id, show_default=True, help="Id of the default portal.")
@click.option(
    "--data-center",
    default=DEFAULTS.data_center,
    show_default=True,
    type=click.Choice(DATA_CENTERS),
    help="Where the account is hosted.",
)
@click.option("--tier", default=DEFAULTS.tier, show_default=True, type=click.Choice(list(TIERS)), help="Rate limits.")
@click.option("--enforce-limits", is_flag=True, help="Answer 429 beyond the tier's limits.")
@click.option("--db", type=click.Path(path_type=Path), help="Keep the portals in this file. Default: in memory.")
@click.option(
    "--control-token",
    envvar="FAKE_HUBSPOT_CONTROL_TOKEN",
    help="Opens /_fake/ to other machines.",
    callback=not_empty,
)
@click.option(
    "--seed-folder",
    "seed_folders",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Requests to /_fake/ may load files in this folder.",
)
@allow_host_option("FAKE_HUBSPOT_ALLOW_HOST")
@webhook_host_option("FAKE_HUBSPOT_WEBHOOK_HOST")
@line_options
@click.pass_context
def serve(context: click.Context, /, log_format: str, is_quiet: bool, **options: Any) -> None:
    """Run the fake until it is stopped, and print a line for each request."""
    given = (name for name in options if context.get_parameter_source(name) is not ParameterSource.DEFAULT)
    settings = Settings(**options, given=tuple(given))
    with without_collector() as has_started, open_lines(log_format, is_quiet=is_quiet) as lines:
        from fake_hubspot.server import serve_forever

        def tell(url: str, token: str) -> None:
            announce(url, token)
            has_started()

        serve_forever(settings, on_start=tell, lines=lines, shows_progress=not is_quiet)
    click.echo("the fake HubSpot has stopped", err=True)


def announce(url: str, token: str) -> None:
    """Print the address of the fake and a command to try."""
    click.echo(f"fake HubSpot listens on {url}")
    click.echo(f"access token: {token}")
    click.echo(f"try: curl -H 'Authorization: Bearer {token}' '{url}/crm/v3/objects/contacts?limit=2'")


@main.command()
@click.option("--url", default="http://localhost:8400", show_default=True, help="The running fake.")
@click.option("--portal", type=int, help="The id of the portal. Default: the default portal.")
@click.option("--type", "types", multiple=True, metavar="TYPE", help="Export only records of this type; repeatable.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["json", "csv", "ndjson"]),
    help="json is a whole account; csv and ndjson hold the records of one type. Default: what the file's name says.",
)
@click.option(
    "-o", "--output", type=ReportPath(allow_dash=True), default="-", help="Where to write. Default: standard output."
)
@click.option(
    "--control-token", envvar="FAKE_HUBSPOT_CONTROL_TOKEN", callback=not_empty, help="The control token of the fake."
)
def export(
    url: str, portal: int | None, types: tuple[str, ...], form: str | None, output: Path, control_token: str | None
) -> None:
    """Write the contents of a running portal to a file that --seed-file reads."""
    from fake_hubspot.exporting import format_of, read_account, written

    form = form or format_of(output)
    if form != "json" and len(types) != 1:
        raise click.UsageError(f"{form} holds records of one type: say which one with --type")
    account = read_account(url, portal=portal, types=types, control_token=control_token)
    text = written(account, form)
    if str(output) == "-":
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8", newline="")
        count = sum(map(len, account.records.values()))
        click.echo(f"{output}: {count} records of {len(account.records)} types", err=True)


@main.command()
def schema() -> None:
    """Print the JSON Schema of account files, for editors."""
    import json

    from fake_hubspot.seeds.account import account_schema

    click.echo(json.dumps(account_schema(), indent=2))


@main.command()
def scenarios() -> None:
    """List the scenarios."""
    for scenario in SCENARIOS.values():
        click.echo(f"{scenario.name:32}{scenario.summary}")


@main.command()
@click.argument("name", required=False)
@click.option("--markdown", is_flag=True, help="Print Markdown for the reference.")
def faults(name: str | None, markdown: bool) -> None:
    """List the faults, or describe one of them."""
    from bench_core.faults.definition import describe_fault
    from bench_core.faults.reference import describe, render_table
    from fake_hubspot.faults.registry import catalogue, find_fault

    if markdown:
        text = render_table(catalogue()).rstrip("\n")
    elif name:
        text = describe(describe_fault(find_fault(name)))
    else:
        text = "\n".join(f"{fault.name:26}{fault.summary}" for fault in catalogue())
    click.echo(text)


@main.command()
@click.option(
    "--level", type=click.Choice(["recording", "docs", "reader", "assumed"]), help="Show only this level of evidence."
)
@click.option("--markdown", is_flag=True, help="Print Markdown for the reference.")
def evidence(level: str | None, markdown: bool) -> None:
    """List the behaviours of the fake and how certain each one is."""
    from fake_hubspot.evidence import chosen, to_markdown, to_text

    click.echo(to_markdown() if markdown else to_text(chosen(level)), nl=not markdown)


@main.command()
@click.option("--state", type=click.Choice(["served", "shallow", "not served"]), help="Show only these operations.")
@click.option("--summary", is_flag=True, help="Print one sentence for each client.")
@click.option("--markdown", is_flag=True, help="Print Markdown for the reference.")
def coverage(state: str | None, summary: bool, markdown: bool) -> None:
    """List the operations of HubSpot's official clients and whether the fake has them."""
    from fake_hubspot.coverage import coverage as compare
    from fake_hubspot.coverage import read_operations, to_markdown, to_summary, to_text
    from fake_hubspot.server import api_routes

    known = read_operations()
    rows = compare(api_routes(), known)
    chosen = [one for one in rows if state in (None, one.state)]
    if summary:
        click.echo(to_summary(rows, known))
        return
    click.echo(to_markdown(rows, known) if markdown else to_text(chosen), nl=not markdown)
