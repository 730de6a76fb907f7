"""The templates that Sesam ships: the transforms that a `template` transform stands for. Pure.

Source: docs (configuration-transforms-template.rst, connector-contract.rst, establish-origin-pattern.rst) for what they
do; their own text is not published. Assumed: the transforms below; a template given as an object is one transform, as a
list several. Not simulated: `transform-share-rest`, and the lookup of deleted entities.
"""

from collections.abc import Mapping
from typing import Any

__all__ = ["expand_template"]

Transform = Mapping[str, Any]
RESPONSE = "response"


def expand_template(transform: Transform) -> list[Transform]:
    """Return the transforms that a `template` or `chained` transform stands for, itself if they are not known."""
    if transform.get("type") == "chained":
        return [step for each in transform.get("transforms") or () for step in expand_template(each)]
    if transform.get("type") != "template":
        return [transform]
    template, properties = transform.get("template"), transform.get("properties") or {}
    if template == "transform-collect-rest":
        return [*_lookup(properties), _origin(properties)]
    if template == "transform-defaults-rest":
        return _defaults(properties)
    if isinstance(template, (dict, list)):
        return [
            step for each in ([template] if isinstance(template, dict) else template) for step in expand_template(each)
        ]
    return [transform]


def _request(properties: Transform, operation: str) -> Transform:
    return {
        "type": "rest",
        "system": properties.get("rest_system", ""),
        "operation": properties.get(operation),
        "properties": properties.get(f"{operation}_properties") or {},
        "side_effects": False,
    }


def _lookup(properties: Transform) -> list[Transform]:
    """Return what replaces an entity by what a lookup of it returns."""
    if not properties.get("operation_lookup"):
        return []
    rules: list[Any] = [["copy", "_*"], ["merge", f"_S.{RESPONSE}"]]
    kept: dict[str, Any] = {}
    if properties.get("original_property"):
        rules.append(["add", properties["original_property"], ["apply", "original", "_S."]])
        kept = {"original": [["copy", "*", RESPONSE]]}
    return [_request(properties, "operation_lookup"), {"type": "dtl", "rules": {"default": rules, **kept}}]


def _origin(properties: Transform) -> Transform:
    """Return what adds `$origin` from the share dataset, found by the primary key."""
    key = properties.get("primary_key")
    parts = [f"_S.{each}" for each in (key if isinstance(key, list) else [key])]
    join: list[Any] = ["eq", parts[0], "st.$generated_id"]
    if len(parts) > 1:
        join = ["eq", ["tuples", *parts], ["list", "st.$generated_id"]]
    spec = {
        "datasets": [f"{properties.get('share_dataset')} st"],
        "where": [join],
        "return": "st.$origin",
    }
    return {
        "type": "dtl",
        "id_required": False,
        "rules": {"default": [["copy", "*"], ["add-if", "$origin", ["first", ["hops", spec]]]]},
    }


def _defaults(properties: Transform) -> list[Transform]:
    if not properties.get("operation"):
        return []
    rules = [["merge", f"_S.{RESPONSE}"], ["copy", "*", RESPONSE]]
    return [_request(properties, "operation"), {"type": "dtl", "id_required": False, "rules": {"default": rules}}]
