"""Pytest fixtures for cassettes. They need the extra `[test]`.

from contract_bench.cassettes.fixtures import cassette, hubspot_backend, backend_cassette  # in a conftest.py
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from contract_bench.cassettes.backends import BACKENDS, Backend, LiveBackendClosedError, open_backend
from contract_bench.cassettes.factory import PlayedCassette, open_cassette

__all__ = ["OpenCassette", "backend_cassette", "cassette", "hubspot_backend"]

DIRECTORY = "cassettes"
OpenCassette = Callable[[str], PlayedCassette]


@pytest.fixture
def cassette(request: pytest.FixtureRequest) -> Iterator[OpenCassette]:
    """Open a cassette in the project's `cassettes/` until the test ends, as in `cassette("contacts/full-walk")`."""
    with ExitStack() as opened:

        def open_it(name: str) -> PlayedCassette:
            path = (request.config.rootpath / DIRECTORY / name).with_suffix(".yaml")
            return opened.enter_context(open_cassette(path))

        yield open_it


@pytest.fixture(scope="module")
def backend_cassette(request: pytest.FixtureRequest) -> Path:
    """The cassette for the backends `cassette` and `fake`. Override it in a module to use another one."""
    return request.config.rootpath / DIRECTORY / "contacts" / "full-walk.yaml"


@pytest.fixture(scope="module", params=BACKENDS)
def hubspot_backend(request: pytest.FixtureRequest, backend_cassette: Path) -> Iterator[Backend]:
    """Each backend in turn. The live one is skipped unless the environment allows it."""
    with ExitStack() as opened:
        try:
            backend = opened.enter_context(open_backend(request.param, backend_cassette))
        except LiveBackendClosedError as closed:
            pytest.skip(str(closed))
        yield backend
