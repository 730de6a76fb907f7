"""The peak memory of a connector's processes, as Linux counts it.

Each process has a high-water mark of its resident memory (`VmHWM`). The sum over a process and its children never
decreases while they live, so one reading at the end would do. Readings in between catch children that come and go.
"""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Self

__all__ = ["MemoryMeter", "peak_of", "tree_of"]

PROC = Path("/proc")
SAMPLE_S = 0.05
KIB = 1024


def tree_of(pid: int, *, proc: Path = PROC) -> set[int]:
    """Return a process and all its descendants."""
    parents = dict(_parents(proc))
    found = {pid} & parents.keys()
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def peak_of(pid: int, *, proc: Path = PROC) -> int | None:
    """Return the sum of the high-water marks of a process and its descendants, None if the system has none.

    Units: bytes.
    """
    marks = [_high_water_mark(proc / str(each)) for each in tree_of(pid, proc=proc)]
    known = [mark for mark in marks if mark is not None]
    return sum(known) if known else None


def _parents(proc: Path) -> Iterator[tuple[int, int]]:
    for folder in proc.glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            # the name, in brackets, may contain blanks and brackets
            fields = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            yield int(folder.name), int(fields[1])


def _high_water_mark(folder: Path) -> int | None:
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in (folder / "status").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * KIB
    return None


class MemoryMeter:
    """Watches a process tree while the context is open; `peak` is the highest reading, None if there was none.

    Units: bytes.
    """

    def __init__(self, pid: int, *, proc: Path = PROC) -> None:
        self._pid = pid
        self._proc = proc
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="memory-meter", daemon=True)
        self.peak: int | None = None

    def __enter__(self) -> Self:
        self._look()
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._is_over.set()
        self._thread.join(5)
        self._look()

    def _watch(self) -> None:
        while not self._is_over.wait(SAMPLE_S):
            self._look()

    def _look(self) -> None:
        seen = peak_of(self._pid, proc=self._proc)
        if seen is not None:
            self.peak = max(self.peak or 0, seen)
