"""`@hubspot/api-client`, HubSpot's client for Node.js."""

import shutil
from collections.abc import Iterator

import pytest

from tests.clients.account import Account
from tests.clients.driver import PROGRAMS, Driver, driven
from tests.clients.environments import node_modules
from tests.clients.faults import FAULTS
from tests.clients.library import KINDS, ReadsAndWrites


@pytest.fixture(scope="module")
def client(account: Account) -> Iterator[Driver]:
    """The client, connected to the account."""
    modules, node = node_modules(), shutil.which("node") or "node"
    with driven([node, PROGRAMS / "node_client.js", modules], account.portal.url, account.portal.token) as driver:
        yield driver


class TestHubspotNodeClient(ReadsAndWrites):
    """It tries again after 429 and 5xx, not after a connection that broke."""

    kinds = KINDS
    complete = frozenset(FAULTS) - {"reset in the body", "expired token"}
