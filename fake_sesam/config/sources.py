"""Sources: where a pipe reads.

Source: docs (hub/documentation/building-blocks/sources/*.rst of datanav/docs, commit 2b65c06, 2026-05-21).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fake_sesam.config.operations import LOCATIONS
from fake_sesam.config.properties import known, listed, row, text, text_map

__all__ = ["SOURCE_TYPES", "SourceConfig"]

SOURCE_TYPES = ("json", "embedded", "dataset", "http_endpoint", "rest", "merge_datasets", "merge")
_REQUESTED = ("json", "rest")
_JOINED = ("merge_datasets", "merge")
_PULLED = ("json", "embedded", "dataset", "rest")
_COUNTED = (*_PULLED, *_JOINED)
# What the documents call fixed: it may be written, and changes nothing.
_FIXED = {
    **{each: {"default": True, "is_simulated": False} for each in _JOINED},
    "http_endpoint": {"is_simulated": False},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceConfig:
    """A pipe's source; fields that another type of source has keep their default."""

    type: str = row(required=True)
    system_id: str = row(name="system", only=_REQUESTED, required=True, convert=text)
    url: str = row(only="json", required=True, convert=text)
    entities: tuple[dict[str, Any], ...] = row(only="embedded", required=True, convert=listed)
    dataset: str = row(only="dataset", required=True, convert=text)
    include_previous_versions: bool = row(False, only="dataset")
    include_replaced: bool | None = known(only="dataset")
    page_size: int | None = row(minimum=1, only="json")
    headers: Mapping[str, str] = row(only="json", convert=text_map, is_secret=True)
    operation: str = row(only="rest", required=True, convert=text)
    operations: Mapping[str, Any] | None = row(only="rest")
    properties: Mapping[str, Any] | None = row(only="rest")
    payload: Any = row(kind="object|string|list", only="rest")
    payload_property: str | None = row(only="rest")
    response_property: str | None = row(only="rest")
    response_headers_property: str | None = row(only="rest")
    response_status_property: str | None = row(only="rest")
    response_include_content_type: bool = row(False, only="rest")
    id_expression: str | None = row(only="rest")
    updated_expression: str | None = row(only="rest")
    since_property_name: str | None = row(only="rest")
    since_property_location: str | None = row(only="rest", choices=LOCATIONS)
    rate_limiting_retries: int | None = row(only="rest", minimum=0)
    rate_limiting_delay_s: float | None = row(name="rate_limiting_delay", only="rest", minimum=0)
    trace: Any = known(kind="boolean|object", only=("rest", "http_endpoint"))
    datasets: tuple[str, ...] = row(only=_JOINED, required=True, convert=listed)
    strategy: str = row(
        only=_JOINED,
        convert=text,
        variants={
            "merge_datasets": {"default": "latest", "choices": ("latest", "all")},
            "merge": {"default": "default", "choices": ("default", "compact", "list")},
        },
    )
    equality: tuple[Any, ...] = row(only="merge", convert=listed)
    equality_sets: tuple[Any, ...] = row(only="merge", convert=listed)
    identity: str = row("composite", choices=("composite", "first"), only="merge")
    version: int = known(default=1, kind="integer|string", only="merge")
    include_internal_properties: bool = row(False, only="merge")
    max_merged: int = row(50000, minimum=1, only="merge")
    initial_datasets: tuple[Any, ...] | None = known(only=_JOINED)
    ignore_non_existent_datasets: bool | None = known(only=_JOINED)
    require_populated_input: bool | None = known(only=("dataset", *_JOINED))
    if_source_empty: str = row("accept", choices=("accept", "fail"), only=_COUNTED)
    supports_since: bool = row(False, only=SOURCE_TYPES, variants={"dataset": {"default": True}, **_FIXED})
    is_since_comparable: bool = row(True, only=SOURCE_TYPES, variants=_FIXED)
    is_chronological: bool = row(False, only=SOURCE_TYPES, variants={"dataset": {"default": True}, **_FIXED})
    initial_since_value: str | int | None = row(only=_PULLED)
    supports_signalling: bool | None = known(only=("json", "dataset", *_JOINED))
    initial_completeness: tuple[Any, ...] | None = known(only="dataset")
    shown_system: str | None = known(name="system", only="embedded")
    auto_populate_dataset: bool = row(True, only="http_endpoint")
    validation_expression: str | None = known(only="http_endpoint")
    subset: tuple[Any, ...] | None = row(only=("json", "dataset"), variants={"json": {"is_simulated": False}})
    # Documented for dataset sources only; Sesam's HubSpot tutorial gives it to a json source all the same. The check
    # of a pipe says so there.
    completeness: bool | None = row(only=("json", "dataset"), variants={"dataset": {"is_simulated": False}})
    do_float_as_decimal: bool | None = known(only="http_endpoint")
    do_float_as_int: bool | None = known(only="http_endpoint")
    comment: Any = row(kind="string|list|object")

    @property
    def is_joined(self) -> bool:
        """Whether the source reads several datasets; it is always incremental and chronological."""
        return self.type in _JOINED

    @property
    def is_paged(self) -> bool:
        """Whether the source is read page by page: only where it is chronological and its offsets compare."""
        return bool(self.page_size and self.supports_since and self.is_chronological and self.is_since_comparable)
