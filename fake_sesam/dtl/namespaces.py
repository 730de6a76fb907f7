"""Adds namespaces to entities when they enter a pipe and removes them when they leave it. Pure.

Source: docs (features/namespaces.rst, dtl apply-ns and strip-ns): `_id` becomes `identity:id` and every property
`namespace:name`, in nested objects too; names that start with `_` or `$` stay as they are, with what is below them;
removing takes the namespace from names, from `_id` and from namespaced identifiers. Assumed: a namespaced identifier
stays one (`~:a:b` becomes `~:b`), and objects below names that start with `_` or `$` keep theirs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["NamespaceRules", "add_namespaces", "apply_namespaces", "remove_namespaces"]


@dataclass(frozen=True, slots=True)
class NamespaceRules:
    """How `apply-ns` adds namespaces.

    Attributes:
        identity: The namespace of `_id`; None to add none.
        properties: The namespace of properties; None to add none.
        skip_underscore: Leave names that start with `_` as they are.
        skip_dollar: Leave names that start with `$` as they are.
        recursive: Go into nested objects.
    """

    identity: str | None
    properties: str | None
    skip_underscore: bool = True
    skip_dollar: bool = True
    recursive: bool = True

    def is_skipped(self, name: str) -> bool:
        """Whether a property keeps its name and its value."""
        return (self.skip_underscore and name.startswith("_")) or (self.skip_dollar and name.startswith("$"))


def add_namespaces(entity: dict[str, Any], *, identity: str, properties: str) -> dict[str, Any]:
    """Return a copy of the entity with a namespace on its `_id` and its properties, at any depth."""
    return apply_namespaces(entity, NamespaceRules(identity, properties))


def apply_namespaces(entity: dict[str, Any], rules: NamespaceRules) -> dict[str, Any]:
    """Return a copy of an object with the namespaces that the rules say."""
    prefix = None if rules.properties is None else f"{rules.properties}:"

    def rename(name: str) -> str:
        return name if prefix is None or name.startswith(prefix) else prefix + name

    named: dict[str, Any] = _rename(entity, rename, rules.is_skipped, is_recursive=rules.recursive)
    for name in ("_id", rename("_id")):
        if rules.identity is not None and isinstance(named.get(name), str):
            named[name] = f"{rules.identity}:{named[name]}"
            break
    return named


def remove_namespaces(entity: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of the entity without namespaces on its `_id`, its properties and its identifiers, at any depth."""
    bare: dict[str, Any] = _rename(entity, _without, _is_reserved, value_of=_bare_identifier)
    if isinstance(bare.get("_id"), str):
        bare["_id"] = _without(bare["_id"])
    return bare


def _rename(
    value: Any,
    rename: Callable[[str], str],
    is_skipped: Callable[[str], bool],
    *,
    is_recursive: bool = True,
    value_of: Callable[[Any], Any] | None = None,
) -> Any:
    def convert(each: Any) -> Any:
        if isinstance(each, dict):
            return convert_object(each) if is_recursive else each
        if isinstance(each, list):
            return [convert(item) for item in each]
        return each if value_of is None else value_of(each)

    def convert_object(each: dict[str, Any]) -> dict[str, Any]:
        return dict(
            (name, _kept(child, value_of)) if is_skipped(name) else (rename(name), convert(child))
            for name, child in each.items()
        )

    return convert_object(value) if isinstance(value, dict) else convert(value)


def _kept(child: Any, value_of: Callable[[Any], Any] | None) -> Any:
    """Return what stands below a name that is left alone; identifiers lose their namespace there, too."""
    if isinstance(child, list) and value_of is not None:
        return [value_of(each) for each in child]
    return child if value_of is None else value_of(child)


def _is_reserved(name: str) -> bool:
    return name.startswith(("_", "$"))


def _without(name: str) -> str:
    return name.rpartition(":")[2]


def _bare_identifier(value: Any) -> Any:
    return "~:" + _without(value) if isinstance(value, str) and value.startswith("~:") else value
