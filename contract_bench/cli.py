"""The command line: one module for each command; it parses, calls and sets the exit status."""

from pathlib import Path
from typing import Any

import click

from bench_core.command_line import CommandLine
from bench_core.errors import CoreError
from bench_core.listener import ListenError
from bench_core.project import Project, read_project
from contract_bench.commands.demo import demo
from contract_bench.commands.ledger import ledger
from contract_bench.commands.lint import lint
from contract_bench.commands.matrix import matrix
from contract_bench.commands.merge import merge
from contract_bench.commands.record import record
from contract_bench.commands.replay import replay
from contract_bench.commands.scenario import scenario
from contract_bench.commands.schema import schema
from contract_bench.commands.up import up
from contract_bench.commands.verify import verify
from contract_bench.errors import BenchError
from fake_sesam import FakeSesamError

__all__ = ["main"]


class ContractBench(CommandLine):
    """The program `contract-bench`."""

    explained = (BenchError, CoreError, FakeSesamError, ListenError)


@click.group(cls=ContractBench, name="contract-bench")
@click.version_option(package_name="contract-bench")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Build, break and prove a Sesam connector for HubSpot, without Sesam and without a HubSpot account."""
    ctx.obj = read_project()
    ctx.default_map = defaults_of(ctx.obj)


def defaults_of(project: Project) -> dict[str, dict[str, Any]]:
    """Return the values of the project's configuration that each command has an option for."""
    found = project.options(Path())
    defaults = {
        name: {each.name: found[each.name] for each in command.params if each.name in found}
        for name, command in main.commands.items()
    }
    defaults["demo"].pop("scenario", None)  # with a scenario it would show one run instead of the tour
    return defaults


for command in (demo, ledger, lint, matrix, merge, record, replay, scenario, schema, up, verify):
    main.add_command(command)
