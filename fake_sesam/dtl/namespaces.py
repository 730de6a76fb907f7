"""Adds namespaces to entities when they enter a pipe and removes them when they leave it. Pure.

Source: docs (features/namespaces.rst): `_id` becomes `identity:id` and every property `namespace:name`, in nested
objects too; names that start with `_` or `$` stay as they are.
"""

from collections.abc import Callable
from typing import Any

__all__ = ["add_namespaces", "remove_namespaces"]


def add_namespaces(entity: dict[str, Any], *, identity: str, properties: str) -> dict[str, Any]:
    """Return a copy of the entity with a namespace on its `_id` and its properties, at any depth."""
    named: dict[str, Any] = _rename(entity, lambda name: f"{properties}:{name}")
    if isinstance(named.get("_id"), str):
        named["_id"] = f"{identity}:{named['_id']}"
    return named


def remove_namespaces(entity: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of the entity without namespaces on its `_id` and its properties, at any depth."""
    bare: dict[str, Any] = _rename(entity, _without)
    if isinstance(bare.get("_id"), str):
        bare["_id"] = _without(bare["_id"])
    return bare


def _rename(value: Any, rename: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {
            name if name.startswith(("_", "$")) else rename(name): _rename(child, rename)
            for name, child in value.items()
        }
    if isinstance(value, list):
        return [_rename(child, rename) for child in value]
    return value


def _without(name: str) -> str:
    return name.rpartition(":")[2]
