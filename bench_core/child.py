"""Processes that end with the process that started them, even if that one is killed and cannot end anything.

A shell that costs a millisecond waits beside the program for the end of a pipe, whose other end only the parent has
open. When the parent ends, for whatever reason, the shell kills the program's process group. If the shell itself was
killed, the next process that starts a child ends what is left.
"""

import errno
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from bench_core.owner import OwnerProcess

__all__ = ["Child", "end_orphans", "kill_group"]

MARK = "CONTRACT_BENCH_PARENT"
SHELL = "/bin/sh"
# Descriptor 3 is the pipe. The watcher ignores the signals that ask the program to end, and ends with the group.
WATCH = """exec 3<&0 </dev/null
(trap '' TERM INT HUP; read -r _; kill -s KILL -- "-$$") <&3 3<&- >/dev/null 2>&1 &
exec "$@" 3<&-
"""


class Child(subprocess.Popen[bytes]):
    """A process in a group of its own, which is killed when this process ends.

    Call `release` once it has ended. Where there is no POSIX shell, the process is not watched.

    Raises:
        OSError: The program does not exist or must not be run.
    """

    def __init__(self, arguments: Sequence[str], *, env: Mapping[str, str], **options: Any) -> None:
        marked = {**env, MARK: str(OwnerProcess.of_process())}
        options = {"env": marked, "start_new_session": True, **options}
        self._life: int | None = None
        if not Path(SHELL).exists():
            super().__init__(list(arguments), stdin=subprocess.DEVNULL, **options)
            return
        _end_orphans_once()
        _check_program(arguments[0], env, options.get("cwd"))
        end, self._life = os.pipe()
        try:
            super().__init__([SHELL, "-c", WATCH, "watch", *arguments], stdin=end, **options)
        except BaseException:
            self.release()
            raise
        finally:
            os.close(end)

    def release(self) -> None:
        """Give up the watch, which kills whatever is left of the group."""
        life, self._life = self._life, None
        if life is not None:
            os.close(life)


def _check_program(name: str, env: Mapping[str, str], folder: Any) -> None:
    """Raise the error that starting the program would raise; the shell would only print one."""
    path = Path(folder or ".") / name if os.sep in name else shutil.which(name, path=env.get("PATH", os.defpath))
    problem = 0
    if path is None or not Path(path).exists():
        problem = errno.ENOENT
    elif not Path(path).is_file() or not os.access(path, os.X_OK):
        problem = errno.EACCES
    if problem:
        raise OSError(problem, os.strerror(problem), name)


def kill_group(pid: int) -> None:
    """Kill a process group, if it still exists."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


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
