"""Compares two sets of entities like the tests of sesam-py. Pure, except `read_entities`.

Source: reader (sesam-py 2.11): properties that start with `_` are dropped at any depth, except `_id` and
`_deleted: true`; the order of entities does not matter; numbers are compared by value.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench_core.json_text import parse_json
from fake_sesam.errors import FakeSesamError

__all__ = ["Difference", "compare", "normalised", "read_entities"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between two sets of entities.

    Attributes:
        entity_id: `_id` of the entity.
        kind: `missing` (only on the left), `extra` (only on the right) or `changed`.
        path: Path of the property that changed.
        left: Value of the property on the left; None if it is missing.
        right: Value of the property on the right; None if it is missing.
    """

    entity_id: str
    kind: str
    path: str = ""
    left: Any = None
    right: Any = None

    def __str__(self) -> str:
        if self.kind != "changed":
            return f"{self.entity_id}: {self.kind}"
        left, right = (json.dumps(value, default=str, ensure_ascii=False) for value in (self.left, self.right))
        return f"{self.entity_id}: {self.path}: {left} != {right}"


def compare(left: Iterable[dict[str, Any]], right: Iterable[dict[str, Any]]) -> Iterator[Difference]:
    """Yield the differences between two sets of entities, in the order of `_id`."""
    lefts, rights = _by_id(left), _by_id(right)
    for entity_id in sorted(lefts.keys() | rights.keys()):
        if entity_id not in rights:
            yield Difference(entity_id, "missing")
        elif entity_id not in lefts:
            yield Difference(entity_id, "extra")
        else:
            yield from _changes(entity_id, "", lefts[entity_id], rights[entity_id])


def normalised(value: Any) -> Any:
    """Return a value without the properties that a comparison ignores, whole numbers as integers."""
    if isinstance(value, dict):
        return {name: normalised(each) for name, each in value.items() if _counts(name, each)}
    if isinstance(value, list):
        return [normalised(each) for each in value]
    if isinstance(value, (float, Decimal)) and value == int(value):
        return int(value)
    return value


def read_entities(path: Path) -> list[dict[str, Any]]:
    """Read a JSON array of entities, such as a file in `expected/`.

    Raises:
        FakeSesamError: The file cannot be read or contains something else.
    """
    try:
        value = parse_json(path.read_text("utf-8-sig"), parse_float=Decimal)
    except (OSError, ValueError) as error:
        raise FakeSesamError(f"{path} cannot be read as JSON: {error}") from error
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise FakeSesamError(f"expected a JSON array of entities in {path}")
    return value


def _by_id(entities: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return entities by their ids. Further ones of an id are numbered, and what has no id stands for itself."""
    found: dict[str, dict[str, Any]] = {}
    for entity in entities:
        one = normalised(entity)
        name = str(one["_id"]) if "_id" in one else json.dumps(one, default=str, ensure_ascii=False, sort_keys=True)
        number, key = 1, name
        while key in found:
            number += 1
            key = f"{name} (no. {number})"
        found[key] = one
    return found


def _counts(name: str, value: Any) -> bool:
    return not name.startswith("_") or name == "_id" or (name == "_deleted" and value is True)


def _changes(entity_id: str, path: str, left: Any, right: Any) -> Iterator[Difference]:
    if isinstance(left, dict) and isinstance(right, dict):
        for name in sorted(left.keys() | right.keys()):
            inner = f"{path}.{name}" if path else name
            yield from _changes(entity_id, inner, left.get(name), right.get(name))
    elif left != right or isinstance(left, bool) != isinstance(right, bool):
        yield Difference(entity_id, "changed", path, left, right)
