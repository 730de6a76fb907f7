"""Incremental pulls against the fake HubSpot."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from fake_hubspot import Server
from fake_hubspot import Settings as HubSpotSettings
from service.timestamps import ms_to_token, token_to_ms
from tests.contract.hubspot_account import Account, connector_of


@pytest.fixture
def account() -> Iterator[Account]:
    """A portal with 150 contacts, all of them in the search index."""
    with Server(HubSpotSettings(contacts=150)) as server:
        yield Account(server)


def now_token(account: Account) -> str:
    """Return the current time of the portal as a token."""
    return ms_to_token(account.server.portal.clock.now_ms())


def later(account: Account, seconds: int) -> None:
    """Advance the clock of the portal."""
    account.server.portal.clock.advance(seconds * 1000)


def test_an_incremental_pull_reads_only_what_changed(account: Account) -> None:
    """A hundred changes cost one search and one request for archived records."""
    later(account, 3600)
    since = now_token(account)
    changed = [account.create("contacts", email=f"new{number}@example.com") for number in range(100)]
    later(account, 60)
    account.forget_requests()

    entities = connector_of(account.server).pull(f"/get_contacts?since={since}")

    assert {entity["_id"] for entity in entities} == set(changed)
    assert len(account.routes_called) <= 4


@pytest.mark.parametrize("size", [500, 12_000])
def test_the_cost_of_a_hundred_changes_does_not_depend_on_the_size_of_the_portal(size: int) -> None:
    """Sixty new and forty changed contacts cost one search and two requests for archived records."""
    with Server(HubSpotSettings(contacts=size)) as server:
        account = Account(server)
        known = account.call("GET", "/crm/v3/objects/contacts", limit="40")["results"]
        later(account, 3600)
        since = now_token(account)
        created = account.create_many("contacts", [{"email": f"new{number}@example.com"} for number in range(60)])
        changes = [{"id": contact["id"], "properties": {"firstname": "Changed"}} for contact in known]
        account.call("POST", "/crm/v3/objects/contacts/batch/update", {"inputs": changes})
        later(account, 60)
        account.forget_requests()

        entities = connector_of(server).pull(f"/get_contacts?since={since}")

        assert sorted(entity["_id"] for entity in entities) == sorted([*created, *(one["id"] for one in known)])
        assert account.routes_called == ["objects.search", "objects.list", "objects.list"]


def test_a_changed_record_looks_as_it_does_in_a_full_pull(account: Account) -> None:
    """Sesam compares hashes: with another shape it would store a new version each time."""
    connector = connector_of(account.server)
    query = "properties=email,firstname,jobtitle&associations=companies"
    company = account.create("companies", name="A company")
    contact = account.create("contacts", email="same@example.com", firstname="Same")
    account.associate("contacts", contact, "companies", [company])
    later(account, 60)

    [full] = [one for one in connector.pull(f"/get_contacts?{query}") if one["_id"] == contact]
    [incremental] = [one for one in connector.pull(f"/get_contacts?{query}&since=2020-01-01") if one["_id"] == contact]

    assert incremental == full
    assert list(incremental) == list(full)


def test_former_values_and_every_property_work_with_since(account: Account) -> None:
    """A search cannot return them, so the records are read in batches."""
    contact = account.create("contacts", email="batch@example.com", firstname="One")
    later(account, 60)
    connector = connector_of(account.server)
    query = "properties=*&propertiesWithHistory=firstname"

    incremental = {one["_id"]: one for one in connector.pull(f"/get_contacts?{query}&since=2020-01-01")}

    assert len(incremental) == 151
    assert incremental[contact]["propertiesWithHistory"]["firstname"][0]["value"] == "One"
    assert incremental == {one["_id"]: one for one in connector.pull(f"/get_contacts?{query}")}


def test_an_archived_record_arrives_as_deleted(account: Account) -> None:
    """Its time is the time of archiving, so the next pull starts after it."""
    gone = account.create("contacts", email="gone@example.com")
    later(account, 3600)
    since = now_token(account)
    later(account, 10)
    account.archive("contacts", gone)
    later(account, 60)

    [entity] = connector_of(account.server).pull(f"/get_contacts?since={since}")

    assert (entity["_id"], entity["_deleted"]) == (gone, True)
    assert entity["_updated"] > since


def test_what_the_index_shows_late_arrives_with_the_next_pull(account: Account) -> None:
    """Its time is before the token of the pull that missed it, so each pull starts a little earlier than its token."""
    late = account.create("contacts", email="late@example.com")
    later(account, 30)
    account.create("contacts", email="indexed@example.com")
    later(account, 60)
    since = now_token(account)

    entities = connector_of(account.server, since_overlap_s=120).pull(f"/get_contacts?since={since}")

    assert late in {entity["_id"] for entity in entities}


def test_without_an_overlap_records_of_the_same_time_are_not_lost(account: Account) -> None:
    """Records with the latest timestamp are not lost."""
    later(account, 3600)
    contact = account.create("contacts", email="edge@example.com")
    later(account, 60)
    connector = connector_of(account.server, since_overlap_s=0)
    [entity] = [one for one in connector.pull("/get_contacts") if one["_id"] == contact]

    again = connector.pull(f"/get_contacts?since={entity['_updated']}")

    assert [one["_id"] for one in again] == [contact]


@pytest.mark.parametrize("form", ["token", "iso", "milliseconds"])
def test_since_is_accepted_in_every_form(account: Account, form: str) -> None:
    """As a node sends it, as a person writes it, and as HubSpot's milliseconds."""
    later(account, 3600)
    token = now_token(account)
    contact = account.create("contacts", email="form@example.com")
    later(account, 60)
    forms = {"token": token, "iso": token.removeprefix("~t"), "milliseconds": str(token_to_ms(token))}

    entities = connector_of(account.server).pull(f"/get_contacts?since={forms[form]}")

    assert [entity["_id"] for entity in entities] == [contact]


def test_a_chronological_source_reads_everything_page_by_page(account: Account) -> None:
    """With `page_size` Sesam sends `limit` and the `since` of the last entity until nothing arrives."""
    connector = connector_of(account.server)
    later(account, 60)
    seen: dict[str, dict[str, Any]] = {}
    url = "/get_contacts?limit=20"
    while entities := connector.pull(url):
        tokens = [entity["_updated"] for entity in entities]
        assert tokens == sorted(tokens)
        seen |= {entity["_id"]: entity for entity in entities}
        url = f"/get_contacts?limit=20&since={tokens[-1]}"

    assert len(seen) == 150


def test_the_token_of_a_full_pull_is_never_later_than_its_beginning(account: Account) -> None:
    """A record that changes during a long pull must not hide one that changed earlier and was already read."""
    connector = connector_of(account.server, page_size=50)
    start = now_token(account)
    response = connector.client.get("/get_contacts")
    pieces = response.iter_encoded()
    entities = next(pieces)
    later(account, 600)
    last = account.call("GET", "/crm/v3/objects/contacts", limit="100")
    last = account.call("GET", "/crm/v3/objects/contacts", limit="100", after=last["paging"]["next"]["after"])
    account.update("contacts", last["results"][-1]["id"], firstname="Changed")

    entities += b"".join(pieces)

    highest = max(entity["_updated"] for entity in json.loads(entities))
    assert token_to_ms(highest) <= token_to_ms(start) + 2_000
