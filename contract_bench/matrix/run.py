"""Runs the whole matrix with several workers, because most cells wait more than they work.

Workers are threads, spread over several processes if the machine has the processors and there are enough cells. The
node and the fake HubSpot of each worker run in its process, so a single interpreter would be the bottleneck. The main
thread only waits: a signal ends the run at once, and what was played until then is its result.
"""

import logging
import os
import queue
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection

from bench_core.signals import Interrupted
from contract_bench.errors import BenchError
from contract_bench.matrix.bench import Bench, BenchSettings, CellResult, Reference, learn
from contract_bench.matrix.cells import Cell, NoCellError, Selection, make_cells
from contract_bench.matrix.judge import whole_milliseconds
from contract_bench.matrix.learn_upstream import difference, learn_upstream
from contract_bench.matrix.probes import ProbeResult, probes_for, run_probe
from contract_bench.matrix.result import MatrixResult, Shard

__all__ = ["WORKERS", "WorkerError", "learn_from", "run_cells", "run_matrix"]

WORKERS = 12
CELLS_A_WORKER = 12
CELLS_A_PROCESS = 400
MOST_PROCESSES = 4
NODE_LOGGER = "fake_sesam"
WAKE_S = 0.5  # on Windows, a wait without a limit cannot be interrupted
END_S = 0.3

OnProgress = Callable[[int, int], None]


class WorkerError(BenchError):
    """A process of the matrix ended early."""

    def __init__(self, said: str) -> None:
        super().__init__(f"expected every process of the matrix to play its cells, got: {said}")


def run_matrix(
    settings: BenchSettings,
    selection: Selection,
    *,
    modes: tuple[str, ...] = ("full", "incremental"),
    workers: int = WORKERS,
    probes: Sequence[str] | None = None,
    shard: Shard | None = None,
    on_progress: OnProgress = lambda _done, _all: None,
) -> MatrixResult:
    """Run every probe, or those named in `probes`, and every selected cell, or those of a shard.

    A run that is interrupted returns what it has played.

    Raises:
        HealthyPullError: a pull without a fault failed.
        NeverAskedError: the connector does not ask the fake HubSpot.
        ConnectorStartError: the connector does not start.
        UsageError: a selected fault does not exist.
        SelectionError: a selected place or time does not exist.
        NoCellError: no cell is selected.
        UpstreamChangesError: two pulls without a fault differ.
    """
    begun = time.monotonic()
    selection.check_names()
    part = shard or Shard()
    made: list[ProbeResult] = []
    played: dict[int, CellResult] = {}
    ended_by = changed = ""
    with Bench(settings) as bench:
        reference = learn_from(bench, modes)
        cells = _cells(reference, selection)[part.number - 1 :: part.count]
        if not cells:
            raise NoCellError(selection.faults, selection.places, selection.times)
        try:
            for name in (probes_for(settings) if probes is None else probes) if part.has_probes else ():
                made.append(run_probe(name, bench, reference))
            _play(bench, reference, cells, played, workers=workers, on_progress=on_progress)
            changed = _what_changed(bench, reference)
        except KeyboardInterrupt as interrupt:
            ended_by = interrupt.signal.name if isinstance(interrupt, Interrupted) else signal.SIGINT.name
            bench.abandon()
    return MatrixResult(
        page_size=reference.page_size,
        modes=tuple(reference.modes),
        probes=tuple(made),
        cells=tuple(played[number] for number in sorted(played)),
        seconds=whole_milliseconds(time.monotonic() - begun),
        planned=len(cells),
        interrupted_by=ended_by,
        shard=part,
        upstream_changed=changed,
    )


def learn_from(bench: Bench, modes: Sequence[str]) -> Reference:
    """Learn from pulls without a fault what the connector does, in front of HubSpot or of another API.

    Raises:
        HealthyPullError: such a pull failed.
        NeverAskedError: the connector does not ask the API.
        UpstreamChangesError: two such pulls differ.
        NothingToLoseError: they bring too little.
    """
    return learn(bench, tuple(modes)) if bench.settings.upstream is None else learn_upstream(bench, modes)


def _what_changed(bench: Bench, reference: Reference) -> str:
    """Return what another pull without a fault brings that the first one did not; nothing with the fake HubSpot."""
    if bench.settings.upstream is None:
        return ""
    mode, learned = next(iter(reference.modes.items()))
    bench.portal.fill(())
    with bench.node(learned.data_dir) as node:
        pulled = bench.pull(node, mode)
    return difference(learned.second, pulled) if pulled.ok else f"a pull without a fault failed: {pulled.error}"


def _cells(reference: Reference, selection: Selection) -> list[Cell]:
    selection.check(dict.fromkeys(name for each in reference.modes.values() for name in each.places))
    return [cell for mode, each in reference.modes.items() for cell in make_cells(mode, each.places, selection)]


def run_cells(
    first: Bench,
    reference: Reference,
    cells: Sequence[Cell],
    *,
    workers: int = WORKERS,
    processes: int | None = None,
    on_progress: OnProgress = lambda _done, _all: None,
) -> list[CellResult]:
    """Play the cells with several workers including `first`; return the results in the order of the cells.

    Raises:
        WorkerError: another process ended early.
    """
    played: dict[int, CellResult] = {}
    _play(first, reference, cells, played, workers=workers, processes=processes, on_progress=on_progress)
    return [played[number] for number in range(len(cells))]


def _play(
    first: Bench,
    reference: Reference,
    cells: Sequence[Cell],
    played: dict[int, CellResult],
    *,
    workers: int,
    processes: int | None = None,
    on_progress: OnProgress,
) -> None:
    """Play the cells; whatever ends it, `played` has the results so far."""
    wanted = _processes(first.settings, len(cells)) if processes is None else processes
    numbered = list(enumerate(cells))
    # interleaved, because neighbours have the same fault and some faults take long
    shares = [numbered[number::wanted] for number in range(wanted)]
    each = max(workers // wanted, 1)

    def note(number: int, result: CellResult) -> None:
        played[number] = result
        on_progress(len(played), len(cells))

    pool = _Pool(first.settings, reference, shares[0], note)
    helpers = [_Helper(first.settings, reference, share, each, note) for share in shares[1:]]
    try:
        pool.start(first, 1 if first.settings.connector.is_running else each)
        pool.wait()
        for helper in helpers:
            helper.wait()
    finally:
        for helper in helpers:
            helper.end()
        pool.end()


def _processes(settings: BenchSettings, cells: int) -> int:
    if settings.connector.is_running:
        return 1
    return min(os.cpu_count() or 1, 1 + cells // CELLS_A_PROCESS, MOST_PROCESSES)


class _Pool:
    """The workers of this process: threads that take the next cell until there is none."""

    def __init__(
        self,
        settings: BenchSettings,
        reference: Reference,
        cells: Sequence[tuple[int, Cell]],
        note: Callable[[int, CellResult], None],
    ) -> None:
        self._settings = settings
        self._reference = reference
        self._note = note
        self._failure: BaseException | None = None
        self._lock = threading.Lock()
        self._has_ended = False
        self._count = len(cells)
        self._benches: list[Bench] = []
        self._threads: list[threading.Thread] = []
        self._left: queue.SimpleQueue[tuple[int, Cell]] = queue.SimpleQueue()
        for numbered in cells:
            self._left.put(numbered)

    def start(self, first: Bench, workers: int) -> None:
        """Start the workers; the first one uses a bench that is open."""
        more = min(workers, 1 + self._count // CELLS_A_WORKER) - 1
        targets = [lambda: self._work(first), *[self._work_alone] * more]
        # daemons: a run that is interrupted does not wait for a connector that is about to start
        self._threads = [threading.Thread(target=self._guarded, args=(target,), daemon=True) for target in targets]
        for thread in self._threads:
            thread.start()

    def wait(self) -> None:
        """Wait until all cells are played.

        Raises:
            BenchError: a worker cannot go on.
        """
        for thread in self._threads:
            while thread.is_alive():
                thread.join(WAKE_S)
        if self._failure is not None:
            raise self._failure

    def end(self) -> None:
        """Drop the remaining cells and end what is under way, without a result."""
        self._drop()
        with self._lock:
            self._has_ended = True
        if not any(thread.is_alive() for thread in self._threads):
            return
        for bench in tuple(self._benches):
            bench.abandon()
        deadline = time.monotonic() + END_S
        for thread in self._threads:
            thread.join(max(deadline - time.monotonic(), 0))

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:  # the waiting thread has to learn of it
            self._failure = self._failure or error
            self._drop()

    def _work_alone(self) -> None:
        with Bench(self._settings) as bench:
            self._work(bench)

    def _work(self, bench: Bench) -> None:
        self._benches.append(bench)
        while True:
            try:
                number, cell = self._left.get_nowait()
            except queue.Empty:
                return
            result = bench.play(cell, self._reference)
            with self._lock:
                if not self._has_ended:  # or its connector was killed while it was played
                    self._note(number, result)

    def _drop(self) -> None:
        with suppress(queue.Empty):
            while True:
                self._left.get_nowait()


class _Helper:
    """Another process that plays a share and sends each result as soon as it has it."""

    def __init__(
        self,
        settings: BenchSettings,
        reference: Reference,
        share: Sequence[tuple[int, Cell]],
        workers: int,
        note: Callable[[int, CellResult], None],
    ) -> None:
        context = get_context("spawn")
        self._note = note
        self._failure = "it ended before it had played them"
        self._receiver, sender = context.Pipe(duplex=False)
        level = logging.getLogger(NODE_LOGGER).level
        self._process = context.Process(
            target=_play_share, args=(sender, settings, reference, share, workers, level), daemon=True
        )
        self._process.start()
        sender.close()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        with suppress(EOFError, OSError):
            while True:
                received = self._receiver.recv()
                if isinstance(received, str):
                    self._failure = received
                    return
                self._note(*received)

    def wait(self) -> None:
        """Wait until the share is played.

        Raises:
            WorkerError: the process ended early.
        """
        while self._reader.is_alive():
            self._reader.join(WAKE_S)
        if self._failure:
            raise WorkerError(self._failure)

    def end(self) -> None:
        """End the process. Its connectors end with it, because each of them is watched."""
        if self._reader.is_alive():
            self._process.kill()
        self._process.join()
        self._reader.join()
        self._receiver.close()
        self._process.close()


def _play_share(
    sender: Connection,
    settings: BenchSettings,
    reference: Reference,
    share: Sequence[tuple[int, Cell]],
    workers: int,
    level: int,
) -> None:
    """Play a share in another process; at the end send an error as text, because not every exception can be pickled."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the first process ends this one
    logging.getLogger(NODE_LOGGER).setLevel(level)
    said = ""
    try:
        with Bench(settings) as bench:
            pool = _Pool(settings, reference, share, lambda number, result: sender.send((number, result)))
            try:
                pool.start(bench, workers)
                pool.wait()
            finally:
                pool.end()
    except BrokenPipeError:
        return  # the first process has ended
    except Exception as error:  # the waiting process has to learn of it
        said = f"{type(error).__name__}: {error}"
    sender.send(said)
