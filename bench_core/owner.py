"""The process that something belongs to, distinguished from a later one with the same id."""

import hashlib
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Self

__all__ = ["OwnerProcess"]

PROC = Path("/proc")
START_FIELD = 19  # the start time, counted from the field after the program's name in /proc/PID/stat


@dataclass(frozen=True, slots=True)
class OwnerProcess:
    """A process on a machine, distinguished from a later one with the same id.

    Attributes:
        machine: A digest of the host name and the process namespace; process ids mean nothing outside it.
        boot: The id of the machine's current boot.
        pid: The process id.
        started: When the process started. Units: the kernel's ticks since the machine's start.
    """

    machine: str
    boot: str
    pid: int
    started: int

    @classmethod
    def of_process(cls, pid: int | None = None, *, proc: Path = PROC) -> Self:
        """Return the owner that is this process, or the one with another id."""
        own = os.getpid() if pid is None else pid
        return cls(_machine(proc), _boot(proc), own, _started(proc, own) or 0)

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Parse the text that `str` produces; None for any other text."""
        machine, _, rest = text.partition("-")
        boot, _, rest = rest.partition("-")
        pid, _, started = rest.partition("-")
        if not (machine and boot and pid.isdecimal() and started.isdecimal()):
            return None
        return cls(machine, boot, int(pid), int(started))

    def __str__(self) -> str:
        return f"{self.machine}-{self.boot}-{self.pid}-{self.started}"

    def is_gone(self, *, proc: Path = PROC) -> bool:
        """Return whether the process has certainly ended."""
        if not _boot(proc) or self.machine != _machine(proc):
            return False
        return self.boot != _boot(proc) or _started(proc, self.pid) != self.started


def _machine(proc: Path) -> str:
    try:
        namespace = (proc / "self" / "ns" / "pid").readlink()
    except OSError:
        namespace = Path()
    return hashlib.sha256(f"{socket.gethostname()} {namespace}".encode()).hexdigest()[:8]


def _boot(proc: Path) -> str:
    try:
        return (proc / "sys" / "kernel" / "random" / "boot_id").read_text("ascii")[:8]
    except OSError:
        return ""


def _started(proc: Path, pid: int) -> int | None:
    """When a process began; None where there is none."""
    try:
        stat = (proc / str(pid) / "stat").read_text("utf-8", errors="replace")
    except OSError:
        return None
    return int(stat.rpartition(")")[2].split()[START_FIELD])
