"""Starts the processes that are measured, and reads their memory and processor time from the kernel."""

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BYTECODE = ROOT / "benchmarks" / ".environments" / "bytecode"
TOKEN = "pat-na1-00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True, slots=True)
class Process:
    """A running process and the file that takes its output, so that a full pipe never blocks it."""

    popen: subprocess.Popen[bytes]
    output: Path

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.popen.pid

    def said(self, pattern: str, within_s: float = 60.0) -> str:
        """Wait for output that matches, and return the first group of the first match.

        Raises:
            RuntimeError: The process ended first, or the time was up. The message contains its output.
        """
        deadline = time.monotonic() + within_s
        while True:
            ended = self.popen.poll() is not None
            printed = self.output.read_text(errors="replace")
            if found := re.search(pattern, printed, re.MULTILINE):
                return found[1]
            if ended or time.monotonic() > deadline:
                raise RuntimeError(f"{self.popen.args!r} never printed {pattern!r}: {printed[-2000:]}")
            time.sleep(0.002)


@contextmanager
def process(*command: str | Path, **environ: str) -> Iterator[Process]:
    """Start a process, and stop it at the end of the block."""
    with tempfile.NamedTemporaryFile() as output:
        running = subprocess.Popen(
            [str(part) for part in command],
            cwd=ROOT,
            env={**_environ(), **environ},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield Process(running, Path(output.name))
        finally:
            running.terminate()
            try:
                running.wait(timeout=10)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()


def _environ() -> dict[str, str]:
    """Let Python keep its bytecode, as on a user's machine: otherwise each start compiles everything it imports."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONUNBUFFERED": "1", "PYTHONPYCACHEPREFIX": str(BYTECODE)}


@contextmanager
def stub(contacts: int, latency_s: float = 0.0, *, limit: int = 0) -> Iterator[str]:
    """Start an upstream with almost no overhead and yield its URL.

    With a limit, it accepts that many requests in 10 s.
    """
    place = ("127.0.0.1", "0", str(limit))
    with process(sys.executable, "benchmarks/stub.py", str(contacts), str(latency_s), *place) as running:
        port = running.said(r"^(\d+)$")
        yield f"http://127.0.0.1:{port}"


@contextmanager
def service(upstream: str, **environ: str) -> Iterator[tuple[int, int]]:
    """Start the service and yield its port and the process id of its worker."""
    settings = {"HUBSPOT_API_KEY": "x", "HUBSPOT_BASE_URL": upstream, "HOST": "127.0.0.1", "PORT": "0", **environ}
    with process(sys.executable, "-m", "service", **settings) as running:
        port = int(running.said(r"Listening at: http://127\.0\.0\.1:(\d+)"))
        worker = int(running.said(r"Booting worker with pid: (\d+)"))
        yield port, worker


@contextmanager
def fake_hubspot(*options: str) -> Iterator[tuple[str, int]]:
    """Start the fake HubSpot and yield its URL and process id."""
    with process(sys.executable, "-m", "fake_hubspot", "serve", "--port", "0", "--quiet", *options) as running:
        yield running.said(r"(http://127\.0\.0\.1:\d+)"), running.pid


def peak_mb(pid: int) -> float:
    """Return the peak resident memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def tree_peak_mb(pid: int) -> float:
    """Return the sum of the peak resident memory of a process and of each process it started."""
    return sum(peak_mb(one) for one in _tree(pid))


def _tree(pid: int) -> list[int]:
    children = [
        int(child) for tasks in Path(f"/proc/{pid}/task").glob("*/children") for child in tasks.read_text().split()
    ]
    return [pid, *(one for child in children for one in _tree(child))]


def cpu_s(pid: int) -> float:
    """Return the processor time of a process's threads so far, without threads that have ended. Units: seconds."""
    return sum(int(one.read_text().split()[0]) for one in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9


def tree_cpu_s(pid: int) -> float:
    """Return the processor time of a process and of each process it started. Units: seconds."""
    return sum(cpu_s(one) for one in _tree(pid))


def seconds(function: Callable[[], object]) -> float:
    """Return how long a call takes."""
    begun = time.perf_counter()
    function()
    return time.perf_counter() - begun
