"""Sinks: where a pipe writes.

Source: docs (hub/documentation/building-blocks/sinks/*.rst of datanav/docs, commit 2b65c06, 2026-05-21).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fake_sesam.config.properties import known, listed, row, text

__all__ = ["ENDPOINTS", "SINK_TYPES", "SinkConfig"]

SINK_TYPES = ("dataset", "http_endpoint", "csv_endpoint", "xml_endpoint", "rest")
ENDPOINTS = ("http_endpoint", "csv_endpoint", "xml_endpoint")
_FILES = ("csv_endpoint", "xml_endpoint")


_INITIAL_OFFSETS = ("if-source-populated", "never", "always", "initially", "onload")
_ENCODE_ERRORS = ("ignore", "replace", "xmlcharrefreplace", "backslashreplace")


@dataclass(frozen=True, slots=True, kw_only=True)
class SinkConfig:
    """A pipe's sink; fields that another type of sink has keep their default.

    Units: max_entity_bytes in bytes of the entity as JSON.
    """

    type: str = row("dataset")
    dataset: str = row(only="dataset", convert=text)
    deletion_tracking: bool = row(True, only="dataset")
    mark_deletion_tracked: bool = row(False, only="dataset")
    set_initial_offset: str = row("if-source-populated", choices=_INITIAL_OFFSETS, only="dataset")
    circuit_breaker_factor: float | None = row(name="circuit_breaker_threshold_factor", minimum=0, only="dataset")
    circuit_breaker_count: int | None = row(name="circuit_breaker_threshold_count", minimum=0, only="dataset")
    prevent_multiple_versions: bool | str = row(False, choices=(True, False, "ignore"), only="dataset")
    enable_optimistic_locking: bool | None = known(only="dataset")
    indexes: tuple[Any, ...] | str | None = known(only="dataset")
    track_children: bool | None = row(only="dataset")
    suppress_filtered: bool = row(False, only="dataset")
    max_entity_bytes: int = row(104857600, name="max_entity_bytes_size", minimum=1, only="dataset")
    bitset_commit_interval: int | None = known(only="dataset")
    filename: str | None = row(only=ENDPOINTS, variants={"http_endpoint": {"is_simulated": False}})
    content_disposition: str = row(
        "attachment",
        choices=("attachment", "inline"),
        only=ENDPOINTS,
        variants={"http_endpoint": {"is_simulated": False}},
    )
    skips_deleted: bool = row(True, name="skip-deleted-entities", only=_FILES)
    byte_order_mark: bool = row(False, only=_FILES)
    columns: tuple[str, ...] = row(only="csv_endpoint", required=True, convert=listed)
    quoting: str = row("minimal", choices=("all", "minimal", "non-numeric", "none"), only="csv_endpoint")
    delimiter: str = row(",", only="csv_endpoint")
    doublequote: bool = row(True, only="csv_endpoint")
    include_header: bool = row(True, only="csv_endpoint")
    escapechar: str | None = row(only="csv_endpoint")
    lineterminator: str = row("\r\n", only="csv_endpoint")
    quotechar: str = row('"', only="csv_endpoint")
    encoding: str = row("utf-8", only="csv_endpoint")
    encode_error_strategy: str = row("backslashreplace", choices=_ENCODE_ERRORS, only="csv_endpoint")
    wrapper: str | None = row(only="xml_endpoint")
    root_attributes: Mapping[str, Any] | None = row(name="root-attributes", only="xml_endpoint")
    includes_declaration: bool = row(False, name="include-xml-decl", only="xml_endpoint")
    system_id: str = row(name="system", only="rest", required=True, convert=text)
    operation: str | None = row(only="rest")
    operations: Mapping[str, Any] | None = row(only="rest")
    properties: Mapping[str, Any] | None = row(only="rest")
    payload: Any = row(kind="object|string|list", only="rest")
    rate_limiting_retries: int | None = row(only="rest", minimum=0)
    rate_limiting_delay_s: float | None = row(name="rate_limiting_delay", only="rest", minimum=0)
    trace: Any = known(kind="boolean|object", only="rest")
    comment: Any = row(kind="string|list|object")
