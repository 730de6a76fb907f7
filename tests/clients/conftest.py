"""A fake HubSpot with accounts for real clients. Every test in this folder is marked `clients`."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from contract_bench.roles.hubspot import HubSpotControl, HubSpotPortal
from contract_bench.roles.local_hubspot import open_hubspot
from tests.clients.account import Account, filled

MakePortal = Callable[..., HubSpotPortal]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test in this folder, and give each time for the installation of its client."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker("clients")
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
