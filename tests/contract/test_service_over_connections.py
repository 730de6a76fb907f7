"""Pulls over several connections against the fake HubSpot: which are divided, and that they bring the same."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from fake_hubspot import FaultRule, Selector, Server, faults_of
from fake_hubspot import Settings as HubSpotSettings
from tests.contract.hubspot_account import Account, connector_of
from tests.support.waiting import wait_until

PAGE = 5
SINCE = "since=2020-01-01T00:00:00Z"


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    """A portal with twenty pages of contacts, some archived, and with companies linked to some."""
    with Server(HubSpotSettings(contacts=110, companies=58)) as server:
        account = Account(server)
        contacts = [row["id"] for row in account.call("GET", "/crm/v3/objects/contacts", limit="100")["results"]]
        account.archive_many("contacts", contacts[3:100:9])
        yield account


@contextmanager
def ended(server: Server) -> Iterator[None]:
    """Wait at the end for requests that a pull sent and no longer needs: they would count as those of the next one."""
    connections = server._server.server_state.connections
    before = set(connections)
    yield
    wait_until(lambda: connections - before, "the end of the connector's connections", is_met=lambda left: not left)


def pull(account: Account, path: str, connections: int) -> tuple[list[dict[str, object]], int]:
    """Return the entities in the order of their ids, and how often the connector chose a cursor."""
    faults = faults_of(account.server.app.portals.default)
    where = Selector(route="objects.list", cursor="chosen")
    counter = faults.arm(FaultRule("latency", params={"delay_ms": 0}, where=where, times="forever"))
    try:
        with ended(account.server):
            entities = connector_of(account.server, page_size=PAGE, connections=connections).pull(path)
    finally:
        faults.clear()
    for entity in entities:
        del entity["_updated"]  # not later than the beginning of the pull, so it differs between two of them
    return sorted(entities, key=lambda entity: (int(entity["_id"]), str(entity.get("_deleted")))), counter.fired


@pytest.mark.parametrize(
    ("path", "is_divided"),
    [
        ("/get_contacts", True),
        ("/get_contacts?associations=companies", True),
        ("/get_contacts?properties=email,city", True),
        ("/get_contacts?propertiesWithHistory=firstname", True),
        ("/get_companies?associations=contacts", True),
        ("/get_contacts?archived=true", False),
        ("/get_contacts?limit=60", False),
        (f"/get_contacts?{SINCE}", False),
        (f"/get_contacts?{SINCE}&limit=60", False),
        (f"/get_contacts?{SINCE}&archived=true", False),
        ("/get_owners", False),
    ],
)
def test_a_pull_brings_the_same_over_several_connections(account: Account, path: str, is_divided: bool) -> None:
    """Only a full pull of records is divided."""
    expected, in_order = pull(account, path, 1)

    found, chosen = pull(account, path, 4)

    assert found == expected
    assert len(expected) >= 1
    assert (in_order, chosen > 0) == (0, is_divided)


def test_a_divided_pull_has_the_associations_of_every_record(account: Account) -> None:
    """They are fetched for each page by itself, over a connection of their own."""
    found, _chosen = pull(account, "/get_companies?associations=contacts", 4)

    linked = [len(entity["associations"]["contacts"]["results"]) for entity in found if "associations" in entity]  # type: ignore[index]
    assert len(found) == 58
    assert sum(linked) > 58


@pytest.mark.parametrize("leads", ["further", "nowhere", "start"])
@pytest.mark.parametrize("times", ["once", "forever"])
def test_an_account_whose_cursors_cannot_be_chosen_is_read_completely_or_not_at_all(
    account: Account, leads: str, times: str
) -> None:
    faults = faults_of(account.server.app.portals.default)
    expected, _ = pull(account, "/get_contacts", 1)
    armed = faults.arm(FaultRule("unknown-cursor", params={"leads": leads}, times=times))  # type: ignore[arg-type]
    client = connector_of(account.server, page_size=PAGE, connections=4).client
    try:
        with ended(account.server):
            response = client.get("/get_contacts", buffered=False)
            try:
                body = b"".join(response.iter_encoded())
            except ConnectionResetError:
                body = b""
    finally:
        faults.clear()

    assert armed.fired > 0
    assert not body or body.count(b'"_id":') == len(expected)
