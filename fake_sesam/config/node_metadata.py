"""The node's metadata: what holds for every pipe unless the pipe says otherwise.

Source: docs (hub/configuration-service-metadata.rst of datanav/docs, commit 2b65c06, 2026-05-21).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fake_sesam.config.properties import known, row

__all__ = ["NamespaceNames", "NodeMetadata"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamespaceNames:
    """The namespaces that are given to ids and to properties; the pipe's id where there is none."""

    identity: str | None = row()
    property: str | None = row()


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeMetadata:
    """The metadata of a node."""

    id: str = row(name="_id", required=True)
    type: str = row(required=True)
    task_manager: Mapping[str, Any] | None = row()
    global_defaults: Mapping[str, Any] | None = row()
    namespaced_identifiers: bool = row(False)
    namespaces: Mapping[str, Any] | None = row()
    dependency_tracking: Mapping[str, Any] | None = known()
    comment: Any = row(kind="string|list|object")

    @property
    def runs_pipes_by_itself(self) -> bool:
        """Whether pipes follow their schedules; an upload for a test says that they do not."""
        return not (isinstance(self.task_manager, Mapping) and self.task_manager.get("disable_user_pipes") is True)
