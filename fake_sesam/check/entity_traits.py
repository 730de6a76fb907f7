"""Properties of the entities of one pull, collected while they are streamed. Pure."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

__all__ = ["EntityTraits", "sort_key"]

MAX_EXAMPLES = 3
_SAFE_INTEGER = 2**53
_SAFE_DIGITS = 15
_TRANSIT = re.compile(r"~[:rtbufd]")
_VALID_TRANSIT = re.compile(
    r"~(:.+|r.+|t\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,9})?Z)?|b[A-Za-z0-9+/=_-]*|u[0-9a-fA-F-]{36}|[fd]-?\d.*)",
    re.DOTALL,
)


@dataclass(slots=True)
class EntityTraits:
    """Counts and examples of all entities of a pull.

    Attributes:
        bad_updated: Entities whose `_updated` is neither a string nor an integer.
        bad_deleted: Entities whose `_deleted` is not a boolean.
        is_monotone: Whether `_updated` never decreases.
        kinds: Types of `_updated`: `string`, `integer`.
        shapes: Formats of `_updated` strings, with 9 for every digit; at most `MAX_EXAMPLES`.
        hazards: Paths of values that look like Transit but are not; at most `MAX_EXAMPLES`.
        imprecise: Paths of numbers that do not fit in a 64-bit float; at most `MAX_EXAMPLES`.
        updated_by_id: `_updated` by `_id`, or by `id` where there is no `_id`.
        deleted_ids: The keys of `updated_by_id` whose entities have `_deleted: true`.
    """

    count: int = 0
    without_id: int = 0
    id_not_string: int = 0
    repeated_ids: int = 0
    without_updated: int = 0
    bad_updated: int = 0
    bad_deleted: int = 0
    is_monotone: bool = True
    kinds: set[str] = field(default_factory=set)
    shapes: set[str] = field(default_factory=set)
    hazards: list[str] = field(default_factory=list)
    imprecise: list[str] = field(default_factory=list)
    updated_by_id: dict[str, Any] = field(default_factory=dict)
    deleted_ids: set[str] = field(default_factory=set)
    _last: tuple[Any, ...] | None = None

    def add(self, entity: dict[str, Any]) -> None:
        """Add one entity."""
        self.count += 1
        self._add_id(entity)
        self._add_updated(entity)
        if "_deleted" in entity and not isinstance(entity["_deleted"], bool):
            self.bad_deleted += 1
        self._add_values(entity, "")

    def _add_id(self, entity: dict[str, Any]) -> None:
        entity_id = entity.get("_id")
        if entity_id is None:
            self.without_id += 1
            entity_id = entity.get("id")
        elif not isinstance(entity_id, str):
            self.id_not_string += 1
        if isinstance(entity_id, (str, int)):
            key = entity_id if isinstance(entity_id, str) else f"number {entity_id}"
            self.repeated_ids += key in self.updated_by_id
            self.updated_by_id[key] = entity.get("_updated")
            if entity.get("_deleted") is True:
                self.deleted_ids.add(key)

    def _add_updated(self, entity: dict[str, Any]) -> None:
        updated = entity.get("_updated")
        if updated is None:
            self.without_updated += 1
            return
        if isinstance(updated, bool) or not isinstance(updated, (str, int)):
            self.bad_updated += 1
            return
        self.kinds.add("string" if isinstance(updated, str) else "integer")
        if isinstance(updated, str) and len(self.shapes) < MAX_EXAMPLES:
            self.shapes.add(re.sub(r"\d", "9", updated))
        key = sort_key(updated)
        self.is_monotone = self.is_monotone and (self._last is None or key >= self._last)
        self._last = key

    def _add_values(self, value: Any, path: str) -> None:
        if isinstance(value, dict):
            for name, child in value.items():
                self._add_values(child, f"{path}.{name}" if path else name)
        elif isinstance(value, list):
            for child in value:
                self._add_values(child, path)
        elif isinstance(value, str):
            if value[:1] == "~" and _TRANSIT.match(value) and not _VALID_TRANSIT.fullmatch(value):
                _note(self.hazards, path)
        elif isinstance(value, Decimal):
            if len(value.as_tuple().digits) > _SAFE_DIGITS:
                _note(self.imprecise, path)
        elif isinstance(value, int) and not -_SAFE_INTEGER <= value <= _SAFE_INTEGER:
            _note(self.imprecise, path)


def sort_key(updated: str | int) -> tuple[int, Any]:
    """Return a key that orders `_updated` like Sesam's `max` strategy: strings by their UTF-8 bytes."""
    return (1, updated.encode()) if isinstance(updated, str) else (0, updated)


def _note(examples: list[str], path: str) -> None:
    if len(examples) < MAX_EXAMPLES and path not in examples:
        examples.append(path)
