"""Runs the whole matrix with several workers, because most cells wait more than they work.

Workers are threads, spread over several processes if the machine has the processors and there are enough cells. The
node and the fake HubSpot of each worker run in its process, so a single interpreter would be the bottleneck.
"""

import logging
import os
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing import get_context

from contract_bench.errors import BenchError
from contract_bench.matrix.bench import Bench, BenchSettings, CellResult, Reference, learn
from contract_bench.matrix.cells import Cell, NoCellError, Selection, make_cells
from contract_bench.matrix.judge import Verdict
from contract_bench.matrix.probes import ProbeResult, run_probes

__all__ = ["WORKERS", "MatrixResult", "WorkerError", "run_cells", "run_matrix"]

WORKERS = 12
CELLS_A_WORKER = 12
CELLS_A_PROCESS = 400
MOST_PROCESSES = 4
NODE_LOGGER = "fake_sesam"


class WorkerError(BenchError):
    """A process of the matrix ended early."""

    def __init__(self, said: str) -> None:
        super().__init__(f"expected every process of the matrix to play its cells, got: {said}")


@dataclass(frozen=True, slots=True)
class MatrixResult:
    """The results of the matrix."""

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
        """Return how many cells and probes have this verdict."""
        return sum(result.verdict is verdict for result in self.results)


def run_matrix(
    settings: BenchSettings,
    selection: Selection,
    *,
    modes: tuple[str, ...] = ("full", "incremental"),
    workers: int = WORKERS,
    probes: Sequence[str] | None = None,
    on_progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> MatrixResult:
    """Run every probe, or those named in `probes`, and every selected cell.

    Raises:
        HealthyPullError: a pull without a fault failed.
        ConnectorStartError: the connector does not start.
        UsageError: a selected fault does not exist.
        SelectionError: a selected place or time does not exist.
        NoCellError: no cell is selected.
    """
    begun = time.monotonic()
    with Bench(settings) as bench:
        reference = learn(bench, modes)
        selection.check(dict.fromkeys(name for each in reference.modes.values() for name in each.places))
        cells = [cell for mode, each in reference.modes.items() for cell in make_cells(mode, each.places, selection)]
        if not cells:
            raise NoCellError(selection.faults, selection.places, selection.times)
        made = run_probes(bench, reference, names=probes)
        results = run_cells(bench, reference, cells, workers=workers, on_progress=on_progress)
    return MatrixResult(reference, made, tuple(results), time.monotonic() - begun)


def run_cells(
    first: Bench,
    reference: Reference,
    cells: Sequence[Cell],
    *,
    workers: int = WORKERS,
    processes: int | None = None,
    on_progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> list[CellResult]:
    """Play the cells with several workers including `first`; return the results in the order of the cells.

    Raises:
        WorkerError: another process ended early.
    """
    wanted = _processes(first.settings, len(cells)) if processes is None else processes
    # interleaved, because neighbours have the same fault and some faults take long
    shares = [cells[number::wanted] for number in range(wanted)]
    each = max(workers // wanted, 1)
    level = logging.getLogger(NODE_LOGGER).level
    results: list[CellResult | None] = [None] * len(cells)
    with ExitStack() as stack:
        others = []
        if shares[1:]:
            pool = stack.enter_context(ProcessPoolExecutor(len(shares) - 1, mp_context=get_context("spawn")))
            settings = first.settings
            others = [pool.submit(_run_share, settings, reference, share, each, level) for share in shares[1:]]
        own = _run_threads(
            first, reference, shares[0], each, on_progress=lambda done, _: on_progress(done * wanted, len(cells))
        )
        results[0::wanted] = own
        for number, other in enumerate(others, start=1):
            results[number::wanted] = _checked(other.result())
    return [result for result in results if result is not None]


def _processes(settings: BenchSettings, cells: int) -> int:
    if settings.connector.is_running:
        return 1
    return min(os.cpu_count() or 1, 1 + cells // CELLS_A_PROCESS, MOST_PROCESSES)


def _run_share(
    settings: BenchSettings, reference: Reference, cells: Sequence[Cell], workers: int, level: int
) -> list[CellResult] | str:
    """Play a share in another process. Return an error as text, because not every exception can be pickled."""
    logging.getLogger(NODE_LOGGER).setLevel(level)
    try:
        with Bench(settings) as bench:
            return _run_threads(bench, reference, cells, workers)
    except Exception as error:  # the waiting process has to learn of it
        return f"{type(error).__name__}: {error}"


def _checked(result: list[CellResult] | str) -> list[CellResult]:
    if isinstance(result, str):
        raise WorkerError(result)
    return result


def _run_threads(
    first: Bench,
    reference: Reference,
    cells: Sequence[Cell],
    workers: int,
    *,
    on_progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> list[CellResult]:
    wanted = 1 if first.settings.connector.is_running else min(workers, 1 + len(cells) // CELLS_A_WORKER)
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
    """The remaining cells, and the results so far."""

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
        except Exception as error:  # the waiting thread has to learn of it
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
        """Drop the remaining cells."""
        while not self._left.empty():
            try:
                self._left.get_nowait()
            except queue.Empty:
                return

    def _fail(self, error: Exception) -> None:
        self.failure = self.failure or error
        self.stop()
