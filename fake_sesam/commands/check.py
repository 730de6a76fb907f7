"""`fake-sesam check`: checks a route against the JSON pull protocol."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click
import requests
from rich.console import Console

from bench_core.options import ReportPath
from fake_sesam.check import Claims, as_html, as_json, as_junit, as_table, check_route

__all__ = ["check"]

EMPTY = (
    "the route sent no entity, so the rules about entities were not checked. Put records into its source, or accept "
    "this with --allow-empty."
)


@click.command()
@click.argument("url", callback=lambda _ctx, _parameter, value: _checked_url(value))
@click.option("--supports-since", is_flag=True, help="Apply the rules for a pipe with supports_since strictly.")
@click.option("--chronological", is_flag=True, help="Apply the rules for a pipe with is_chronological strictly.")
@click.option("--header", "headers", multiple=True, metavar="NAME:VALUE", help="Send this header with every request.")
@click.option("--timeout", "timeout_s", default=60.0, show_default=True, help="Timeout for each read, in seconds.")
@click.option(
    "--provoke-url", help="Send a PUT request here to break the upstream, and check what the route returns then."
)
@click.option("--provoke-body", default="", help="JSON body that breaks the upstream.")
@click.option("--restore-body", default="", help="JSON body that repairs the upstream.")
@click.option("--allow-empty", is_flag=True, help="Accept a route without entities, whose rules cannot be checked.")
@click.option("--json", "is_json", is_flag=True, help="Print one JSON object.")
@click.option("--junit", type=ReportPath(), help="Write JUnit XML to this file.")
@click.option("--html", type=ReportPath(), help="Write one HTML page to this file.")
def check(
    url: str,
    supports_since: bool,
    chronological: bool,
    headers: tuple[str, ...],
    timeout_s: float,
    provoke_url: str | None,
    provoke_body: str,
    restore_body: str,
    allow_empty: bool,
    is_json: bool,
    junit: Path | None,
    html: Path | None,
) -> None:
    """Pull a route and print one line for each rule.

    Exit status: 0 no rule is broken, 1 at least one is, 2 wrong arguments, or a route without entities.
    """
    claims = Claims(
        supports_since=supports_since,
        is_chronological=chronological,
        headers=dict(_header(text) for text in headers),
        timeout_s=timeout_s,
        provoke=_putter(provoke_url, provoke_body) if provoke_url else None,
        restore=_putter(provoke_url, restore_body) if provoke_url and restore_body else None,
    )
    results = check_route(url, claims)
    if is_json:
        click.echo(as_json(url, results))
    else:
        Console().print(as_table(url, results))
    if junit is not None:
        junit.write_text(as_junit(url, results), "utf-8")
    if html is not None:
        html.write_text(as_html(url, results, made_at=datetime.now(UTC)), "utf-8")
    if any(result.outcome == "fail" for result in results):
        sys.exit(1)
    if not allow_empty and any((result.rule, result.outcome) == ("entities", "skip") for result in results):
        click.echo(EMPTY, err=True)
        sys.exit(2)


def _checked_url(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise click.BadParameter(
            f"expected the address of a route, such as http://localhost:5000/get_contacts, got {url!r}"
        )
    return url


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon:
        raise click.UsageError(f"expected NAME:VALUE as a header, got {text!r}")
    return name.strip(), value.strip()


def _putter(url: str, body: str) -> Callable[[], None]:
    def put() -> None:
        response = requests.put(url, data=body, headers={"Content-Type": "application/json"}, timeout=10)
        response.raise_for_status()

    return put
