"""The command line: one module for each command; it parses, calls and sets the exit status."""

import click

from bench_core.command_line import CommandLine
from bench_core.errors import CoreError
from bench_core.listener import ListenError
from contract_bench.commands.demo import demo
from contract_bench.commands.ledger import ledger
from contract_bench.commands.lint import lint
from contract_bench.commands.matrix import matrix
from contract_bench.commands.record import record
from contract_bench.commands.replay import replay
from contract_bench.commands.scenario import scenario
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
def main() -> None:
    """Build, break and prove a Sesam connector for HubSpot, without Sesam and without a HubSpot account."""


for command in (demo, ledger, lint, matrix, record, replay, scenario, up, verify):
    main.add_command(command)
