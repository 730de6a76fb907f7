"""The map of a report: faults by places. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from contract_bench.matrix.bench import CellResult
from contract_bench.matrix.judge import Verdict

__all__ = ["LETTERS", "MEANINGS", "Grid", "grids"]

LETTERS = {
    Verdict.RECOVERED: "R",
    Verdict.FAILED_SAFELY: "F",
    Verdict.UNDETECTABLE: "u",
    Verdict.UNREACHED: "·",
    Verdict.SILENT: "SILENT",
    Verdict.HUNG: "HUNG",
    Verdict.BROKEN: "BROKEN",
}
MEANINGS = {
    Verdict.RECOVERED: "retried and complete",
    Verdict.FAILED_SAFELY: "the pump failed, nothing was deleted and the offset did not move",
    Verdict.UNDETECTABLE: "a lie that no reader can detect",
    Verdict.UNREACHED: "the walk did not reach this place",
    Verdict.SILENT: "a failure that looks like a success",
    Verdict.HUNG: "no end within the time limit",
    Verdict.BROKEN: "another promise was broken",
}


@dataclass(frozen=True, slots=True)
class Grid:
    """One kind of pull: `rows` are the faults, each with one field for each of `places`.

    A field holds its cells in the order once, on a retry, twice, always; it is empty where there is no cell.
    """

    mode: str
    places: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[CellResult, ...], ...]], ...]


def grids(results: Iterable[CellResult]) -> list[Grid]:
    """Return a map for each kind of pull."""
    by_mode: dict[str, list[CellResult]] = {}
    for result in results:
        by_mode.setdefault(result.cell.mode, []).append(result)
    return [_grid(mode, each) for mode, each in by_mode.items()]


def _grid(mode: str, results: Sequence[CellResult]) -> Grid:
    places = tuple(dict.fromkeys(result.cell.place for result in results))
    fields: dict[str, dict[str, list[CellResult]]] = {}
    for result in results:
        fields.setdefault(result.cell.label, {}).setdefault(result.cell.place, []).append(result)
    rows = tuple((label, tuple(tuple(found.get(place, ())) for place in places)) for label, found in fields.items())
    return Grid(mode, places, rows)
