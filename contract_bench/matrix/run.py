"""The whole matrix: a few workers that play cells side by side, most of which wait rather than work."""

import queue
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from contract_bench.matrix.bench import Bench, BenchSettings, CellResult, Reference, learn
from contract_bench.matrix.cells import Cell, Selection, make_cells
from contract_bench.matrix.judge import Verdict
from contract_bench.matrix.probes import ProbeResult, run_probes

__all__ = ["MatrixResult", "run_cells", "run_matrix"]

CELLS_A_WORKER = 12


@dataclass(frozen=True, slots=True)
class MatrixResult:
    """What the matrix came to."""

    reference: Reference
    probes: tuple[ProbeResult, ...]
    cells: tuple[CellResult, ...]
    seconds: float

    @property
    def results(self) -> list[ProbeResult | CellResult]:
        """The probes, then the cells."""
        return [*self.probes, *self.cells]

    @property
    def defects(self) -> list[ProbeResult | CellResult]:
        """The cells and probes that show a defect."""
        return [result for result in self.results if result.verdict.is_defect]

    def count(self, verdict: Verdict) -> int:
        """How many cells and probes ended so."""
        return sum(result.verdict is verdict for result in self.results)


def run_matrix(
    settings: BenchSettings,
    selection: Selection,
    *,
    modes: tuple[str, ...] = ("full", "incremental"),
    workers: int = 8,
    probes: Sequence[str] | None = None,
    on_progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> MatrixResult:
    """Run every probe, or those named in `probes`, and every cell that is wanted.

    Raises: HealthyPullError, MicroserviceError, UsageError.
    """
    begun = time.monotonic()
    with Bench(settings) as bench:
        reference = learn(bench, modes)
        made = run_probes(bench, reference, names=probes)
        cells = [cell for mode, each in reference.modes.items() for cell in make_cells(mode, each.spots, selection)]
        results = run_cells(bench, reference, cells, workers=workers, on_progress=on_progress)
    return MatrixResult(reference, made, tuple(results), time.monotonic() - begun)


def run_cells(
    first: Bench,
    reference: Reference,
    cells: Sequence[Cell],
    *,
    workers: int = 8,
    on_progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> list[CellResult]:
    """Play the cells with several workers, of which `first` is one; results in the order of the cells."""
    wanted = 1 if first.settings.subject.is_running else min(workers, 1 + len(cells) // CELLS_A_WORKER)
    pool = _Pool(reference, cells, on_progress)
    with ExitStack() as stack:
        threads = [threading.Thread(target=pool.work_alone, args=(first.settings,)) for _ in range(wanted - 1)]
        stack.callback(pool.stop)
        for thread in threads:
            thread.start()
            stack.callback(thread.join)
        pool.work(first)
        for thread in threads:
            thread.join()
    if pool.failure is not None:
        raise pool.failure
    return [pool.results[number] for number in range(len(cells))]


class _Pool:
    """The cells that are left, and the results so far."""

    def __init__(self, reference: Reference, cells: Sequence[Cell], on_progress: Callable[[int, int], None]) -> None:
        self.results: dict[int, CellResult] = {}
        self.failure: Exception | None = None
        self._reference = reference
        self._on_progress = on_progress
        self._all = len(cells)
        self._left: queue.SimpleQueue[tuple[int, Cell]] = queue.SimpleQueue()
        for numbered in enumerate(cells):
            self._left.put(numbered)

    def work_alone(self, settings: BenchSettings) -> None:
        try:
            with Bench(settings) as bench:
                self.work(bench)
        except Exception as error:  # the thread that waits for this one must learn of it
            self._fail(error)

    def work(self, bench: Bench) -> None:
        while True:
            try:
                number, cell = self._left.get_nowait()
            except queue.Empty:
                return
            try:
                self.results[number] = bench.play(cell, self._reference)
            except Exception as error:
                self._fail(error)
                raise
            self._on_progress(len(self.results), self._all)

    def stop(self) -> None:
        """Leave the cells that are left."""
        while not self._left.empty():
            try:
                self._left.get_nowait()
            except queue.Empty:
                return

    def _fail(self, error: Exception) -> None:
        self.failure = self.failure or error
        self.stop()
