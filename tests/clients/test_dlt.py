"""`dlt` with a REST source."""

from pathlib import Path

import pytest

from tests.clients.driver import PROGRAMS
from tests.clients.environments import python_of
from tests.clients.faults import FAULTS
from tests.clients.library import KINDS, Reads


@pytest.fixture(scope="module")
def command() -> list[str | Path]:
    """The client's program."""
    return [python_of("dlt"), PROGRAMS / "dlt_client.py"]


class TestDlt(Reads):
    """Its session tries again after 429, 5xx and broken connections."""

    kinds = KINDS
    complete = frozenset(FAULTS) - {"expired token"}
