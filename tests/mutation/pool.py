"""Warm workers, each with a copy of the repository of its own. The checkout itself is never changed."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from types import TracebackType
from typing import Self, cast

from tests.mutation.worker import Job, Outcome

__all__ = ["Pool"]

TOOL_ROOT = Path(__file__).resolve().parents[2]
NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv*", ".environments", ".mutants", ".hypothesis", ".*_cache", "__pycache__", "*.egg-info"
)


class Pool:
    """Does jobs, several at a time.

    Args:
        root: The repository, or any folder with code and tests.
        space: An empty folder for the copies.
    """

    def __init__(self, root: Path, space: Path, size: int) -> None:
        self._workers = [_Worker(root, space / f"worker-{at}") for at in range(size)]
        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        self._threads = ThreadPoolExecutor(size)

    def __enter__(self) -> Self:
        for worker in self._workers:
            worker.start()
            self._idle.put(worker)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for worker in self._workers:
            worker.stop(at_once=kind is not None)
        self._threads.shutdown(cancel_futures=True)

    @property
    def size(self) -> int:
        """How many jobs are done at a time."""
        return len(self._workers)

    def map(self, jobs: Iterable[Job]) -> Iterator[Outcome]:
        """The outcomes, in the order of the jobs."""
        return self._threads.map(self._do, jobs)

    def _do(self, job: Job) -> Outcome:
        worker = self._idle.get()
        try:
            return worker.do(job)
        finally:
            self._idle.put(worker)


class _Worker:
    def __init__(self, root: Path, space: Path) -> None:
        self._root = root
        self._space = space
        self._copy = space / "tree"
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        shutil.copytree(self._root, self._copy, symlinks=True, ignore=NOT_COPIED)
        path = os.pathsep.join([str(self._copy), str(TOOL_ROOT)])
        # An empty PYTHONDONTWRITEBYTECODE lets bytecode be kept, in the copy.
        environ = os.environ | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "", "CI": "true"}
        environ["HYPOTHESIS_EXAMPLES"] = "all"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.mutation.worker"],
            cwd=self._copy,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def do(self, job: Job) -> Outcome:
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"a worker ended with status {self._process.wait()}; its messages are above")
        return cast(Outcome, json.loads(line))

    def stop(self, *, at_once: bool) -> None:
        if self._process is None:
            return
        if at_once:
            self._process.terminate()
        with self._process:
            assert self._process.stdin is not None
            self._process.stdin.close()
