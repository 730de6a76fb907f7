"""The table of a report: faults by places, each field the worst that happened there. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from contract_bench.matrix.bench import CellResult
from contract_bench.matrix.judge import Verdict

__all__ = ["LETTERS", "Grid", "grids"]

LETTERS = {
    Verdict.RECOVERED: "R",
    Verdict.FAILED_SAFELY: "L",
    Verdict.UNDETECTABLE: "u",
    Verdict.UNREACHED: "·",
    Verdict.SILENT: "SILENT",
    Verdict.HUNG: "HUNG",
    Verdict.BROKEN: "BROKEN",
}


@dataclass(frozen=True, slots=True)
class Grid:
    """One kind of pull: `rows` are the faults, each with one field for each of `places`.

    A field holds the verdicts of its cells, once before on a retry before twice before for ever; it is empty where
    there is no cell.
    """

    mode: str
    places: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[Verdict, ...], ...]], ...]


def grids(results: Iterable[CellResult]) -> list[Grid]:
    """A table for each kind of pull."""
    by_mode: dict[str, list[CellResult]] = {}
    for result in results:
        by_mode.setdefault(result.cell.mode, []).append(result)
    return [_grid(mode, each) for mode, each in by_mode.items()]


def _grid(mode: str, results: Sequence[CellResult]) -> Grid:
    places = tuple(dict.fromkeys(result.cell.place for result in results))
    fields: dict[str, dict[str, list[Verdict]]] = {}
    for result in results:
        fields.setdefault(result.cell.label, {}).setdefault(result.cell.place, []).append(result.verdict)
    rows = tuple((label, tuple(tuple(found.get(place, ())) for place in places)) for label, found in fields.items())
    return Grid(mode, places, rows)
