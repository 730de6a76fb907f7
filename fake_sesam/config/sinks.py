"""Sinks: where a pipe writes.

Source: docs (hub/documentation/building-blocks/sinks/*.rst of datanav/docs, commit 2b65c06, 2026-05-21).
"""

from dataclasses import dataclass
from typing import Any

from fake_sesam.config.properties import known, row, text

__all__ = ["SINK_TYPES", "SinkConfig"]

SINK_TYPES = ("dataset", "http_endpoint")


@dataclass(frozen=True, slots=True, kw_only=True)
class SinkConfig:
    """A pipe's sink; fields that another type of sink has keep their default.

    Units: max_entity_bytes in bytes of the entity as JSON.
    """

    type: str = row("dataset")
    dataset: str = row(only="dataset", convert=text)
    deletion_tracking: bool = row(True, only="dataset")
    mark_deletion_tracked: bool = row(False, only="dataset")
    set_initial_offset: str | None = known(only="dataset")
    circuit_breaker_factor: float | None = row(name="circuit_breaker_threshold_factor", minimum=0, only="dataset")
    circuit_breaker_count: int | None = row(name="circuit_breaker_threshold_count", minimum=0, only="dataset")
    prevent_multiple_versions: bool | str = row(False, choices=(True, False, "ignore"), only="dataset")
    enable_optimistic_locking: bool | None = known(only="dataset")
    indexes: tuple[Any, ...] | str | None = known(only="dataset")
    track_children: bool | None = known(only="dataset")
    suppress_filtered: bool = row(False, only="dataset")
    max_entity_bytes: int = row(104857600, name="max_entity_bytes_size", minimum=1, only="dataset")
    bitset_commit_interval: int | None = known(only="dataset")
    filename: str | None = known(only="http_endpoint")
    content_disposition: str | None = known(only="http_endpoint")
    comment: Any = row(kind="string|list|object")
