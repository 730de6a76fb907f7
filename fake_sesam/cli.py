"""The command line of the fake node.

Exit status: 0 success, 1 a pump failed or a rule is broken, 2 wrong arguments or configuration.
"""

import logging

import click

from bench_core.command_line import CommandLine
from bench_core.errors import CoreError
from bench_core.listener import ListenError
from fake_sesam.commands.check import check
from fake_sesam.commands.diff import diff
from fake_sesam.commands.entities import entities
from fake_sesam.commands.expect import test, update
from fake_sesam.commands.init import init
from fake_sesam.commands.reference import reference
from fake_sesam.commands.run import run
from fake_sesam.commands.schema import schema
from fake_sesam.commands.serve import serve
from fake_sesam.commands.validate import validate
from fake_sesam.errors import FakeSesamError

__all__ = ["cli", "main"]


class FakeSesam(CommandLine):
    """The program `fake-sesam`."""

    explained = (CoreError, FakeSesamError, ListenError)


@click.group(cls=FakeSesam, name="fake-sesam")
@click.version_option(package_name="contract-bench", prog_name="fake-sesam")
@click.option("-v", "--verbose", is_flag=True, help="Log to standard error.")
def cli(verbose: bool) -> None:
    """A small Sesam node: runs the configuration of a real node on this machine."""
    level = logging.DEBUG if verbose else logging.WARNING
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s")


for _command in (init, run, test, update, entities, serve, validate, check, diff, reference, schema):
    cli.add_command(_command)


def main() -> None:
    """Run the command line."""
    cli.main(prog_name="fake-sesam")
