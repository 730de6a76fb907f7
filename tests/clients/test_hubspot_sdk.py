"""`hubspot-sdk`, HubSpot's new client for Python."""

from collections.abc import Iterator

import pytest

from tests.clients.account import Account
from tests.clients.driver import PROGRAMS, Driver, driven
from tests.clients.environments import python_of
from tests.clients.faults import FAULTS
from tests.clients.library import KINDS, ReadsAndWrites


@pytest.fixture(scope="module")
def client(account: Account) -> Iterator[Driver]:
    """The client, connected to the account."""
    command = [python_of("hubspot-sdk"), PROGRAMS / "hubspot_sdk_client.py"]
    with driven(command, account.portal.url, account.portal.token) as driver:
        yield driver


class TestHubspotSdk(ReadsAndWrites):
    """Its pages end at the first that is empty, whatever cursor it has."""

    kinds = KINDS
    complete = frozenset(FAULTS) - {"expired token", "empty page with a cursor"}
    loses = frozenset({"empty page with a cursor"})
