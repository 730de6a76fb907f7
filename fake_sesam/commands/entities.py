"""`fake-sesam entities`: prints what a pipe has stored."""

import sys
from pathlib import Path

import click

from fake_sesam.commands.node_options import CONFIGURATION_STATUS
from fake_sesam.commands.stored import open_dataset
from fake_sesam.dataset.hashing import encode
from fake_sesam.errors import FakeSesamError

__all__ = ["entities"]


@click.command()
@click.argument("arguments", nargs=-1, required=True, metavar="[NODE_DIR] PIPE")
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="FAKE_SESAM_DATA_DIR",
    help="Where datasets are stored. Default: NODE_DIR/.fake-sesam.",
)
@click.option("--deleted", is_flag=True, help="Include deleted entities.")
@click.option("--history", is_flag=True, help="Print every version, not only the latest of each entity.")
@click.option("--limit", type=click.IntRange(1), help="Print at most this many.")
def entities(
    arguments: tuple[str, ...], data_dir: Path | None, deleted: bool, history: bool, limit: int | None
) -> None:
    """Print the entities that PIPE has stored as a JSON array, one per line, without running it.

    Without NODE_DIR it is this directory if it is a node's, else `node`. PIPE may be the name of any dataset.

    Exit status: 0 printed, 2 there is no such dataset.
    """
    if len(arguments) > 2:
        raise click.UsageError(f"expected [NODE_DIR] PIPE, got {len(arguments)} arguments")
    node_dir = Path(arguments[0]) if len(arguments) == 2 else default_node_dir()
    try:
        with open_dataset(data_dir or node_dir / ".fake-sesam", arguments[-1]) as dataset:
            lines = (encode(each).decode() for each in dataset.entities(deleted=deleted, history=history, limit=limit))
            click.echo("[" + ",\n".join(lines) + "]")
    except FakeSesamError as error:
        click.echo(str(error), err=True)
        sys.exit(CONFIGURATION_STATUS)


def default_node_dir() -> Path:
    """Return this directory if it is a node's, else `node`."""
    return Path() if Path("pipes").is_dir() or Path(".fake-sesam").is_dir() else Path("node")
