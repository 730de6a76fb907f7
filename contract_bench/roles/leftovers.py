"""Removes containers and networks that outlived the process that started them.

A test run that is killed cannot clean up. So everything it starts carries a label with its owner, and the next run
removes what belongs to owners that no longer exist. Nothing else is touched: neither what has no label nor what another
machine labelled that uses the same engine. Without `/proc` every owner is assumed to exist.
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

__all__ = ["OWNER_LABEL", "OwnerProcess", "owner_labels", "remove_leftovers"]

logger = logging.getLogger(__name__)

OWNER_LABEL = "contract-bench.owner"
# testcontainers sets it on everything that one process starts, networks included.
SESSION_LABEL = "org.testcontainers.session-id"
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


def owner_labels() -> dict[str, str]:
    """Return the label of this process, for containers and networks that are started without this package."""
    return {OWNER_LABEL: str(OwnerProcess.of_process())}


def remove_leftovers(client: DockerClient) -> list[str]:
    """Remove the labelled containers and networks whose owners no longer exist; return their names.

    What cannot be removed, for instance because another run is removing it, is left to the next run.
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
    owner = OwnerProcess.parse(labels.get(OWNER_LABEL, ""))
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
