"""`fake-sesam diff`: compares two datasets, or a dataset and a file of `expected/`."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from fake_sesam.commands.node_options import CONFIGURATION_STATUS
from fake_sesam.commands.stored import open_dataset
from fake_sesam.diff import compare, read_entities
from fake_sesam.errors import FakeSesamError, NotFoundError

__all__ = ["diff"]


@click.command()
@click.argument("left", metavar="A")
@click.argument("right", metavar="B")
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("node/.fake-sesam"),
    show_default=True,
    help="Where the datasets A and B are stored.",
)
@click.option("--deleted", "with_deleted", is_flag=True, help="Include deleted entities.")
@click.option("--allow-empty", is_flag=True, help="Accept that both are empty, so that nothing is compared.")
def diff(left: str, right: str, data_dir: Path, with_deleted: bool, allow_empty: bool) -> None:
    """Compare two sets of entities; A and B are JSON files or names of datasets.

    Exit status: 0 equal, 1 different, 2 one of them cannot be read, or both are empty.
    """
    try:
        lefts, rights = (list(_entities(name, data_dir, with_deleted)) for name in (left, right))
    except FakeSesamError as error:
        click.echo(str(error), err=True)
        sys.exit(CONFIGURATION_STATUS)
    differences = list(compare(lefts, rights))
    for difference in differences:
        click.echo(str(difference))
    click.echo(f"{len(lefts):,} and {len(rights):,} entities, {len(differences):,} differences")
    if not lefts and not rights and not allow_empty:
        click.echo("nothing was compared: both are empty. Accept this with --allow-empty.", err=True)
        sys.exit(CONFIGURATION_STATUS)
    sys.exit(1 if differences else 0)


def _entities(name: str, data_dir: Path, with_deleted: bool) -> Iterator[dict[str, Any]]:
    if name.endswith(".json") and not Path(name).is_file():
        raise NotFoundError(f"there is no file {name}; give a JSON file with an array, or the name of a dataset")
    if Path(name).is_file():
        found = read_entities(Path(name))
        yield from (each for each in found if with_deleted or each.get("_deleted") is not True)
        return
    try:
        with open_dataset(data_dir, name) as dataset:
            yield from dataset.entities(deleted=with_deleted)
    except NotFoundError as error:
        raise NotFoundError(f"{name!r} is not a file, and {error}") from error
