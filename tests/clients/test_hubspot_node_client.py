"""`@hubspot/api-client`, HubSpot's client for Node.js."""

import shutil
from pathlib import Path

import pytest

from tests.clients.driver import PROGRAMS
from tests.clients.environments import node_modules
from tests.clients.faults import FAULTS
from tests.clients.library import KINDS, ReadsAndWrites


@pytest.fixture(scope="module")
def command() -> list[str | Path]:
    """The client's program."""
    return [shutil.which("node") or "node", PROGRAMS / "node_client.js", node_modules()]


class TestHubspotNodeClient(ReadsAndWrites):
    """It tries again after 429 and 5xx. A connection that breaks behind the headers of a response is not noticed."""

    kinds = KINDS
    complete = frozenset(FAULTS) - {"reset in the body", "expired token"}
    hangs = frozenset({"reset in the body"})
