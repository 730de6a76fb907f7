"""`contract-bench ledger`."""

from pathlib import Path

import click

import bench_core
import fake_hubspot
from contract_bench.cassettes.writer import write_text_atomically
from contract_bench.errors import FolderMissingError
from contract_bench.fidelity.gaps import read_gaps
from contract_bench.fidelity.ledger import NEVER, behaviours_in, to_markdown

__all__ = ["ledger"]


@click.command()
@click.option("--gaps", type=click.Path(path_type=Path, dir_okay=False), default=Path("cassettes/gaps.toml"))
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("docs/reference/parity-ledger.md"),
    show_default=True,
)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if the page is out of date.")
@click.pass_context
def ledger(ctx: click.Context, gaps: Path, output: Path, check: bool) -> None:
    """Write the parity ledger: every behaviour of the fake, its evidence, and when it was last validated."""
    if not output.parent.is_dir():
        raise FolderMissingError(output.parent, "--output")
    behaviours = [one for each in (bench_core, fake_hubspot) for one in behaviours_in(Path(each.__file__ or "").parent)]
    page = to_markdown(behaviours, read_gaps(gaps))
    never = sum(one.last_seen == NEVER for one in behaviours)
    click.echo(f"{len(behaviours)} behaviours, {never} never validated on the wire")
    if not check:
        write_text_atomically(output, page)
    elif not output.exists() or output.read_text(encoding="utf-8") != page:
        click.echo(f"{output} is out of date: run `contract-bench ledger` and commit it", err=True)
        ctx.exit(1)
