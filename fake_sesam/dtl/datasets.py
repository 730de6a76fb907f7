"""What a transform needs of the node's other datasets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from fake_sesam.errors import TransformError

__all__ = ["NO_DATASETS", "Datasets", "JoinPath"]


@dataclass(frozen=True, slots=True)
class JoinPath:
    """Where in a dataset's entities a join looks.

    Attributes:
        parts: The path; ``("_id",)`` is the one that every dataset can look up.
        walk: Follows it from an entity.
    """

    parts: tuple[str, ...]
    walk: Callable[[Any], Any]


class Datasets(Protocol):
    """The other datasets of the node, as a transform sees them; deleted entities are not there."""

    def entity(self, dataset_id: str, entity_id: str) -> dict[str, Any] | None:
        """Return one entity.

        Raises:
            TransformError: the dataset is not there or not populated yet.
        """

    def matching(self, dataset_id: str, path: JoinPath, values: Any) -> Sequence[dict[str, Any]]:
        """Return the entities that have one of `values` at `path`, by their ``_id``.

        Raises:
            TransformError: the dataset is not there or not populated yet.
        """


class _NoDatasets:
    def entity(self, dataset_id: str, entity_id: str) -> dict[str, Any] | None:
        del entity_id
        raise TransformError(f"there is no node here in which dataset {dataset_id!r} could be")

    def matching(self, dataset_id: str, path: JoinPath, values: Any) -> Sequence[dict[str, Any]]:
        del path, values
        raise TransformError(f"there is no node here in which dataset {dataset_id!r} could be")


NO_DATASETS: Datasets = _NoDatasets()
