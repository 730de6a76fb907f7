"""A role as a process that is reached over HTTP and can be killed."""

import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

from bench_core.child import Child
from contract_bench.errors import BenchError

__all__ = ["ModuleProcess", "ProcessError", "end_process", "wait_until"]

URL = re.compile(r"http://[\w.]+:\d+")
START_TIMEOUT_S = 30.0
STOP_TIMEOUT_S = 10.0
LINES_SHOWN = 15


class ProcessError(BenchError):
    """A role did not start, or ended early."""

    def __init__(self, name: str, what: str, output: str) -> None:
        self.name = name
        self.output = output
        last = "\n".join(output.splitlines()[-LINES_SHOWN:]) or "(none)"
        super().__init__(f"expected {name} to run, got a process that {what}. Its last lines:\n{last}")


class ModuleProcess:
    """A Python module that is run with `python -m` and prints the address it listens on.

    Use it as a context manager; in between it can be killed and started again.
    """

    def __init__(self, module: str, arguments: Sequence[str], log: Path, *, environ: Mapping[str, str]) -> None:
        self._module = module
        self._arguments = tuple(arguments)
        self._log = log
        self._environ = {**environ, "PYTHONUNBUFFERED": "1"}
        self._process: Child | None = None
        self.url = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    @property
    def output(self) -> str:
        """Everything it has written since its last start."""
        return self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""

    def start(self) -> None:
        """Start it and wait for its address.

        Raises:
            ProcessError: it prints no address in time.
        """
        with self._log.open("wb") as log:
            command = [sys.executable, "-m", self._module, *self._arguments]
            self._process = Child(command, env=self._environ, stdout=log, stderr=subprocess.STDOUT)
        process = self._process
        wait_until(lambda: URL.search(self.output) is not None or process.poll() is not None, START_TIMEOUT_S)
        found = URL.search(self.output)
        if found is None:
            self.kill()
            raise ProcessError(self._module, "did not print the address it listens on", self.output)
        self.url = found.group()

    def stop(self) -> None:
        """Terminate it, so that it ends what it started."""
        process, self._process = self._process, None
        if process is not None:
            end_process(process)

    def kill(self) -> None:
        """Kill it: it cannot finish a write or end what it started."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            process.release()


def end_process(process: Child) -> None:
    """Terminate a process, so that it ends what it started; kill it if that takes too long."""
    process.terminate()
    try:
        process.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.release()


def wait_until(condition: Callable[[], bool], timeout_s: float, *, pause_s: float = 0.004) -> bool:
    """Wait until a condition holds; return whether it held in time."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause_s)
        pause_s = min(pause_s * 1.5, 0.05)
    return True
