"""`contract-bench replay`."""

from pathlib import Path

import click

from bench_core.listener import serve_in_foreground
from contract_bench.cassettes.dialects import read_cassette
from contract_bench.cassettes.evidence import origin_of
from contract_bench.cassettes.record.on_miss import RecordOnMiss
from contract_bench.cassettes.replay import ReplayApp, ReplayOptions
from contract_bench.cassettes.usage import note_played
from contract_bench.errors import NothingToCheckError

__all__ = ["replay"]


@click.command()
@click.argument("cassette", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8401, show_default=True, help="0 takes a free port.")
@click.option("--once", is_flag=True, help="Play each interaction only once.")
@click.option("--keep-links", is_flag=True, help="Do not rewrite links to the recorded host.")
@click.option("--no-gzip", is_flag=True, help="Never compress responses.")
@click.option(
    "--record-on-miss", metavar="URL", help="Forward unrecorded requests to this HubSpot and add them to the cassette."
)
def replay(
    cassette: Path, host: str, port: int, once: bool, keep_links: bool, no_gzip: bool, record_on_miss: str | None
) -> None:
    """Serve a cassette in vcrpy's or Ruby VCR's format over HTTP.

    The response to an unrecorded request is 501 with the nearest recorded request.
    """
    options = ReplayOptions(
        repeats=not once,
        keep_links=keep_links,
        gzip=not no_gzip,
        on_miss=None if record_on_miss is None else RecordOnMiss(cassette, record_on_miss),
        on_played=lambda index: note_played(cassette, index),
    )
    interactions = read_cassette(cassette).interactions
    if not interactions and record_on_miss is None:
        raise NothingToCheckError("recorded interactions", str(cassette))

    def announce(url: str) -> None:
        click.echo(f"serving {len(interactions)} interactions of {cassette} ({origin_of(cassette).sentence})")
        click.echo(f"  {url}")
        if interactions:
            click.echo(f"  curl --compressed '{url}{interactions[0].request.target}'")

    serve_in_foreground(ReplayApp(interactions, options), host=host, port=port, on_start=announce)
