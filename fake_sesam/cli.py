"""The command line of the fake node.

Exit status: 0 success, 1 a pump failed or a rule is broken, 2 wrong arguments or configuration.
"""

import logging
import signal
import sys
from types import FrameType

import click

from fake_sesam.commands.check import check
from fake_sesam.commands.diff import diff
from fake_sesam.commands.entities import entities
from fake_sesam.commands.expect import test, update
from fake_sesam.commands.init import init
from fake_sesam.commands.reference import reference
from fake_sesam.commands.run import run
from fake_sesam.commands.serve import serve
from fake_sesam.commands.validate import validate

__all__ = ["cli", "main"]


HELP = {"help_option_names": ["-h", "--help"]}


@click.group(context_settings=HELP)
@click.version_option(package_name="contract-bench", prog_name="fake-sesam")
@click.option("-v", "--verbose", is_flag=True, help="Log to standard error.")
def cli(verbose: bool) -> None:
    """A small Sesam node: runs the configuration of a real node on this machine."""
    level = logging.DEBUG if verbose else logging.WARNING
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s")


for _command in (init, run, test, update, entities, serve, validate, check, diff, reference):
    _command.context_settings.update(HELP)  # inherited ones do not hold for a command that was called alone before
    cli.add_command(_command)


def main() -> None:
    """Run the command line."""
    signal.signal(signal.SIGTERM, _exit_on_signal)
    cli.main(prog_name="fake-sesam")


def _exit_on_signal(number: int, _frame: FrameType | None) -> None:
    """Exit with an exception, so that microservices are stopped."""
    sys.exit(128 + number)
