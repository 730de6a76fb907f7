"""`fake-sesam test` and `fake-sesam update`: compare what the pipes give with `expected/`, or write it there."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import click

from fake_sesam.commands.node_options import (
    CONFIGURATION_STATUS,
    node_options,
    open_node,
    show_invalid,
    with_project,
)
from fake_sesam.commands.watching import watched
from fake_sesam.diff import read_entities
from fake_sesam.errors import FakeSesamError
from fake_sesam.expectations import (
    Expectation,
    differences,
    post_testdata,
    read_expectations,
    run_everything,
    write_expectations,
)
from fake_sesam.node import Node

__all__ = ["test", "update"]

SHOWN = 10


@click.command()
@node_options
@click.option("--watch", is_flag=True, help="Test again whenever a file of the node or of its connector changes.")
@click.option("--allow-empty", is_flag=True, help="Accept that no pipe is expected to give an entity.")
def test(watch: bool, allow_empty: bool, **options: Any) -> None:
    """Run all pipes from nothing and compare what they give with NODE_DIR/expected, as `sesam test` does.

    Exit status: 0 all as expected, 1 a difference or a pump that failed, 2 there is nothing to compare.
    """
    options = with_project(options)
    sys.exit(watched(partial(_test, options, allow_empty=allow_empty), options, is_watching=watch))


@click.command()
@node_options
def update(**options: Any) -> None:
    """Run all pipes from nothing and write what they give to NODE_DIR/expected.

    Exit status: 0 written, 1 a pump failed (nothing is written), 2 the configuration has errors.
    """
    options = with_project(options)
    with _fresh_node(options) as node:
        if not _has_run(node, options["node_dir"]):
            sys.exit(1)
        for path, count in write_expectations(node, options["node_dir"]).items():
            click.echo(f"wrote {path}")
            if not count:
                click.echo(f"{path} is empty: its pipe gave no entity. Is that meant?", err=True)


def _test(options: dict[str, Any], *, allow_empty: bool) -> int:
    with _fresh_node(options) as node:
        try:
            found = read_expectations(options["node_dir"])
        except FakeSesamError as error:
            click.echo(str(error), err=True)
            return CONFIGURATION_STATUS
        specs = [spec for spec in found if not spec.is_ignored]
        if not specs:
            folder = options["node_dir"] / "expected"
            missing = f"every *.test.json in {folder} has `ignore`" if found else f"no *.test.json in {folder}"
            click.echo(f"nothing to compare: {missing}; write some with fake-sesam update", err=True)
            return CONFIGURATION_STATUS
        if not _has_run(node, options["node_dir"]):
            return 1
        failed = [spec for spec in specs if not _passes(node, spec)]
        click.echo(f"{len(specs) - len(failed)} of {len(specs)} as expected")
        if failed:
            return 1
        if not allow_empty and not any(read_entities(spec.file) for spec in specs):
            click.echo(
                "no entity was compared: no pipe gave one, and none is expected. Accept this with --allow-empty.",
                err=True,
            )
            return CONFIGURATION_STATUS
        return 0


@contextmanager
def _fresh_node(options: dict[str, Any]) -> Iterator[Node]:
    """Open a node without any data, so that nothing of an earlier run can count."""
    with (
        tempfile.TemporaryDirectory(prefix="fake-sesam-") as data_dir,
        open_node({**options, "data_dir": Path(data_dir)}) as node,
    ):
        show_invalid(node)
        yield node


def _has_run(node: Node, node_dir: Path) -> bool:
    try:
        post_testdata(node, node_dir)
    except FakeSesamError as error:
        click.echo(str(error), err=True)
        return False
    run = run_everything(node)
    if run.additional_info:
        click.echo(run.additional_info, err=True)
    return run.status == "success"


def _passes(node: Node, spec: Expectation) -> bool:
    try:
        found = list(differences(node, spec))
    except FakeSesamError as error:
        click.echo(f"{spec.pipe_id}: {node.configuration.redact(str(error))}")
        return False
    click.echo(f"{spec.pipe_id}: {f'{len(found):,} differences' if found else 'as expected'}")
    for difference in found[:SHOWN]:
        click.echo(f"  {difference}")
    return not found
