"""Where a pump reads: one protocol, one small class for each kind of source that needs no network."""

from collections.abc import Iterator
from typing import Any, Protocol

from fake_sesam.config import SourceConfig
from fake_sesam.dataset import Dataset

__all__ = ["DatasetReader", "EmbeddedReader", "EntitySource"]


class EntitySource(Protocol):
    """Something that gives entities."""

    def read(self, since: str | int | None) -> Iterator[dict[str, Any]]:
        """Yield entities as they arrive.

        Raises:
            ReadError: The source could not be read to its end.
        """


class EmbeddedReader:
    """The `embedded` source: entities that stand in the configuration."""

    def __init__(self, source: SourceConfig) -> None:
        self._source = source

    def read(self, since: str | int | None) -> Iterator[dict[str, Any]]:
        """Return the entities; `since` is not looked at."""
        del since
        return (dict(entity) for entity in self._source.entities)


class DatasetReader:
    """The `dataset` source: the latest versions of another dataset, or all of them."""

    def __init__(self, source: SourceConfig, dataset: Dataset) -> None:
        self._source = source
        self._dataset = dataset

    def read(self, since: str | int | None) -> Iterator[dict[str, Any]]:
        """Return the versions after the offset `since`."""
        after = int(since) if since not in (None, "") else None
        return self._dataset.entities(since=after, history=self._source.include_previous_versions, deleted=True)
