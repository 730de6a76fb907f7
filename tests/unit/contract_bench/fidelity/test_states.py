"""What a portal must have held when it answered."""

import json
from typing import Any

from contract_bench.cassettes.model import Cassette, Interaction
from contract_bench.fidelity.states import states_of
from tests.support.interactions import CONTACTS, contact, interaction, page, walk


def records(interactions: list[Interaction], index: int) -> dict[str, Any]:
    """The contacts in the state before an interaction, by id."""
    seed = json.loads(states_of(Cassette(tuple(interactions)))[index].seed)
    listings = [json.loads(one["response"]["body"]["string"]) for one in seed["interactions"]]
    return {row["id"]: row for listing in listings for row in listing["results"]}


def test_a_walk_needs_only_one_state() -> None:
    """The fake is started only once."""
    states = states_of(Cassette(walk()))

    assert states[0] == states[1]
    assert states[0].records == 3
    assert states[0].portal_id == 62515


def test_a_cursor_implies_another_record() -> None:
    """The first record of the next page."""
    first_page = [interaction(answer=page(contact(1), contact(51), after="52"))]

    assert list(records(first_page, 0)) == ["1", "51", "52"]


def test_a_record_does_not_exist_before_it_is_created() -> None:
    """Afterwards it does."""
    creation = interaction(CONTACTS, contact(7), method="POST", status=201, body={"properties": {}})
    reading = interaction(f"{CONTACTS}/7", contact(7))

    assert list(records([creation, reading], 0)) == []
    assert list(records([creation, reading], 1)) == ["7"]


def test_a_record_does_not_exist_after_it_was_deleted() -> None:
    """Before that it does."""
    listing = interaction(answer=page(contact(7)))
    deletion = interaction(f"{CONTACTS}/7", b"", method="DELETE", status=204)
    miss = interaction(f"{CONTACTS}/7", b"<html>", status=404)

    assert list(records([listing, deletion, miss], 1)) == ["7"]
    assert list(records([listing, deletion, miss], 2)) == []


def test_if_responses_disagree_each_has_its_own_state() -> None:
    """The record was edited in between."""
    early = interaction(f"{CONTACTS}/7?properties=city", contact(7, city="Oslo", zip="1"))
    late = interaction(f"{CONTACTS}/7", contact(7, city="Bergen"))

    assert records([early, late], 0)["7"]["properties"]["city"] == "Oslo"
    assert records([early, late], 1)["7"]["properties"]["city"] == "Bergen"
    assert records([early, late], 1)["7"]["properties"]["zip"] == "1"


def test_the_target_of_an_association_exists() -> None:
    """HubSpot rejects associations with missing records."""
    link = {"to": {"id": 75761595194}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 16}]}
    creation = interaction(
        CONTACTS.replace("contacts", "tickets"), contact(7), method="POST", status=201, body={"associations": [link]}
    )

    assert list(records([creation], 0)) == ["75761595194"]


def test_the_state_has_the_behaviour_of_its_time() -> None:
    """Before 2025, records had no `url`, and links were different."""
    old = contact(1)
    del old["url"]
    link = {"next": {"after": "2", "link": "https://api.hubapi.com/crm/v3/objects/contacts?limit=1&after=2"}}

    (state,) = states_of(Cassette((interaction(answer={"results": [old], "paging": link}),)))

    assert dict(state.assumptions) == {"record-url": "absent", "list-link-path": "v3"}


def test_owners_are_those_that_responses_show_or_imply() -> None:
    """A record names its owner and the owner's user."""
    meeting = contact(7, hubspot_owner_id="156644386", hs_user_ids_of_all_owners="11598694")
    owner = {"id": "31", "email": "person-1@example.com", "firstName": "First1", "lastName": "Last1", "userId": 5}
    listing = interaction("https://api.hubapi.com/crm/v3/owners", page(owner | {"createdAt": "2026-01-01T00:00:00Z"}))

    state = states_of(Cassette((interaction(answer=page(meeting)), listing)))[0]

    assert {(row["id"], row["userId"]) for row in json.loads(state.owners)} == {("156644386", 11598694), ("31", 5)}


def test_responses_without_records_seed_none() -> None:
    """Errors, HTML pages, other endpoints."""
    answers = [interaction(answer=b"<html>", status=404), interaction(answer={"results": "?"}), interaction(answer=[1])]

    assert states_of(Cassette(tuple(answers)))[2].records == 0


def test_a_type_is_the_same_in_any_case() -> None:
    """`CONTACTS` in one request and `contacts` in the next name one record."""
    upper = interaction(f"{CONTACTS.replace('contacts', 'CONTACTS')}/7", contact(7))
    lower = interaction(f"{CONTACTS}/7", contact(7))

    assert [one.records for one in states_of(Cassette((upper, lower)))] == [1, 1]


DEALS = f"{CONTACTS.rpartition('/')[0]}/deals"
V4 = CONTACTS.replace("/crm/v3/objects/contacts", "/crm/v4")


def seeded(interactions: list[Interaction], index: int = -1) -> dict[str, dict[str, Any]]:
    """The records in the state before an interaction, by the path of their type and by id."""
    seed = json.loads(states_of(Cassette(tuple(interactions)))[index].seed)
    pages = {
        one["request"]["uri"]: json.loads(one["response"]["body"]["string"])["results"] for one in seed["interactions"]
    }
    return {
        uri.rpartition("/")[2]: {row["id"]: row for row in rows}
        for uri, rows in pages.items()
        if uri.startswith("https://api.hubapi.com/crm/v3/objects/") and uri.count("/") == 6
    }


def test_names_of_one_type_are_one_type() -> None:
    """Singular, plural, id, and any case."""
    uris = (CONTACTS, CONTACTS.replace("contacts", "Contact"), CONTACTS.replace("contacts", "0-1"))
    recorded = [interaction(uri, page(contact(1))) for uri in uris]

    (state, *_) = states_of(Cassette(tuple(recorded)))

    assert state.records == 1
    assert list(seeded(recorded)) == ["contacts"]


def test_links_that_only_the_associations_api_shows_are_in_the_state() -> None:
    """With both of their ends; of one record, of several, in version 3, and those through which a search finds."""
    kinds = [{"category": "HUBSPOT_DEFINED", "typeId": 4, "label": None}]
    row = {"toObjectId": 9, "associationTypes": kinds}
    one = interaction(f"{V4}/objects/Contact/7/associations/deals", {"results": [row]})
    many = interaction(
        f"{V4}/associations/contacts/deal/batch/read",
        {"results": [{"from": {"id": "7"}, "to": [row]}]},
        method="POST",
        body={"inputs": [{"id": "7"}]},
    )
    older = interaction(f"{CONTACTS}/7/associations/deals", {"results": [{"id": "9", "type": "contact_to_deal"}]})
    found = interaction(
        f"{CONTACTS}/search",
        {"total": 1, "results": [contact(7)]},
        method="POST",
        body={"filters": [{"propertyName": "associations.deal", "operator": "EQ", "value": 9}]},
    )

    for recorded, kind in ((one, "4"), (many, "4"), (older, "contact_to_deal"), (found, "")):
        state = seeded([recorded])
        assert list(state["deals"]) == ["9"]
        assert state["contacts"]["7"]["associations"] == {"deals": {"results": [{"id": "9", "type": kind}]}}


def test_the_ends_of_new_links_exist_without_the_links() -> None:
    """Those that an error names do not."""
    made = {"fromObjectId": 7, "toObjectId": 9, "labels": []}
    error = {"message": "CONTACT=1234 is not valid"}
    pairs = [{"from": {"id": one}, "to": {"id": other}} for one, other in (("7", "9"), ("8", "1234"))]
    recorded = interaction(
        f"{V4}/associations/Deal/Contact/batch/create",
        {"status": "COMPLETE", "results": [made], "errors": [error]},
        method="POST",
        status=207,
        body={"inputs": pairs},
    )

    state = seeded([recorded])

    assert (list(state["deals"]), list(state["contacts"])) == (["7", "8"], ["9"])
    assert "associations" not in state["deals"]["7"]
    assert ("batch-keys", "2022") in states_of(Cassette((recorded,)))[0].assumptions


def test_the_state_has_the_behaviour_of_its_account() -> None:
    """Marketing contacts, the calculated properties of 2024, and owners of which the recording shows nothing."""
    ticket = contact(7, hs_ticket_id="7")
    posted: dict[str, Any] = {"method": "POST", "status": 201, "body": {"properties": {"hubspot_owner_id": "5"}}}
    marketing = interaction(CONTACTS, contact(7, hs_marketable_status="false"), **posted)
    old = interaction(CONTACTS.replace("contacts", "tickets"), ticket, **posted)

    assert dict(states_of(Cassette((marketing,)))[0].assumptions) == {
        "marketing-contacts": "present",
        "unknown-owner": "accept",
    }
    assert dict(states_of(Cassette((old,)))[0].assumptions) == {
        "ticket-properties": "2024",
        "unknown-owner": "accept",
    }
