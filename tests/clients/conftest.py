"""A fake HubSpot with accounts for real clients. Every test in this folder is marked `clients`."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from contract_bench.roles.hubspot import HubSpotControl, HubSpotPortal
from contract_bench.roles.local_hubspot import open_hubspot
from tests.clients.account import Account, filled
from tests.clients.driver import Driver, driven

BEYOND_THE_SEARCH = 10_050


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test in this folder, and give each time for the installation of its client."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker("clients")
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(scope="session")
def control() -> Iterator[HubSpotControl]:
    """One server for the session; every module makes its own portals."""
    with open_hubspot() as server:
        control = HubSpotControl(server.url)
        yield control
        control.close()


@pytest.fixture(autouse=True)
def every_request_is_served(account: Account) -> Iterator[None]:
    """Fail a test in which a client has asked for what the fake does not serve."""
    yield
    assert account.portal.problems() == []


@pytest.fixture(scope="module")
def account(control: HubSpotControl) -> Iterator[Account]:
    """An account with records of every type, for the tests of a module that change nothing."""
    portal = control.make_portal(contacts=0)
    yield filled(portal)
    portal.drop()


@pytest.fixture(scope="module")
def client(command: Sequence[str | Path], account: Account) -> Iterator[Driver]:
    """The client that the module's `command` starts, connected to the account."""
    with driven(command, account.portal.url, account.portal.token) as driver:
        yield driver


@pytest.fixture(scope="session")
def large_portal(control: HubSpotControl) -> Iterator[HubSpotPortal]:
    """A portal with more contacts than a search returns."""
    portal = control.make_portal(contacts=BEYOND_THE_SEARCH)
    yield portal
    portal.drop()


@pytest.fixture
def large_client(command: Sequence[str | Path], large_portal: HubSpotPortal) -> Iterator[Driver]:
    """The client, connected to the portal with many contacts."""
    with driven(command, large_portal.url, large_portal.token) as driver:
        yield driver
