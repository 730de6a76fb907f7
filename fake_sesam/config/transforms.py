"""Transforms: what a pipe does with entities between its source and its sink.

Source: docs (configuration-transforms-dtl.rst, -emit-children.rst, -rest.rst, -template.rst of datanav/docs, commit
2b65c06, 2026-05-21).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fake_sesam.config.properties import known, row, text

__all__ = [
    "TEMPLATES",
    "TRANSFORM_KINDS",
    "ChainedTransform",
    "DtlTransform",
    "EmitChildren",
    "RestTransform",
    "TemplateTransform",
]

TEMPLATES = ("transform-collect-rest", "transform-defaults-rest", "transform-share-rest")


@dataclass(frozen=True, slots=True, kw_only=True)
class DtlTransform:
    """A `dtl` transform."""

    type: str = row(required=True)
    id_required: bool = row(True)
    trigger_on: Mapping[str, Any] | None = row()
    rules: Mapping[str, Any] | None = row(required=True)
    side_effects: bool | None = known()
    comment: Any = row(kind="string|list|object")


@dataclass(frozen=True, slots=True, kw_only=True)
class EmitChildren:
    """An `emit_children` transform."""

    type: str = row(required=True)
    side_effects: bool | None = known()
    comment: Any = row(kind="string|list|object")


@dataclass(frozen=True, slots=True, kw_only=True)
class RestTransform:
    """A `rest` transform."""

    type: str = row(required=True)
    system_id: str = row(name="system", required=True, convert=text)
    side_effects: bool = row(True)
    operation: str | None = row()
    operations: Mapping[str, Any] | None = row()
    properties: Mapping[str, Any] | None = row()
    payload: Any = row(kind="object|string|list")
    trigger_on: Mapping[str, Any] | None = row()
    replace_entity: bool = row(False)
    payload_property: str | None = row()
    response_property: str | None = row()
    response_headers_property: str | None = row()
    response_status_property: str | None = row()
    response_include_content_type: bool = row(False)
    id_expression: str | None = row()
    updated_expression: str | None = row()
    allowed_status_codes: str | None = row()
    ignored_status_codes: str | None = row()
    if_transform_empty: str = row("accept", choices=("accept", "fail"))
    rate_limiting_retries: int | None = row(minimum=0)
    rate_limiting_delay_s: float | None = row(name="rate_limiting_delay", minimum=0)
    trace: Any = known(kind="boolean|object")
    comment: Any = row(kind="string|list|object")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateTransform:
    """A `template` transform."""

    type: str = row(required=True)
    template: Any = row(kind="string|object|list", required=True)
    properties: Mapping[str, Any] | None = row(required=True)
    side_effects: bool | None = known()
    comment: Any = row(kind="string|list|object")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainedTransform:
    """A `chained` transform: others in their order, as in a list of transforms.

    Source: docs (capture-response-with-transform-pattern.rst).
    """

    type: str = row(required=True)
    transforms: tuple[Any, ...] = row(kind="list", required=True)
    comment: Any = row(kind="string|list|object")


TRANSFORM_KINDS: Mapping[str, type] = {
    "chained": ChainedTransform,
    "dtl": DtlTransform,
    "emit_children": EmitChildren,
    "rest": RestTransform,
    "template": TemplateTransform,
}
