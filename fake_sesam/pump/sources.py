"""Where a pump reads: the protocol, and the sources that need no network."""

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from fake_sesam.config import SourceConfig
from fake_sesam.dataset import Dataset

__all__ = ["DatasetReader", "EmbeddedReader", "EntitySource"]


class EntitySource(Protocol):
    """A source of entities; one that reads other datasets says whether those are populated."""

    @property
    def is_populated(self) -> bool:
        """Whether everything that it reads is populated."""
        return True

    def read(self, since: str | int | None) -> Iterator[dict[str, Any]]:
        """Yield entities as they arrive.

        Raises:
            ReadError: The source could not be read to the end.
        """


class EmbeddedReader(EntitySource):
    """The `embedded` source: entities in the configuration itself."""

    def __init__(self, source: SourceConfig) -> None:
        self._source = source

    def read(self, since: str | int | None) -> Iterator[dict[str, Any]]:
        """Return all entities; `since` is ignored."""
        del since
        return (dict(entity) for entity in self._source.entities)


class DatasetReader:
    """The `dataset` source: the latest versions of another dataset, or all of them."""

    def __init__(
        self,
        source: SourceConfig,
        dataset: Dataset,
        *,
        is_in_subset: Callable[[dict[str, Any]], bool] | None = None,
    ) -> None:
        self._source = source
        self._dataset = dataset
        self._is_in_subset = is_in_subset

    @property
    def is_populated(self) -> bool:
        """Whether the dataset is populated."""
        return self._dataset.is_populated

    def read(self, since: str | int | None) -> Iterator[dict[str, Any]]:
        """Return the versions after the offset `since`, those of the subset only if there is one."""
        after = int(since) if since not in (None, "") else None
        found = self._dataset.entities(since=after, history=self._source.include_previous_versions, deleted=True)
        return found if self._is_in_subset is None else filter(self._is_in_subset, found)
