"""The test of the bench itself: connectors that are broken on purpose, each of which it has to detect.

A mutant is a module in a folder. The first line of its docstring says what is wrong with it. A line
`Violates: invariant` names what the bench has to find, and a line `Shown by: cell or probe` where to look first.
Modules whose names begin with `_` are not mutants.
"""

import ast
import re
import shlex
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from bench_core.faults.registry import GENERAL
from contract_bench.matrix.bench import Bench, BenchSettings, CellResult, HealthyPullError
from contract_bench.matrix.cells import Selection, make_cells, parse_cell
from contract_bench.matrix.judge import Violation
from contract_bench.matrix.probes import INCREMENTAL, ProbeResult, probes_for, run_probe
from contract_bench.matrix.run import learn_from
from contract_bench.roles.connector import ConnectorUnderTest
from contract_bench.roles.node_config import MODES

__all__ = ["Mutant", "MutantResult", "find_mutants", "run_mutant", "run_mutants", "score_text"]

# One fault of each kind that broken connectors fail at.
FAULTS = (
    "server-error",
    "error-with-200",
    "missing-results",
    "short-page",
    "empty-page-with-cursor",
    "wrong-link-host",
    "close-in-body",
    "missing-id",
    "invalid-utf8",
    "duplicate-keys",
    "endless-cursor",
    "stall",
)
SELECTION = Selection(FAULTS, places=("first", "middle"), times=("once", "always"), with_examples=False)
SLOW_PROBES = frozenset({"memory", "past-the-cap"})
# A sign that shows only while bytes arrive in time can be missed on a busy machine. What it shows is never wrong.
KNOWN_TRIES = 3
LINE = re.compile(r"^(Violates|Shown by): (\S+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A broken connector, the invariant that it violates, and the cell or probe that shows it."""

    name: str
    what: str
    violates: str
    shown_by: str
    command: str


@dataclass(frozen=True, slots=True)
class MutantResult:
    """What the bench found first. `where` is empty if it found nothing."""

    mutant: Mutant
    where: str = ""
    violations: tuple[Violation, ...] = ()

    @property
    def is_killed(self) -> bool:
        """Whether the bench found the violation that the mutant is made for."""
        return self.mutant.violates in {violation.invariant for violation in self.violations}


def find_mutants(folder: Path, *, package: str) -> list[Mutant]:
    """Return the mutants in a folder, which is the Python package of that name."""
    return [_read(path, package) for path in sorted(folder.glob("[!_]*.py"))]


def _read(path: Path, package: str) -> Mutant:
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    known = dict(LINE.findall(text))
    command = shlex.join([sys.executable, "-m", f"{package}.{path.stem}"])
    return Mutant(path.stem, text.partition("\n")[0], known.get("Violates", ""), known.get("Shown by", ""), command)


def run_mutants(mutants: Sequence[Mutant], settings: BenchSettings, *, workers: int = 4) -> list[MutantResult]:
    """Look for the defect of every mutant, several at a time."""
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(lambda each: run_mutant(each, settings), mutants))


def run_mutant(mutant: Mutant, settings: BenchSettings) -> MutantResult:
    """Look for the first sign of the violation that the mutant is made for."""
    connector = ConnectorUnderTest(mutant.command, settings.connector.route, settings.connector.environment)
    last = MutantResult(mutant)
    for where, violations in _signs(replace(settings, connector=connector), mutant.shown_by):
        last = MutantResult(mutant, where, violations)
        if last.is_killed:
            return last
    return last


def _signs(settings: BenchSettings, first: str) -> Iterator[tuple[str, tuple[Violation, ...]]]:
    with Bench(settings) as bench:
        try:
            for result in chain(_known(first, bench), _results(bench)):
                if result.verdict.is_defect:
                    yield result.name, result.violations
        except HealthyPullError as error:
            yield "a pull without a fault", (Violation("completes", error.pulled.error or ""),)


def _known(place: str, bench: Bench) -> Iterator[ProbeResult | CellResult]:
    """Yield results of the cell or probe that shows the defect, learning only the mode that it needs."""
    if place in probes_for(bench.settings):
        reference = learn_from(bench, MODES if place in INCREMENTAL else ("full",))
        yield from (run_probe(place, bench, reference) for _ in range(KNOWN_TRIES))
    elif "/" in place:
        cell = parse_cell(place)
        reference = learn_from(bench, (cell.mode,))
        yield from (bench.play(cell, reference) for _ in range(KNOWN_TRIES))


def _results(bench: Bench) -> Iterator[ProbeResult | CellResult]:
    reference = learn_from(bench, MODES)
    probes, selection = probes_for(bench.settings), _selection(bench)
    for name in probes:
        if name not in SLOW_PROBES:
            yield run_probe(name, bench, reference)
    for mode, learned in reference.modes.items():
        for cell in make_cells(mode, learned.places, selection):
            yield bench.play(cell, reference)
    for name in sorted(SLOW_PROBES & probes.keys()):
        yield run_probe(name, bench, reference)


def _selection(bench: Bench) -> Selection:
    """Return the cells of each kind; in front of another API, those whose faults do not know HubSpot."""
    if bench.settings.upstream is None:
        return SELECTION
    general = tuple(name for name in FAULTS if name in GENERAL.faults())
    return replace(SELECTION, faults=general, only_general=True)


def score_text(results: Sequence[MutantResult]) -> str:
    """Return a line for each mutant, and the mutation score."""
    killed = sum(each.is_killed for each in results)
    lines = [
        f"{'killed' if each.is_killed else 'SURVIVED':9} {each.mutant.name:28} {each.mutant.violates:18} {each.where}"
        for each in results
    ]
    rate = 100 * killed / len(results) if results else 0.0
    return "\n".join([*lines, f"mutation score: {killed} of {len(results)}, {rate:.0f} %"])
