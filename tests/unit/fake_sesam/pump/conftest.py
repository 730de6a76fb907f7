"""A store in memory."""

from collections.abc import Iterator

import pytest

from fake_sesam.dataset import NodeStore


@pytest.fixture
def store() -> Iterator[NodeStore]:
    """A store that is closed after the test."""
    with NodeStore() as store:
        yield store
