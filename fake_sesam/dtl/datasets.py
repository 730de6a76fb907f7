"""The interface through which a transform reads other datasets of the node."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from fake_sesam.errors import TransformError

__all__ = ["NO_DATASETS", "Datasets", "JoinPath"]


@dataclass(frozen=True, slots=True)
class JoinPath:
    """The property that a join compares in the entities of a dataset.

    Attributes:
        parts: The path, split at its dots; every dataset has an index for `("_id",)`.
        walk: Returns the value at the path in an entity.
    """

    parts: tuple[str, ...]
    walk: Callable[[Any], Any]


class Datasets(Protocol):
    """Read access to the other datasets of the node; deleted entities are not visible."""

    def entity(self, dataset_id: str, entity_id: str) -> dict[str, Any] | None:
        """Return one entity, or None if there is none with this `_id`.

        Raises:
            TransformError: The dataset does not exist or is not populated yet.
        """

    def matching(self, dataset_id: str, path: JoinPath, values: Any) -> Sequence[dict[str, Any]]:
        """Return the entities whose value at `path` overlaps with `values`, in the order of their `_id`.

        Raises:
            TransformError: The dataset does not exist or is not populated yet.
        """

    def previous(self, entity: dict[str, Any]) -> dict[str, Any] | None:
        """Return the version before this one in the source dataset; None if there is none."""

    def completeness(self, via: str, dataset_id: str) -> int | None:
        """Return the completeness of a dataset that another one knows, in nanoseconds since 1970; None if none."""


class _NoDatasets:
    def entity(self, dataset_id: str, entity_id: str) -> dict[str, Any] | None:
        del entity_id
        raise TransformError(f"cannot read dataset {dataset_id!r}: this transform runs without a node")

    def matching(self, dataset_id: str, path: JoinPath, values: Any) -> Sequence[dict[str, Any]]:
        del path, values
        raise TransformError(f"cannot read dataset {dataset_id!r}: this transform runs without a node")

    def previous(self, entity: dict[str, Any]) -> dict[str, Any] | None:
        del entity
        return None

    def completeness(self, via: str, dataset_id: str) -> int | None:
        del via, dataset_id
        return None


NO_DATASETS: Datasets = _NoDatasets()
