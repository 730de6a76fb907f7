"""Removes containers and networks that outlived the process that started them.

A test run that is killed cannot clean up. So everything it starts carries a label with its owner, and the next run
removes what belongs to owners that no longer exist. Nothing else is touched: neither what has no label nor what another
machine labelled that uses the same engine. Without `/proc` every owner is assumed to exist.
"""

import contextlib
import logging
from collections.abc import Iterator
from typing import Any

from docker import DockerClient  # type: ignore[import-untyped]  # it has no types
from docker.errors import DockerException  # type: ignore[import-untyped]  # it has no types

from bench_core.owner import OwnerProcess

__all__ = ["OWNER_LABEL", "owner_labels", "remove_leftovers"]

logger = logging.getLogger(__name__)

OWNER_LABEL = "contract-bench.owner"
# testcontainers sets it on everything that one process starts, networks included.
SESSION_LABEL = "org.testcontainers.session-id"


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
