"""`hubspot-api-client`, HubSpot's client for Python."""

from pathlib import Path

import pytest

from tests.clients.driver import PROGRAMS
from tests.clients.environments import python_of
from tests.clients.faults import FAULTS
from tests.clients.library import KINDS, ReadsAndWrites


@pytest.fixture(scope="module")
def command() -> list[str | Path]:
    """The client's program."""
    return [python_of("hubspot-api-client"), PROGRAMS / "hubspot_api_client.py"]


class TestHubspotApiClient(ReadsAndWrites):
    """Retries are urllib3's, as the client's README shows."""

    kinds = KINDS
    complete = frozenset(FAULTS) - {"expired token"}
