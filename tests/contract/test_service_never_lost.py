"""What HubSpot says wrongly, or only in part, fails a pull; no change is lost between two pulls."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from fake_hubspot import FaultRule, Selector, Server, faults_of
from fake_hubspot import Settings as HubSpotSettings
from tests.contract.hubspot_account import Account, Connector, connector_of

BATCHED = "/get_contacts?propertiesWithHistory=firstname&since=2020-01-01"
ASSOCIATED = "/get_contacts?associations=companies&since=2020-01-01"


@pytest.fixture
def account() -> Iterator[Account]:
    """Five contacts, all of them associated with a company, changed long ago."""
    with Server(HubSpotSettings(contacts=5)) as server:
        account = Account(server)
        company = account.create("companies", name="A company")
        for contact in account.call("GET", "/crm/v3/objects/contacts")["results"]:
            account.associate("contacts", contact["id"], "companies", [company])
        server.portal.clock.advance(3_600_000)
        yield account


def arm(account: Account, fault: str, *, times: Any = "once", route: str = "*", **params: Any) -> None:
    """Set a fault."""
    rule = FaultRule(fault, params=params, where=Selector(route=route), times=times)
    faults_of(account.server.app.portals.default).arm(rule)


def highest(since: str, entities: list[dict[str, Any]]) -> str:
    """Return the offset after a pull."""
    return max([since, *(str(entity["_updated"]) for entity in entities)])


@pytest.mark.parametrize(
    "path", ["/get_contacts", "/get_owners", "/get_contacts?since=2020-01-01", "/get_owners?since=2020-01-01"]
)
def test_a_list_or_search_that_is_empty_once_loses_nobody(account: Account, path: str) -> None:
    """Each list and each search is requested again if it is empty."""
    whole = connector_of(account.server).pull(path)
    arm(account, "empty-results", route="*")

    assert connector_of(account.server).pull(path) == whole
    assert len(whole) >= 1


@pytest.mark.parametrize("path", ["/get_owners", "/get_owners?since=2020-01-01"])
def test_owners_that_are_all_gone_are_not_believed(account: Account, path: str) -> None:
    """An account always has a user. Archived owners may be missing."""
    arm(account, "empty-results", route="owners.list", times="forever")

    response = connector_of(account.server).client.get(path)

    assert (response.status_code, response.get_json()["kind"]) == (502, "mismatch")
    assert connector_of(account.server).pull("/get_owners?archived=true") == []


@pytest.mark.parametrize("overlap_s", [0, 120])
@pytest.mark.parametrize("route", ["objects.search", "objects.list"])
def test_a_record_archived_during_a_pull_does_not_hide_a_change(account: Account, route: str, overlap_s: int) -> None:
    """The offset of the pull that sends the archived record is not later than the change that it has not seen."""
    connector = connector_of(account.server, since_overlap_s=overlap_s)
    full = connector.pull("/get_contacts")
    since, dataset = highest("", full), {entity["_id"]: entity for entity in full}
    arm(account, "busy-during-walk", route=route, value="changed during the pull")

    for _ in range(3):
        entities = connector.pull(f"/get_contacts?since={since}&properties=lastname")
        since = highest(since, entities)
        dataset |= {entity["_id"]: entity for entity in entities}

    first = min(dataset, key=int)
    assert dataset[first]["properties"]["lastname"] == "changed during the pull"
    assert sum(entity.get("_deleted", False) for entity in dataset.values()) == 1


@pytest.mark.parametrize(
    "path",
    [
        "/get_contacts",
        "/get_contacts?archived=true",
        "/get_contacts?since=2020-01-01",
        "/get_owners",
        "/get_owners?archived=true",
        "/get_owners?since=2020-01-01",
    ],
)
def test_the_wrong_list_is_not_believed(account: Account, path: str) -> None:
    """Neither for records nor for owners."""
    account.archive("contacts", account.create("contacts", email="gone@example.com"))
    arm(account, "ignores-archived", times="forever", route="*.list")

    try:
        response = connector_of(account.server).client.get(path)
        answer = response.data
    except ConnectionResetError:
        return  # aborted after the first byte
    assert response.status_code == 502, answer
    assert re.search("asked for|list of owners is empty", response.get_json()["message"])


@pytest.mark.parametrize("path", [BATCHED, ASSOCIATED])
@pytest.mark.parametrize("category", ["RATE_LIMITS", "INTERNAL_ERROR"])
def test_a_part_of_a_batch_that_failed_is_read_again(account: Account, path: str, category: str) -> None:
    whole = connector_of(account.server).pull(path)
    arm(account, "partial-batch", category=category, route="*.read")

    assert connector_of(account.server, retries=1).pull(path) == whole
    assert len(whole) == 5


@pytest.mark.parametrize("path", [BATCHED, ASSOCIATED])
@pytest.mark.parametrize(("category", "status"), [("RATE_LIMITS", 503), ("INTERNAL_ERROR", 502)])
def test_a_part_of_a_batch_that_keeps_failing_fails_the_pull(
    account: Account, path: str, category: str, status: int
) -> None:
    arm(account, "partial-batch", category=category, route="*.read", times="forever")

    response = connector_of(account.server, retry_budget_s=0.1).client.get(path)

    assert response.status_code == status
    assert category in response.get_json()["message"]


@pytest.mark.parametrize("time", ["month-13", "february-30", "hour-24", "second-60"])
@pytest.mark.parametrize(
    "path", ["/get_contacts", "/get_contacts?since=2020-01-01", "/get_contacts?limit=3", "/get_owners"]
)
def test_a_time_that_does_not_exist_fails_the_pull(account: Account, path: str, time: str) -> None:
    """In every kind of pull, with the same answer."""
    arm(account, "impossible-time", time=time)

    response = connector_of(account.server).client.get(path)

    assert response.status_code == 502
    assert "a time that does not exist" in response.get_json()["message"]


def test_a_pull_with_a_limit_leaves_what_may_not_be_in_the_index_to_the_next_one(account: Account) -> None:
    """The overlap is before the offset in other pulls, and before the present in this one."""
    connector: Connector = connector_of(account.server, since_overlap_s=120)
    new = account.create("contacts", email="new@example.com")

    def ids() -> set[str]:
        return {entity["_id"] for entity in json.loads(connector.client.get("/get_contacts?limit=100").data)}

    before = ids()
    account.server.portal.clock.advance(200_000)

    assert new not in before
    assert new in ids()
