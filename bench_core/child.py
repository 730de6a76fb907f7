"""Processes that end with the process that started them, even if that one is killed and cannot end anything.

A shell that costs a millisecond waits for the end of a pipe, whose other end only the parent has open. When the parent
ends, for whatever reason, the shell kills the program's process group. If the shell itself was killed, the next process
that starts a child ends what is left.
"""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from bench_core.owner import OwnerProcess
from bench_core.signals import held_signals

__all__ = ["Child", "end_orphans", "kill_group", "signal_group"]

MARK = "CONTRACT_BENCH_PARENT"
SHELL = "/bin/sh"
WATCH = """trap '' TERM INT HUP
read -r _
kill -s KILL -- "-$1"
"""


class Child(subprocess.Popen[bytes]):
    """A process in a group of its own, which is killed when this process ends.

    Call `release` once it has ended. Standard input is empty.
    Where there is no POSIX shell, the process is not watched.

    Raises:
        OSError: The program does not exist or must not be run.
    """

    def __init__(self, arguments: Sequence[str], *, env: Mapping[str, str], **options: Any) -> None:
        marked = {**env, MARK: str(OwnerProcess.of_process())}
        self._life: int | None = None
        self._watcher: subprocess.Popen[bytes] | None = None
        _end_orphans_once()
        with held_signals():
            super().__init__(list(arguments), env=marked, stdin=subprocess.DEVNULL, start_new_session=True, **options)
            if Path(SHELL).exists():
                self._watch()

    def _watch(self) -> None:
        end, self._life = os.pipe()
        try:
            self._watcher = subprocess.Popen(  # noqa: S603 - a fixed program
                [SHELL, "-c", WATCH, "watch", str(self.pid)],
                stdin=end,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        finally:
            os.close(end)

    def release(self) -> None:
        """Give up the watch, and kill whatever is left of the group."""
        life, self._life = self._life, None
        if life is None:
            return
        os.close(life)
        if self._watcher is not None:
            self._watcher.wait()


def signal_group(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process group, if it still exists."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


def kill_group(pid: int) -> None:
    """Kill a process group, if it still exists."""
    signal_group(pid, signal.SIGKILL)


@cache
def _end_orphans_once() -> None:
    end_orphans()


def end_orphans(*, proc: Path = Path("/proc")) -> list[int]:
    """Kill the children of processes that no longer exist; return the ids of their groups."""
    ended = []
    for entry in proc.glob("[0-9]*"):
        with suppress(OSError):
            environment = (entry / "environ").read_bytes().split(b"\0")
            marks = [each for each in environment if each.startswith(MARK.encode() + b"=")]
            owner = OwnerProcess.parse(marks[0].decode("ascii", "replace").partition("=")[2]) if marks else None
            if owner is not None and owner.is_gone():
                group = os.getpgid(int(entry.name))
                kill_group(group)
                ended.append(group)
    return sorted(set(ended))
