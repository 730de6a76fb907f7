"""The fault matrix: every fault of the fake HubSpot at every place of a connector's walk, and what must hold there.

`world` and `account` are what the connector reads, `subject` is the connector, `pipes` and `relay` are the node around
it, `cells` says what is played, `bench` plays it, `judge` and `probes` say what it is worth, `run` does it side by side
and `report` writes it down.
"""

from contract_bench.matrix.bench import Bench, BenchSettings, CellResult, learn
from contract_bench.matrix.cells import Cell, Selection, parse_cell
from contract_bench.matrix.judge import INVARIANTS, Verdict, Violation
from contract_bench.matrix.run import MatrixResult, run_cells, run_matrix
from contract_bench.matrix.subject import Subject

__all__ = [
    "INVARIANTS",
    "Bench",
    "BenchSettings",
    "Cell",
    "CellResult",
    "MatrixResult",
    "Selection",
    "Subject",
    "Verdict",
    "Violation",
    "learn",
    "parse_cell",
    "run_cells",
    "run_matrix",
]
