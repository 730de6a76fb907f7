"""The node's datasets, for the joins of a transform.

An index is built in memory when a join first needs it, and rebuilt after the dataset has changed. That is simple and
correct, but slow if a pipe hops to the dataset that it writes. Source: docs (hub/dtl/dtl-functions-hops.rst).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fake_sesam.dataset import Dataset
from fake_sesam.dtl import JoinPath, join_keys
from fake_sesam.errors import TransformError

__all__ = ["NodeDatasets"]

_Index = Mapping[Any, Sequence[str]]


class NodeDatasets:
    """Looks up entities for one run.

    Args:
        dataset: Returns a dataset by its id.
        is_open: Whether a dataset can be read before it is populated.
        source: The dataset that the pipe reads; None if its source is not a dataset.
        completeness: Returns the completeness values that a dataset has, by dataset, in nanoseconds since 1970.
    """

    def __init__(
        self,
        dataset: Callable[[str], Dataset],
        *,
        is_open: Callable[[str], bool] = lambda _dataset_id: False,
        source: str | None = None,
        completeness: Callable[[str], Mapping[str, int]] = lambda _dataset_id: {},
    ) -> None:
        self._dataset = dataset
        self._source = source
        self._completeness = completeness
        self._is_open = is_open
        self._indexes: dict[tuple[str, tuple[str, ...]], tuple[int, _Index]] = {}

    def entity(self, dataset_id: str, entity_id: str) -> dict[str, Any] | None:
        """Return one entity that is not deleted.

        Raises:
            TransformError: The dataset is not there or not populated yet.
        """
        found = self._populated(dataset_id).entity(entity_id)
        return None if found is None or found["_deleted"] else found

    def matching(self, dataset_id: str, path: JoinPath, values: Any) -> list[dict[str, Any]]:
        """Return the entities that have one of `values` at `path`, by their `_id`.

        Raises:
            TransformError: The dataset is not there or not populated yet.
        """
        dataset = self._populated(dataset_id)
        keys = join_keys(values)
        if path.parts == ("_id",):
            ids = {key[1] for key in keys if isinstance(key[1], str)}
        else:
            index = self._index(dataset, path)
            ids = {entity_id for key in keys for entity_id in index.get(key, ())}
        found = (dataset.entity(entity_id) for entity_id in sorted(ids))
        return [entity for entity in found if entity is not None and not entity["_deleted"]]

    def previous(self, entity: dict[str, Any]) -> dict[str, Any] | None:
        """Return the version before this one in the source dataset; None if there is none."""
        offset = entity.get("_previous")
        if self._source is None or type(offset) is not int:
            return None
        versions = self._dataset(self._source).entities(since=offset - 1, limit=1, history=True, deleted=True)
        return next((version for version in versions if version["_updated"] == offset), None)

    def completeness(self, via: str, dataset_id: str) -> int | None:
        """Return the completeness of a dataset that another one knows; None if it does not."""
        return self._completeness(via).get(dataset_id)

    def _populated(self, dataset_id: str) -> Dataset:
        dataset = self._dataset(dataset_id)
        if not dataset.is_populated and not self._is_open(dataset_id):
            message = f"dataset {dataset_id!r} is not populated yet; run the pipe that writes it first"
            raise TransformError(message)
        return dataset

    def _index(self, dataset: Dataset, path: JoinPath) -> _Index:
        version = dataset.next_offset
        known = self._indexes.get((dataset.name, path.parts))
        if known is None or known[0] != version:
            known = version, _made(dataset, path)
            self._indexes[dataset.name, path.parts] = known
        return known[1]


def _made(dataset: Dataset, path: JoinPath) -> _Index:
    index: dict[Any, list[str]] = {}
    for entity in dataset.entities():
        for key in join_keys(path.walk(entity)):
            index.setdefault(key, []).append(entity["_id"])
    return index
