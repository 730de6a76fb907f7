"""`hubspot-sdk`, HubSpot's new client for Python."""

from pathlib import Path

import pytest

from tests.clients.driver import PROGRAMS
from tests.clients.environments import python_of
from tests.clients.faults import FAULTS
from tests.clients.library import KINDS, ReadsAndWrites


@pytest.fixture(scope="module")
def command() -> list[str | Path]:
    """The client's program."""
    return [python_of("hubspot-sdk"), PROGRAMS / "hubspot_sdk_client.py"]


class TestHubspotSdk(ReadsAndWrites):
    """Its pages end at the first that is empty, whatever cursor it has."""

    kinds = KINDS
    complete = frozenset(FAULTS) - {"expired token", "empty page with a cursor"}
    loses = frozenset({"empty page with a cursor"})
