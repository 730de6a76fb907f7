"""Containers and networks that outlived the process that started them: how they are marked, found and removed.

A test run that is killed cannot clean up after itself. So everything it starts says who its owner is, and the next run
removes what belongs to owners that are gone. Nothing else is touched: not what carries no mark, and not what another
machine marked that shares the engine. Where there is no `/proc` nobody is ever taken for gone.
"""

import contextlib
import hashlib
import logging
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from docker import DockerClient  # type: ignore[import-untyped]  # it has no types
from docker.errors import DockerException  # type: ignore[import-untyped]  # it has no types

__all__ = ["OWNER_LABEL", "Owner", "owner_labels", "remove_leftovers"]

logger = logging.getLogger(__name__)

OWNER_LABEL = "contract-bench.owner"
# testcontainers gives it to everything that one process starts, networks too.
SESSION_LABEL = "org.testcontainers.session-id"
PROC = Path("/proc")
START_FIELD = 19  # of what follows the program's name in /proc/PID/stat: when it started


@dataclass(frozen=True, slots=True)
class Owner:
    """A process on a machine, told apart from a later one with the same number.

    Attributes:
        machine: Of the host's name and the process namespace: numbers mean nothing outside of it.
        boot: The machine's start.
        pid: The number.
        started: When the process began. Units: the kernel's ticks since the machine's start.
    """

    machine: str
    boot: str
    pid: int
    started: int

    @classmethod
    def of_process(cls, pid: int | None = None, *, proc: Path = PROC) -> Self:
        """Who this process is, or that with another number."""
        own = os.getpid() if pid is None else pid
        return cls(_machine(proc), _boot(proc), own, _started(proc, own) or 0)

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read what `str` gives; None for anything else."""
        machine, _, rest = text.partition("-")
        boot, _, rest = rest.partition("-")
        pid, _, started = rest.partition("-")
        if not (machine and boot and pid.isdecimal() and started.isdecimal()):
            return None
        return cls(machine, boot, int(pid), int(started))

    def __str__(self) -> str:
        return f"{self.machine}-{self.boot}-{self.pid}-{self.started}"

    def is_gone(self, *, proc: Path = PROC) -> bool:
        """Whether the process has certainly ended."""
        if not _boot(proc) or self.machine != _machine(proc):
            return False
        return self.boot != _boot(proc) or _started(proc, self.pid) != self.started


def owner_labels() -> dict[str, str]:
    """The mark of this process, for containers and networks that are started by other means than this package's."""
    return {OWNER_LABEL: str(Owner.of_process())}


def remove_leftovers(client: DockerClient) -> list[str]:
    """Remove the marked containers and networks whose owners are gone, and return their names.

    What cannot be removed, for instance because another run is just removing it, is left to the next run.
    """
    removed, sessions = [], set()
    for container in client.containers.list(all=True, filters={"label": OWNER_LABEL}, ignore_removed=True):
        if _is_orphan(container.labels):
            sessions.add(container.labels.get(SESSION_LABEL))
            removed += _removed(container, force=True, v=True)
    for network in _orphaned_networks(client, sessions - {None}):
        removed += _removed(network)
    if removed:
        logger.warning("removed what an earlier run left behind: %s", ", ".join(removed))
    return removed


def _orphaned_networks(client: DockerClient, sessions: set[str]) -> Iterator[Any]:
    for session in sessions:
        yield from client.networks.list(filters={"label": f"{SESSION_LABEL}={session}"})
    for network in client.networks.list(filters={"label": OWNER_LABEL}):
        if _is_orphan(network.attrs.get("Labels") or {}):
            yield network


def _is_orphan(labels: dict[str, str]) -> bool:
    owner = Owner.parse(labels.get(OWNER_LABEL, ""))
    return owner is not None and owner.is_gone()


def _removed(thing: Any, **options: bool) -> list[str]:
    with contextlib.suppress(DockerException):
        thing.remove(**options)
        return [str(thing.name)]
    return []


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
