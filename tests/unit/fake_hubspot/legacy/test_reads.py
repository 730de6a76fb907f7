"""What the CRM API wrote, the older APIs read: counts, ids and values are the same."""

from typing import Any

import pytest

from tests.support.cases import for_each
from tests.unit.fake_hubspot.inprocess import Fake
from tests.unit.fake_hubspot.legacy.conftest import ACTIVITIES, ids, walk

OFFSET = {"offset": "offset"}
VID = {"vid-offset": "vidOffset"}
RECENT = {"vid-offset": "vidOffset", "time-offset": "timeOffset"}
# The path of a list, the member with its rows, the member that says if there are more, the cursors, the id, the type.
LISTS: dict[str, tuple[str, str, str, dict[str, str], str, str]] = {
    "contacts": ("/contacts/v1/lists/all/contacts/all?count=2", "contacts", "has-more", VID, "vid", "contacts"),
    "updated": (
        "/contacts/v1/lists/recently_updated/contacts/recent?count=2",
        "contacts",
        "has-more",
        RECENT,
        "vid",
        "contacts",
    ),
    "created": ("/contacts/v1/lists/all/contacts/recent?count=2", "contacts", "has-more", RECENT, "vid", "contacts"),
    "search": ("/contacts/v1/search/query?q=example&count=2", "contacts", "has-more", OFFSET, "vid", "contacts"),
    "companies": ("/companies/v2/companies/paged?limit=2", "companies", "has-more", OFFSET, "companyId", "companies"),
    "companies modified": (
        "/companies/v2/companies/recent/modified?count=2",
        "results",
        "hasMore",
        OFFSET,
        "companyId",
        "companies",
    ),
    "companies created": (
        "/companies/v2/companies/recent/created?count=2",
        "results",
        "hasMore",
        OFFSET,
        "companyId",
        "companies",
    ),
    "deals": ("/deals/v1/deal/paged?limit=2", "deals", "hasMore", OFFSET, "dealId", "deals"),
    "deals modified": ("/deals/v1/deal/recent/modified?count=2", "results", "hasMore", OFFSET, "dealId", "deals"),
    "deals created": ("/deals/v1/deal/recent/created?count=2", "results", "hasMore", OFFSET, "dealId", "deals"),
    "tickets": ("/crm-objects/v1/objects/tickets/paged?limit=2", "objects", "hasMore", OFFSET, "objectId", "tickets"),
}


@for_each("name", LISTS)
def test_every_page_of_a_list_together_has_every_record_once(account: Fake, name: str) -> None:
    """Compared with the list of version 3."""
    path, rows, more, cursors, key, kind = LISTS[name]

    found = walk(account, path, rows=rows, more=more, cursors=cursors)

    assert sorted(row[key] for row in found) == ids(account, kind)


@for_each(
    ("path", "cursors"),
    [
        ("paged?limit=3", OFFSET),
        ("recent/modified?count=3", OFFSET),
        ("modified/after?limit=3", {"after": "after"}),
    ],
)
def test_engagements_are_the_activities_of_every_type(account: Fake, path: str, cursors: dict[str, str]) -> None:
    """Ten, of five types, each once."""
    found = walk(account, f"/engagements/v1/engagements/{path}", rows="results", more="hasMore", cursors=cursors)

    listed = sorted(row["engagement"]["id"] for row in found)
    assert listed == sorted(one for name in ACTIVITIES for one in ids(account, name))
    types = {row["engagement"]["type"] for row in found}
    assert types == {"NOTE", "TASK", "MEETING", "CALL", "INCOMING_EMAIL"}


def test_the_cursor_of_modified_engagements_leads_to_what_changes_later(account: Fake) -> None:
    """Every response has one, the last page too."""
    path = "/engagements/v1/engagements/modified/after"
    note = ids(account, "notes")[0]

    after = account.get(f"{path}?limit=250").json()["after"]
    account.request("PATCH", f"/crm/v3/objects/notes/{note}", {"properties": {"hs_note_body": "later"}})
    changed = {row["engagement"]["id"]: row for row in account.get(f"{path}?after={after}").json()["results"]}

    assert changed[note]["metadata"]["body"] == "later"
    assert account.get(f"{path}?after=tomorrow").status == 400


def test_engagements_of_a_record_are_paged(account: Fake) -> None:
    """And those of a record without any are none; the type is taken in any case."""
    contact, other = ids(account, "contacts")[:2]
    path = "/engagements/v1/engagements/associated/{}/{}/paged?limit=4"

    found = walk(account, path.format("CONTACT", contact), rows="results", more="hasMore", cursors=OFFSET)
    none = account.get(path.format("contact", other)).json()

    assert len(found) == 10
    assert {row["associations"]["contactIds"][0] for row in found} == {contact}
    assert none == {"results": [], "hasMore": False, "offset": 0}
    assert account.get(path.format("FAKE_TYPE", 1)).json()["message"] == (
        "Invalid enum constant 'FAKE_TYPE' for class ObjectType"
    )


def test_metadata_has_the_names_of_the_older_api(account: Fake) -> None:
    """Times are milliseconds, durations numbers."""
    found = account.get("/engagements/v1/engagements/paged").json()["results"]
    by_type = {row["engagement"]["type"]: row["metadata"] for row in found}

    assert by_type["NOTE"] == {"body": "said"}
    assert by_type["MEETING"]["startTime"] == 1795860000000
    assert by_type["CALL"]["durationMilliseconds"] == 1500
    assert by_type["INCOMING_EMAIL"]["subject"] == "letter"
    assert by_type["TASK"]["subject"] == "do"


def test_values_are_those_of_version_3_with_times_as_milliseconds(account: Fake) -> None:
    """Each with its versions; a list returns what was asked for only."""
    deal = ids(account, "deals")[0]
    path = "/deals/v1/deal/paged?limit=1&properties=dealname&properties=createdate"

    row = account.get(path).json()["deals"][0]
    whole = account.get("/deals/v1/deal/paged?limit=1&includeAllProperties=true").json()["deals"][0]
    v3 = account.get(f"/crm/v3/objects/deals/{deal}?properties=amount,dealname").json()["properties"]

    shown = {name: one["value"] for name, one in row["properties"].items()}
    assert (row["dealId"], shown) == (deal, {"dealname": v3["dealname"], "createdate": "1795860000000"})
    assert row["properties"]["dealname"]["versions"][0]["name"] == "dealname"
    assert row["properties"]["createdate"]["timestamp"] == 1795860000000
    assert whole["properties"]["amount"]["value"] == v3["amount"]
    assert account.get("/deals/v1/deal/paged?limit=1").json()["deals"][0]["properties"] == {}


def test_links_are_those_of_version_3(account: Fake) -> None:
    """Of a deal only if they are asked for; of a company by ids and as contacts."""
    contact, company, deal = (ids(account, name)[0] for name in ("contacts", "companies", "deals"))

    asked = account.get(f"/deals/v1/deal/paged?includeAssociations=true&offset={deal}&limit=1").json()["deals"][0]
    silent = account.get(f"/deals/v1/deal/paged?offset={deal}&limit=1").json()["deals"][0]
    vids = account.get(f"/companies/v2/companies/{company}/vids").json()
    contacts = account.get(f"/companies/v2/companies/{company}/contacts").json()["contacts"]
    associated = account.get(f"/deals/v1/deal/associated/contact/{contact}/paged").json()["deals"]

    assert asked["associations"]["associatedVids"] == [contact]
    assert silent["associations"]["associatedVids"] == []
    assert vids == {"vids": [contact], "vidOffset": contact, "hasMore": False}
    assert [row["vid"] for row in contacts] == [contact]
    assert {one["name"]: one["value"] for one in contacts[0]["properties"]}["email"].endswith("@example.com")
    assert [row["dealId"] for row in associated] == [deal]


def test_a_profile_has_past_values_and_a_list_has_none(account: Fake) -> None:
    """By id, address and cookie, and several at once."""
    contact = ids(account, "contacts")[0]
    profile = account.get(f"/contacts/v1/contact/vid/{contact}/profile").json()
    email = profile["properties"]["email"]["value"]
    utk = profile["identity-profiles"][0]["identities"][1]["value"]

    listed = account.get("/contacts/v1/lists/all/contacts/all?property=email").json()["contacts"]

    assert profile["properties"]["email"]["versions"][0]["source-type"] == "INTEGRATION"
    assert profile["list-memberships"] == []
    assert next(row for row in listed if row["vid"] == contact)["properties"]["email"] == {"value": email}
    for path in (f"email/{email}/profile", f"utk/{utk}/profile"):
        assert account.get(f"/contacts/v1/contact/{path}").json()["vid"] == contact
    for query in (f"vids/batch/?vid={contact}", f"emails/batch/?email={email}", f"utks/batch/?utk={utk}"):
        assert list(account.get(f"/contacts/v1/contact/{query}").json()) == [str(contact)]


def test_since_leaves_out_what_is_older(account: Fake) -> None:
    """And everything older than 30 days is left out without it."""
    paths = (
        "companies/v2/companies/recent/modified",
        "deals/v1/deal/recent/created",
        "engagements/v1/engagements/recent/modified",
    )

    for path in paths:
        assert account.get(f"/{path}?since=1795860000000").json()["total"] > 0, path
        assert account.get(f"/{path}?since=1795860000001").json()["total"] == 0, path
        assert account.get(f"/{path}?offset=10000").status == 400, path


@pytest.mark.parametrize("word", ["contacts", "contact", "companies", "deals", "tickets", "products", "line_items"])
def test_properties_are_those_of_version_3(account: Fake, word: str) -> None:
    """In both versions, and groups too; options have their labels."""
    v3 = account.get(f"/crm/v3/properties/{word}").json()["results"]

    for version in ("v1", "v2"):
        rows = account.get(f"/properties/{version}/{word}/properties").json()
        assert [row["name"] for row in rows] == [row["name"] for row in v3]
        assert [len(row["options"]) for row in rows] == [len(row["options"]) for row in v3]
        groups = account.get(f"/properties/{version}/{word}/groups?includeProperties=true").json()
        assert sum(len(group["properties"]) for group in groups) == len(rows)


def test_earlier_paths_lead_to_the_same_properties(account: Fake) -> None:
    """Those inside of contacts, companies and deals; a form has a few of its own."""
    for path, word in (
        ("contacts/v1", "contacts"),
        ("contacts/v2", "contacts"),
        ("companies/v2", "companies"),
        ("deals/v1", "deals"),
    ):
        rows = account.get(f"/{path}/properties").json()
        assert rows == account.get(f"/properties/v1/{word}/properties").json(), path
    assert "hs_name" in [row["name"] for row in account.get("/properties/v2/form/properties").json()]


def test_pipelines_are_those_of_version_3(account: Fake) -> None:
    """In both shapes; a time that is not set is null."""
    v3 = account.get("/crm/v3/pipelines/deals").json()["results"]

    new = account.get("/crm-pipelines/v1/pipelines/deals").json()["results"]
    old = account.get("/deals/v1/pipelines").json()

    assert [row["pipelineId"] for row in new] == [row["id"] for row in v3] == [row["pipelineId"] for row in old]
    assert [stage["stageId"] for stage in new[0]["stages"]] == [stage["id"] for stage in v3[0]["stages"]]
    assert (new[0]["createdAt"], new[0]["updatedAt"], new[0]["default"]) == (0, None, True)
    assert {stage["stageId"]: stage["closedWon"] for stage in old[0]["stages"]}["closedwon"] is True
    assert account.get("/crm-pipelines/v1/pipelines/tickets").json()["results"][0]["objectType"] == "TICKET"


def test_owners_are_those_of_version_3(account: Fake) -> None:
    """One by one too."""
    v3 = account.get("/crm/v3/owners").json()["results"]

    rows = account.get("/owners/v2/owners").json()

    assert [str(row["ownerId"]) for row in rows] == [row["id"] for row in v3]
    assert account.get(f"/owners/v2/owners/{v3[0]['id']}").json() == rows[0]


ERRORS: dict[str, tuple[int, dict[str, Any]]] = {
    "/companies/v2/companies/5": (404, {"message": "resource not found"}),
    "/deals/v1/deal/5": (404, {"category": "OBJECT_NOT_FOUND", "errors": [{"message": "This deal 5 does not exist."}]}),
    "/contacts/v1/contact/vid/5/profile": (404, {"message": "contact does not exist"}),
    "/properties/v1/deals/properties/named/nope": (404, {"propertiesErrorCode": "PROPERTY_NOT_FOUND"}),
    "/properties/v1/deals/groups/named/nope": (404, {"groupsErrorCode": "GROUP_NOT_FOUND"}),
    "/contacts/v1/lists/5": (404, {"status": "error"}),
    "/owners/v2/owners/5": (404, {"status": "error"}),
    "/forms/v2/forms/nope": (404, {"status": "error"}),
    "/automation/v3/workflows/5": (404, {"status": "error"}),
    "/email/public/v1/campaigns/5": (404, {"status": "error"}),
    "/crm-objects/v1/objects/boats/5": (400, {"message": "Invalid enum constant 'boats' for class ObjectType"}),
    "/crm-associations/v1/associations/5/HUBSPOT_DEFINED/999": (400, {"status": "error"}),
}


def test_what_is_missing_is_told_in_the_words_of_each_api(account: Fake) -> None:
    """An engagement is answered with a page."""
    for path, (status, expected) in ERRORS.items():
        answer = account.get(path)
        assert answer.status == status, path
        body = answer.json()
        assert {name: body.get(name) for name in expected} == expected, path
        assert "x-fake-hubspot-unmatched" not in answer.headers, path
    assert account.get("/engagements/v1/engagements/5").content.startswith(b"<html>")


def test_a_place_selects_a_page_of_every_list(account: Fake) -> None:
    """Faults reach the older APIs: the second page of each list fails, the first does not."""
    account.post("/_fake/faults", {"fault": "server-error", "times": "forever", "where": {"page": 2}})
    try:
        for path, _, _, cursors, _, _ in LISTS.values():
            first = account.get(path)
            page = first.json()
            query = "".join(f"&{name}={page[member]}" for member, name in cursors.items())
            assert (first.status, account.get(path + query).status) == (200, 500), path
    finally:
        account.request("DELETE", "/_fake/faults")
