"""The command line that plays one cell again. Pure."""

import shlex

from contract_bench.matrix.bench import BenchSettings
from contract_bench.matrix.cells import Cell
from contract_bench.matrix.subject import DEFAULT_CONNECTOR, DEFAULT_ENVIRONMENT, DEFAULT_ROUTE

__all__ = ["reproduce"]


def reproduce(settings: BenchSettings, cell: Cell) -> str:
    """A command to paste into a shell."""
    subject = settings.subject
    words = ["contract-bench", "matrix", "--cell", cell.id]
    if subject.text != DEFAULT_CONNECTOR:
        words += ["--connector", subject.text]
    if subject.route != DEFAULT_ROUTE:
        words += ["--route", subject.route]
    if settings.pages != BenchSettings(subject).pages:
        words += ["--pages", str(settings.pages)]
    for name, value in subject.environment.items():
        if DEFAULT_ENVIRONMENT.get(name) != value:
            words += ["--env", f"{name}={value}"]
    return shlex.join(words)
