"""The fault matrix: every fault of the fake HubSpot at every place of a connector's walk, and what must hold there.

`fixture` holds the records and `portal` the fake HubSpot that serves them, `relay` records what the connector sends,
`cells` lists what is played, `bench` plays it, `judge` and `probes` decide the verdicts, `run` spreads the work over
workers and `reports` writes the result.
"""

from contract_bench.matrix.bench import Bench, BenchSettings, CellResult, learn
from contract_bench.matrix.cells import Cell, Selection, parse_cell
from contract_bench.matrix.judge import INVARIANTS, Verdict, Violation
from contract_bench.matrix.result import MatrixResult
from contract_bench.matrix.run import run_cells, run_matrix
from contract_bench.roles.connector import ConnectorUnderTest

__all__ = [
    "INVARIANTS",
    "Bench",
    "BenchSettings",
    "Cell",
    "CellResult",
    "ConnectorUnderTest",
    "MatrixResult",
    "Selection",
    "Verdict",
    "Violation",
    "learn",
    "parse_cell",
    "run_cells",
    "run_matrix",
]
