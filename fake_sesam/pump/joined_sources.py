"""The sources that read several datasets: `merge_datasets` and `merge`.

Source: docs (configuration-sources-merge-datasets.rst, configuration-sources-merge.rst). Assumed: the offset of a
`merge_datasets` source is an object of offsets as text; with the strategy `all` an entity is deleted once it is deleted
in every dataset. A `merge` source merges everything again in each run, and keeps what it has returned in the dataset
`system:merge:PIPE`, so that the next run gets what has changed since; both versions work like version 2.
"""

import heapq
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from bench_core.json_text import parse_json
from fake_sesam.config import Pipe
from fake_sesam.dataset import Dataset
from fake_sesam.dtl import Equality, dataset_aliases
from fake_sesam.dtl.values import as_list, distinct
from fake_sesam.errors import ReadError

__all__ = ["MergeDatasetsReader", "MergeReader", "merge_dataset_id"]

Entity = dict[str, Any]
INTERNAL = ("_updated", "_previous", "_ts", "_hash", "_deleted")


def merge_dataset_id(pipe_id: str) -> str:
    """Return the id of the dataset in which a `merge` source keeps what it has returned."""
    return f"system:merge:{pipe_id}"


class MergeDatasetsReader:
    """The `merge_datasets` source: the latest versions of several datasets in the order in which they were written."""

    def __init__(self, datasets: Mapping[str, Dataset], *, strategy: str) -> None:
        self._datasets = datasets
        self._strategy = strategy

    @property
    def is_populated(self) -> bool:
        """Whether every dataset is populated."""
        return all(dataset.is_populated for dataset in self._datasets.values())

    def read(self, since: str | int | None) -> Iterator[Entity]:
        """Yield what has changed after the offsets in `since`.

        Raises:
            ReadError: `since` is not an offset of this source.
        """
        offsets = _offsets(since)
        versions = [
            ((entity["_ts"], index, entity["_updated"]), name, entity)
            for index, (name, dataset) in enumerate(self._datasets.items())
            for entity in dataset.entities(since=offsets.get(name), deleted=True)
        ]
        heapq.heapify(versions)
        returned: set[str] = set()
        while versions:
            _, name, entity = heapq.heappop(versions)
            offsets[name] = entity["_updated"]
            merged = self._latest(name, entity) if self._strategy == "latest" else self._all(entity, returned)
            if merged is not None:
                yield {**merged, "_updated": json.dumps(offsets, sort_keys=True)}

    def _versions(self, entity_id: str) -> list[tuple[tuple[int, int], str, Entity]]:
        """Return the latest version of an entity in each dataset, with what orders them."""
        found = [
            (index, name, dataset.entity(entity_id)) for index, (name, dataset) in enumerate(self._datasets.items())
        ]
        return [((entity["_ts"], index), name, entity) for index, name, entity in found if entity is not None]

    def _latest(self, name: str, entity: Entity) -> Entity | None:
        """Return the entity, None if another dataset has a later version."""
        _, last, version = max(self._versions(entity["_id"]))
        return entity if last == name and version["_updated"] == entity["_updated"] else None

    def _all(self, entity: Entity, returned: set[str]) -> Entity | None:
        """Return the versions of every dataset as one entity, once for each id."""
        if entity["_id"] in returned:
            return None
        returned.add(entity["_id"])
        versions = self._versions(entity["_id"])
        parts = {name: version for _, name, version in versions}
        is_deleted = all(version["_deleted"] for version in parts.values())
        return {"_id": entity["_id"], "_deleted": is_deleted, **parts}


def _offsets(since: str | int | None) -> dict[str, int]:
    if since in (None, ""):
        return {}
    try:
        found = parse_json(str(since))
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(type(offset) is int for offset in found.values()):
        raise ReadError(f'expected offsets such as {{"dataset": 12}} as since, got {since!r}')
    return found


class MergeReader:
    """The `merge` source: entities of several datasets that are the same, as one."""

    def __init__(
        self,
        pipe: Pipe,
        dataset: Callable[[str], Dataset],
    ) -> None:
        """Describe the source.

        Args:
            pipe: The pipe.
            dataset: Returns a dataset of the node.
        """
        self._pipe = pipe
        self._dataset = dataset

    @property
    def is_populated(self) -> bool:
        """Whether every dataset is populated."""
        names = dataset_aliases(self._pipe.source.datasets).values()
        return all(self._dataset(name).is_populated for name in names)

    def read(self, since: str | int | None) -> Iterator[Entity]:
        """Merge everything, then yield what has changed after the offset `since`.

        Raises:
            ReadError: More entities are the same than `max_merged` allows.
        """
        kept = self._dataset(merge_dataset_id(self._pipe.id))
        known = {entity["_id"] for entity in kept.entities()}
        merged = list(self._merged())
        gone = known - {entity["_id"] for entity in merged}
        kept.write([*merged, *({"_id": each, "_deleted": True, "$replaced": True} for each in sorted(gone))])
        after = int(since) if since not in (None, "") else None
        yield from kept.entities(since=after, deleted=True)

    def _merged(self) -> Iterator[Entity]:
        datasets = dataset_aliases(self._pipe.source.datasets)
        members = [
            (index, alias, entity)
            for index, (alias, name) in enumerate(datasets.items())
            for entity in self._dataset(name).entities(deleted=True)
        ]
        members.sort(key=lambda member: (member[0], member[2]["_id"]))
        live = [member for member in members if not member[2]["_deleted"]]
        used: set[str] = set()
        for group in _groups(live, self._pipe.equality):
            yield self._one([live[number] for number in group], used)
        for member in members:
            if member[2]["_deleted"]:
                entity_id = self._id([member])
                if entity_id not in used:
                    used.add(entity_id)
                    yield {**self._combined([member]), "_id": entity_id, "_deleted": True}

    def _one(self, group: list[tuple[int, str, Entity]], used: set[str]) -> Entity:
        if len(group) > self._pipe.source.max_merged:
            raise ReadError(
                f"{len(group)} entities are the same; max_merged is {self._pipe.source.max_merged}", error_code=1
            )
        entity_id = self._id(group)
        used.add(entity_id)
        return {"_id": entity_id, **self._combined(group)}

    def _id(self, group: list[tuple[int, str, Entity]]) -> str:
        if self._pipe.source.identity == "first":
            return str(group[0][2]["_id"])
        return "|".join(f"{index}|{entity['_id']}" for index, _, entity in group)

    def _combined(self, group: list[tuple[int, str, Entity]]) -> Entity:
        entities = [entity for _, _, entity in group]
        ids = [
            each
            for entity in entities
            for each in (as_list(entity["$ids"]) if "$ids" in entity else [self._identifier(entity["_id"])])
        ]
        return {"$ids": distinct(ids), **self._properties(entities)}

    def _identifier(self, entity_id: str) -> str:
        return f"~:{entity_id}" if self._pipe.is_namespaced else entity_id

    def _properties(self, entities: list[Entity]) -> Entity:
        source = self._pipe.source
        if source.strategy == "list":
            hidden = () if source.include_internal_properties else INTERNAL
            return {"$merged": [{n: v for n, v in entity.items() if n not in hidden} for entity in entities]}
        names = dict.fromkeys(
            name for entity in entities for name in entity if not name.startswith("_") and name != "$ids"
        )
        found = {name: [entity[name] for entity in entities if name in entity] for name in names}
        if source.strategy == "compact":
            return {name: value for name, values in found.items() if (value := _compacted(values)) != []}
        return {name: values[0] if len(values) == 1 else _united(values) for name, values in found.items()}


def _united(values: list[Any]) -> list[Any]:
    return [each for value in values for each in (value if isinstance(value, list) else [value])]


def _compacted(values: list[Any]) -> Any:
    united = distinct(_united(values))
    return united[0] if len(united) == 1 else united


def _groups(members: list[tuple[int, str, Entity]], rules: Iterable[Equality]) -> list[list[int]]:
    """Return the numbers of the members that are the same, transitively, in the order of the first of each group."""
    parents = list(range(len(members)))

    def root(number: int) -> int:
        while parents[number] != number:
            parents[number] = parents[parents[number]]
            number = parents[number]
        return number

    for rule in rules:
        sides: dict[Any, tuple[list[int], list[int]]] = {}
        for number, (_, alias, entity) in enumerate(members):
            for side, (wanted, keys) in enumerate(((rule.left, rule.left_keys), (rule.right, rule.right_keys))):
                for key in keys(entity) if alias == wanted else ():
                    sides.setdefault(key, ([], []))[side].append(number)
        for left, right in sides.values():
            for number in (*left, *right) if left and right else ():
                first, second = sorted((root(left[0]), root(number)))
                parents[second] = first
    groups: dict[int, list[int]] = {}
    for number in range(len(members)):
        groups.setdefault(root(number), []).append(number)
    return list(groups.values())
