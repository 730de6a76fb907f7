"""The command line: one module for each command; it parses, calls and sets the exit status.

A command's module is imported when the command is used, so that a server listens within a fraction of a second.
"""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from bench_core.command_line import CommandLine
from bench_core.errors import CoreError
from bench_core.listener import ListenError
from bench_core.project import Project, read_project
from contract_bench.errors import BenchError

__all__ = ["main"]

COMMANDS = (
    "demo",
    "ledger",
    "lint",
    "matrix",
    "merge",
    "proxy",
    "record",
    "replay",
    "scenario",
    "schema",
    "up",
    "verify",
)


class ContractBench(CommandLine):
    """The program `contract-bench`."""

    @property
    def explained(self) -> tuple[type[Exception], ...]:  # type: ignore[override]  # a command may not need the node
        """The errors whose text is written for the user."""
        node = sys.modules.get("fake_sesam")
        return (BenchError, CoreError, ListenError, *((node.FakeSesamError,) if node else ()))

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name in COMMANDS and cmd_name not in self.commands:
            self.add_command(getattr(import_module(f"contract_bench.commands.{cmd_name}"), cmd_name))
        return super().get_command(ctx, cmd_name)


@click.group(cls=ContractBench, name="contract-bench")
@click.version_option(package_name="contract-bench")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Build, break and prove a Sesam connector for HubSpot, without Sesam and without a HubSpot account."""
    ctx.obj = read_project()
    name = ctx.invoked_subcommand or ""
    command = main.get_command(ctx, name)
    if command is not None:
        ctx.default_map = {name: defaults_of(ctx.obj, command)}


def defaults_of(project: Project, command: click.Command) -> dict[str, Any]:
    """Return the values of the project's configuration that a command has an option for."""
    found = project.options(Path())
    defaults = {each.name: found[each.name] for each in command.params if each.name in found}
    if command.name == "demo":
        defaults.pop("scenario", None)  # with a scenario it would show one run instead of the tour
    return defaults
