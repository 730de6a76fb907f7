"""Namespaces put on at the beginning of a pipe and taken off at its end. Pure.

Source: docs (features/namespaces.rst): ``_id`` becomes ``identity:id``, every property ``namespace:name``, in objects
inside too; names that start with ``_`` or ``$`` stay.
"""

from collections.abc import Callable
from typing import Any

__all__ = ["add_namespaces", "remove_namespaces"]


def add_namespaces(entity: dict[str, Any], *, identity: str, properties: str) -> dict[str, Any]:
    """Return the entity with namespaces on its ``_id`` and its properties."""
    named: dict[str, Any] = _rename(entity, lambda name: f"{properties}:{name}")
    if isinstance(named.get("_id"), str):
        named["_id"] = f"{identity}:{named['_id']}"
    return named


def remove_namespaces(entity: dict[str, Any]) -> dict[str, Any]:
    """Return the entity without namespaces on its ``_id`` and its properties."""
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
