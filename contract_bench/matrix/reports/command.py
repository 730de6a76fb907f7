"""The command line that reproduces one cell. Pure."""

import shlex

from contract_bench.matrix.bench import BenchSettings
from contract_bench.matrix.cells import Cell
from contract_bench.roles.connector import DEFAULT_ENVIRONMENT, DEFAULT_ROUTE
from contract_bench.roles.connector_spec import DEFAULT_CONNECTOR

__all__ = ["reproduce"]


def reproduce(settings: BenchSettings, cell: Cell) -> str:
    """Return a command to paste into a shell."""
    connector = settings.connector
    words = ["contract-bench", "matrix", "--cell", cell.id]
    if connector.text != DEFAULT_CONNECTOR:
        words += ["--connector", connector.text]
    if connector.route != DEFAULT_ROUTE:
        words += ["--route", connector.route]
    if settings.pages != BenchSettings(connector).pages:
        words += ["--pages", str(settings.pages)]
    if settings.upstream is not None:
        words += ["--upstream", settings.upstream.target]
    for name, value in connector.environment.items():
        if DEFAULT_ENVIRONMENT.get(name) != value:
            words += ["--env", f"{name}={value}"]
    return shlex.join(words)
