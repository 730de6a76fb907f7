"""Sources: where a pipe reads.

Source: docs (hub/documentation/building-blocks/sources/*.rst of datanav/docs, commit 2b65c06, 2026-05-21).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fake_sesam.config.properties import known, row, text, text_map

__all__ = ["SOURCE_TYPES", "SourceConfig"]

SOURCE_TYPES = ("json", "embedded", "dataset", "http_endpoint")
_PULLED = ("json", "embedded", "dataset")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceConfig:
    """A pipe's source; fields that another type of source has keep their default."""

    type: str = row(required=True)
    system_id: str = row(name="system", only="json", required=True, convert=text)
    url: str = row(only="json", required=True, convert=text)
    entities: tuple[dict[str, Any], ...] = row(
        only="embedded", required=True, convert=lambda entities: tuple(entities or ())
    )
    dataset: str = row(only="dataset", required=True, convert=text)
    include_previous_versions: bool = row(False, only="dataset")
    include_replaced: bool | None = known(only="dataset")
    page_size: int | None = row(minimum=1, only="json")
    headers: Mapping[str, str] = row(only="json", convert=text_map, is_secret=True)
    if_source_empty: str = row("accept", choices=("accept", "fail"), only=_PULLED)
    supports_since: bool = row(False, only=_PULLED, variants={"dataset": {"default": True}})
    is_since_comparable: bool = row(True, only=_PULLED)
    is_chronological: bool = row(False, only=_PULLED, variants={"dataset": {"default": True}})
    initial_since_value: str | int | None = row(only=_PULLED)
    supports_signalling: bool | None = known(only=("json", "dataset"))
    initial_completeness: tuple[Any, ...] | None = known(only="dataset")
    require_populated_input: bool | None = known(only="dataset")
    shown_system: str | None = known(name="system", only="embedded")
    auto_populate_dataset: bool = row(True, only="http_endpoint")
    validation_expression: str | None = known(only="http_endpoint")
    trace: bool | Mapping[str, Any] | None = known(only="http_endpoint")
    subset: tuple[Any, ...] | None = known(only=("json", "dataset"))
    # Documented for dataset sources only; Sesam's HubSpot tutorial gives it to a json source all the same. The check
    # of a pipe says so there.
    completeness: bool | None = row(only=("json", "dataset"), variants={"dataset": {"is_simulated": False}})
    do_float_as_decimal: bool | None = known(only="http_endpoint")
    do_float_as_int: bool | None = known(only="http_endpoint")
    comment: Any = row(kind="string|list|object")

    @property
    def is_paged(self) -> bool:
        """Whether the source is read page by page: only where it is chronological and its offsets compare."""
        return bool(self.page_size and self.supports_since and self.is_chronological and self.is_since_comparable)
