"""The memory of a process tree, and the judgement of its growth."""

import http.client
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import pytest

from contract_bench.matrix import BenchSettings, ConnectorUnderTest, memory_probe
from contract_bench.matrix.judge import Remark, Violation
from contract_bench.matrix.memory import MemoryMeter, peak_of, tree_of
from contract_bench.matrix.memory_probe import judge_growth, memory_growth
from tests.support.cases import for_each
from tests.support.processes import started
from tests.support.upstream_stub import StubResponse, UpstreamStub

MB = 1_000_000
HAS_PROC = Path("/proc/self/status").exists()
# Allocates and frees 60 MB in a child process, and reports when.
GREEDY = "import sys; kept = bytearray(60_000_000); del kept; print('done', flush=True); sys.stdin.read()"
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {GREEDY!r}], check=True)"


def proc_of(folder: Path, processes: dict[int, tuple[int, int | None]]) -> Path:
    """Return a `/proc` with these processes: id, then parent and high-water mark in KiB."""
    for pid, (parent, mark) in processes.items():
        (folder / str(pid)).mkdir(parents=True)
        (folder / str(pid) / "stat").write_text(f"{pid} (odd) name) S {parent} 1 1 0\n", encoding="utf-8")
        status = "Name:\todd\n" + ("" if mark is None else f"VmHWM:\t{mark:>8} kB\n")
        (folder / str(pid) / "status").write_text(status, encoding="utf-8")
    return folder


@contextmanager
def running(program: str) -> Iterator["subprocess.Popen[str]"]:
    """Start a Python process that ends with the context, after its first line of output."""
    command = [sys.executable, "-c", program]
    with started(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "done\n"
        yield process


def test_tree_contains_all_descendants(tmp_path: Path) -> None:
    """And no other process."""
    proc = proc_of(tmp_path, {5: (1, 10), 7: (5, 10), 9: (7, 10), 11: (1, 10)})

    assert tree_of(5, proc=proc) == {5, 7, 9}
    assert tree_of(6, proc=proc) == set()


def test_peak_is_the_sum_over_the_tree(tmp_path: Path) -> None:
    """A process that has ended meanwhile does not count."""
    proc = proc_of(tmp_path, {5: (1, 1000), 7: (5, 500), 9: (7, None)})

    assert peak_of(5, proc=proc) == 1_500 * 1024
    assert peak_of(9, proc=proc) is None
    assert peak_of(1234, proc=proc) is None


@pytest.mark.skipif(not HAS_PROC, reason="this system has no /proc")
def test_memory_that_a_child_freed_counts() -> None:
    """The high-water mark remains."""
    with running(PARENT) as process, MemoryMeter(process.pid) as meter:
        pass

    assert meter.peak is not None
    assert meter.peak > 60 * MB


@for_each("kept", [0.6, 1.0, 3.0])
def test_connector_that_keeps_the_response_is_detected(kept: float) -> None:
    """As bytes, in part, or as objects."""
    few, many = (8 * MB, 30 * MB), (25 * MB, int(30 * MB + kept * 17 * MB) + 1)

    found = list(judge_growth(few, many))

    assert [type(each) for each in found] == [Violation]


@for_each("noise", [0, 1 * MB, 5 * MB])
def test_connector_that_passes_pages_on_is_not_blamed(noise: int) -> None:
    """Whatever a garbage collector has not freed yet."""
    found = list(judge_growth((8 * MB, 80 * MB), (25 * MB, 80 * MB + noise)))

    assert found == [Remark(f"at most 80 MB for a response of 8 MB, {80 + noise // MB} MB for one of 25 MB")]


@pytest.mark.parametrize(
    ("few", "many"), [((8, None), (25, None)), ((8 * MB, 30 * MB), (9 * MB, 900 * MB))], ids=["no /proc", "too short"]
)
def test_missing_measurement_is_reported(few: tuple[int, int | None], many: tuple[int, int | None]) -> None:
    """It is a remark, not a violation."""
    (found,) = judge_growth(few, many)

    assert isinstance(found, Remark)
    assert found.text.startswith("not measured")


def judged(bench: Any) -> list[Violation | Remark]:
    """Measure with a bench that starts nothing."""
    return list(memory_growth(bench))


class Unstarted:
    """A bench whose connector has a process, or none."""

    def __init__(self, settings: BenchSettings) -> None:
        self.settings = settings
        self.connector = SimpleNamespace(pid=lambda: settings.pages)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        """Nothing was started."""


@pytest.fixture
def pulls(monkeypatch: pytest.MonkeyPatch) -> dict[int, tuple[int, int | None] | Exception]:
    """What a pull of so many records gives: the length of the response and the peak memory, or an error."""
    given: dict[int, tuple[int, int | None] | Exception] = {}

    def pull(_bench: object, _pid: int, count: int) -> tuple[int, int | None]:
        found = given[count]
        if isinstance(found, Exception):
            raise found
        return found

    monkeypatch.setattr(memory_probe, "Bench", Unstarted)
    monkeypatch.setattr(memory_probe, "_pull", pull)
    return given


SETTINGS = BenchSettings(ConnectorUnderTest(), memory_records=(1, 2, 3))


def test_a_connector_that_seems_to_keep_the_response_is_measured_with_a_larger_account(
    pulls: dict[int, tuple[int, int | None] | Exception],
) -> None:
    """A garbage collector may only have been slow."""
    pulls.update({1: (9 * MB, 50 * MB), 2: (30 * MB, 70 * MB), 3: (75 * MB, 71 * MB)})

    assert judged(Unstarted(SETTINGS)) == [
        Remark("at most 70 MB for a response of 30 MB, 71 MB for one of 75 MB"),
    ]


def test_a_connector_that_does_not_keep_it_is_not_measured_again(
    pulls: dict[int, tuple[int, int | None] | Exception],
) -> None:
    pulls.update({1: (9 * MB, 50 * MB), 2: (30 * MB, 51 * MB), 3: AssertionError("a third pull")})

    assert judged(Unstarted(SETTINGS)) == [Remark("at most 50 MB for a response of 9 MB, 51 MB for one of 30 MB")]


@pytest.mark.parametrize("error", [ConnectionResetError(), http.client.IncompleteRead(b"")])
def test_a_pull_of_a_large_account_that_fails_is_a_defect(
    pulls: dict[int, tuple[int, int | None] | Exception], error: Exception
) -> None:
    pulls.update({1: (9 * MB, 50 * MB), 2: error})

    assert judged(Unstarted(SETTINGS)) == [
        Violation("completes", f"a pull of 2 records failed: {type(error).__name__}")
    ]


def test_without_a_known_process_nothing_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    class Elsewhere(Unstarted):
        """A connector that runs on another machine."""

        def __init__(self, settings: BenchSettings) -> None:
            super().__init__(settings)
            self.connector = SimpleNamespace(pid=lambda: None)

    monkeypatch.setattr(memory_probe, "Bench", Elsewhere)

    assert judged(Elsewhere(SETTINGS)) == [Remark("not measured: the connector's process is not known")]


@pytest.mark.parametrize(("status", "length"), [(200, 3), (299, 3)])
def test_a_response_is_read_to_its_end(status: int, length: int) -> None:
    stub = UpstreamStub()
    stub.respond = lambda _request: StubResponse(status, b"[1]")
    with closing(stub):
        assert memory_probe._read_all(stub.url, "/get_contacts", 9) == length

    assert [one.path for one in stub.requests] == ["/get_contacts"]


@for_each("status", [300, 404, 502])
def test_a_status_that_is_no_success_is_not_measured(status: int) -> None:
    """The body of an error is short, so that memory would not seem to grow."""
    stub = UpstreamStub()
    stub.respond = lambda _request: StubResponse(status, b"[1]")

    with closing(stub), pytest.raises(http.client.HTTPException, match=f"status {status}"):
        memory_probe._read_all(stub.url, "get_contacts", 9)
