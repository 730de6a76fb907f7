"""How a matrix is run by several workers, without a connector."""

import logging
import os
import signal
import threading
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import pytest

from contract_bench.errors import BenchError
from contract_bench.matrix import run
from contract_bench.matrix.bench import Bench, BenchSettings, CellResult, Reference
from contract_bench.matrix.cells import Cell, NoCellError, Place, Selection
from contract_bench.matrix.fixture import make_fixture
from contract_bench.matrix.judge import Verdict, Version
from contract_bench.matrix.result import Shard
from contract_bench.matrix.run import WorkerError, run_matrix
from contract_bench.roles.connector import ConnectorUnderTest
from tests.support.cases import Cases

SETTINGS = BenchSettings(ConnectorUnderTest("python -m service"))
REFERENCE = Reference(make_fixture(5), 5, {})


def cells_of(count: int) -> list[tuple[int, Cell]]:
    """Numbered cells."""
    return [(number, Cell("full", f"list:{number}", "once", "latency", {})) for number in range(count)]


def result_of(cell: Cell) -> CellResult:
    """A cell that was played."""
    return CellResult(cell, Verdict.RECOVERED, (), 0.1, 1, 3)


class Worker:
    """A bench that plays cells at once, or holds them until it is told to go on or given up."""

    def __init__(self, play: Callable[[Cell], CellResult] = result_of, *, holds: bool = False) -> None:
        self.settings = SETTINGS
        self.played: list[Cell] = []
        self.goes_on, self.is_playing = threading.Event(), threading.Event()
        self.was_abandoned = False
        self._play = play
        if not holds:
            self.goes_on.set()

    def play(self, cell: Cell, _reference: Reference) -> CellResult:
        """Play a cell."""
        self.is_playing.set()
        assert self.goes_on.wait(30)
        self.played.append(cell)
        return self._play(cell)

    def abandon(self) -> None:
        """Let go of a cell that is held."""
        self.was_abandoned = True
        self.goes_on.set()


def pool_of(count: int) -> tuple[run._Pool, list[int]]:
    """Workers for some cells, and the numbers of those that were noted."""
    noted: list[int] = []
    return run._Pool(SETTINGS, REFERENCE, cells_of(count), lambda number, _: noted.append(number)), noted


def test_a_pool_plays_every_cell_once() -> None:
    pool, noted = pool_of(30)
    worker = Worker()

    pool.start(cast("Bench", worker), 1)
    pool.wait()
    pool.end()

    assert noted == list(range(30))
    assert [cell.place for cell in worker.played] == [f"list:{number}" for number in range(30)]
    assert not worker.was_abandoned


def test_a_cell_under_way_when_the_run_ends_has_no_result() -> None:
    """Its connector was killed while it was played, so whatever it seems to show is worth nothing."""
    pool, noted = pool_of(5)
    worker = Worker(holds=True)

    pool.start(cast("Bench", worker), 1)
    assert worker.is_playing.wait(30)
    pool.end()
    pool.wait()

    assert worker.was_abandoned
    assert len(worker.played) == 1
    assert noted == []


def test_a_worker_that_cannot_go_on_ends_the_run() -> None:
    """With its error, and without playing the rest."""

    def play(cell: Cell) -> CellResult:
        if cell.place == "list:2":
            raise BenchError("the connector does not start")
        return result_of(cell)

    pool, noted = pool_of(10)
    worker = Worker(play)
    pool.start(cast("Bench", worker), 1)

    with pytest.raises(BenchError, match="does not start"):
        pool.wait()
    pool.end()

    assert noted == [0, 1]
    assert len(worker.played) == 3


def test_more_workers_have_benches_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as there are cells for; the first one uses the bench that is open."""
    workers = [Worker(holds=True) for _ in range(2)]
    spare = iter(workers[1:])
    monkeypatch.setattr(run, "Bench", lambda _settings: nullcontext(next(spare)))
    pool, noted = pool_of(2 * run.CELLS_A_WORKER - 1)

    pool.start(cast("Bench", workers[0]), 12)
    assert all(worker.is_playing.wait(30) for worker in workers)
    for worker in workers:
        worker.goes_on.set()
    pool.wait()

    assert sorted(noted) == list(range(2 * run.CELLS_A_WORKER - 1))
    assert all(worker.played for worker in workers)


def test_how_many_processes(cases: Cases, monkeypatch: pytest.MonkeyPatch) -> None:
    """One for a connector that is already running; otherwise as many as there are cells and processors for."""
    running = BenchSettings(ConnectorUnderTest("http://127.0.0.1:1"))
    for processors, settings, count, expected in [
        (8, SETTINGS, 1, 1),
        (8, SETTINGS, run.CELLS_A_PROCESS, 2),
        (8, SETTINGS, 100 * run.CELLS_A_PROCESS, run.MOST_PROCESSES),
        (2, SETTINGS, 100 * run.CELLS_A_PROCESS, 2),
        (None, SETTINGS, 100 * run.CELLS_A_PROCESS, 1),
        (8, running, 100 * run.CELLS_A_PROCESS, 1),
    ]:
        with cases.case((processors, count, settings.connector.text)):
            monkeypatch.setattr(os, "cpu_count", lambda processors=processors: processors)
            assert run._processes(settings, count) == expected


def _note(noted: list[Any], number: int, result: CellResult) -> None:
    noted.append((number, result))


def test_what_another_process_says(cases: Cases, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its results come as it has them; an end without a word is a failure, and so is an error."""
    scripts: list[tuple[str, list[Any], str]] = [
        ("all", [(0, "a"), (1, "b"), ""], ""),
        ("an error", [(0, "a"), "OSError: no space"], "OSError: no space"),
        ("no word", [(0, "a")], "it ended before it had played them"),
    ]
    for name, said, expected in scripts:
        with cases.case(name):
            monkeypatch.setattr(run, "get_context", lambda _kind, said=said: SpokenContext(said))
            noted: list[Any] = []
            helper = run._Helper(SETTINGS, REFERENCE, [], 1, partial(_note, noted))
            if expected:
                with pytest.raises(WorkerError, match=expected):
                    helper.wait()
            else:
                helper.wait()
            helper.end()

            assert noted == [each for each in said if isinstance(each, tuple)]


class SpokenContext:
    """Starts processes that have already said what they will ever say."""

    def __init__(self, said: list[Any]) -> None:
        self._said = iter(said)

    def Pipe(self, *, duplex: bool) -> tuple[Any, Any]:  # noqa: N802 - the name in multiprocessing
        """Return both ends."""
        assert not duplex
        return SimpleNamespace(recv=self._receive, close=lambda: None), SimpleNamespace(close=lambda: None)

    def Process(self, **_: Any) -> Any:  # noqa: N802 - the name in multiprocessing
        """Return a process."""
        return SimpleNamespace(start=lambda: None, kill=lambda: None, join=lambda: None, close=lambda: None)

    def _receive(self) -> Any:
        try:
            return next(self._said)
        except StopIteration:
            raise EOFError from None


def test_what_a_process_sends(cases: Cases, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each result, then an empty text; an error as text; nothing if nobody reads any more."""
    monkeypatch.setattr(signal, "signal", lambda *_: None)

    def fail(cell: Cell) -> CellResult:
        raise BenchError(f"no place {cell.place}")

    class Sender:
        def __init__(self, *, is_read: bool = True) -> None:
            self.sent: list[Any] = []
            self._is_read = is_read

        def send(self, what: Any) -> None:
            if not self._is_read:
                raise BrokenPipeError
            self.sent.append(what if isinstance(what, str) else what[0])

    for name, play, is_read, expected in [
        ("all", result_of, True, [0, 1, ""]),
        ("an error", fail, True, ["BenchError: no place list:0"]),
        ("unread", result_of, False, []),
    ]:
        with cases.case(name):
            worker, sender = Worker(play), Sender(is_read=is_read)
            monkeypatch.setattr(run, "Bench", lambda _settings, worker=worker: nullcontext(worker))
            level = logging.getLogger(run.NODE_LOGGER).level  # it is that of the first process
            run._play_share(cast("Any", sender), SETTINGS, REFERENCE, cells_of(2), 1, level)
            assert sender.sent == expected


def test_a_run_without_a_cell_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has looked at nothing has not passed: here, a shard that gets none."""
    learned = SimpleNamespace(places={"list:first": Place({})})
    reference = Reference(make_fixture(5), 5, {"full": cast("Any", learned)})
    monkeypatch.setattr(run, "Bench", lambda _settings: nullcontext(Worker()))
    monkeypatch.setattr(run, "learn_from", lambda *_: reference)

    with pytest.raises(NoCellError):
        run_matrix(SETTINGS, Selection(faults=("latency",), times=("once",)), shard=Shard(2, 2))


def test_an_upstream_that_changed_meanwhile_is_noticed(cases: Cases) -> None:
    """By another pull without a fault; the fake HubSpot does not change by itself."""
    one, other = {"1": Version("a")}, {"1": Version("b")}
    api, failed = "http://api.test", SimpleNamespace(ok=False, error="no route")
    for name, upstream, pulled, expected in [
        ("no upstream", None, None, ""),
        ("the same", api, SimpleNamespace(ok=True, dataset=one), ""),
        ("another", api, SimpleNamespace(ok=True, dataset=other), "1 with other content"),
        ("a failure", api, failed, "a pull without a fault failed: no route"),
    ]:
        with cases.case(name):
            learned = SimpleNamespace(data_dir=None, second=SimpleNamespace(dataset=one))
            bench = SimpleNamespace(
                settings=SimpleNamespace(upstream=upstream),
                portal=SimpleNamespace(fill=lambda _: None),
                node=lambda _: nullcontext(),
                pull=lambda _node, _mode, pulled=pulled: pulled,
            )
            reference = Reference(make_fixture(5), 5, {"full": cast("Any", learned)})
            assert run._what_changed(cast("Bench", bench), reference) == expected
