"""What the official client does not cover: lists, v1 contacts, account, OAuth errors, properties, v3 associations."""

from urllib.parse import urlencode

import pytest

from tests.support.contacts import BRIAN_EMAIL, BRIAN_ID, MARIA_ID
from tests.unit.fake_hubspot.inprocess import Fake


def test_a_missing_list_is_told_as_recorded(fake: Fake) -> None:
    """Category and sub-category."""
    answer = fake.get("/crm/v3/lists/-1")

    assert answer.status == 404
    assert list(answer.json()) == ["status", "message", "correlationId", "context", "category", "subCategory"]
    assert answer.json()["message"] == "List does not exist with ID -1."
    assert answer.json()["subCategory"] == "ListError.LIST_ID_DOES_NOT_EXIST"


def test_a_list_gets_and_loses_members(fake: Fake) -> None:
    """The keys have HubSpot's two spellings."""
    given = {"name": "All", "objectTypeId": "0-1", "processingType": "MANUAL"}
    list_id = fake.post("/crm/v3/lists", given).json()["list"]["listId"]
    path = f"/crm/v3/lists/{list_id}/memberships"

    added = fake.request("PUT", f"{path}/add", [BRIAN_ID, int(MARIA_ID), "12"]).json()
    first = fake.get(f"{path}?limit=1").json()
    rest = fake.get(first["paging"]["next"]["link"].removeprefix("http://api.test")).json()
    removed = fake.request("PUT", f"{path}/remove", [BRIAN_ID, "12"]).json()
    searched = fake.post("/crm/v3/lists/search", {"query": "al"}).json()

    assert added == {"recordsIdsAdded": [BRIAN_ID, MARIA_ID], "recordIdsMissing": ["12"]}
    assert [first["results"][0]["recordId"], rest["results"][0]["recordId"]] == [BRIAN_ID, MARIA_ID]
    assert "paging" not in rest
    assert removed == {"recordIdsRemoved": [BRIAN_ID], "recordIdsMissing": ["12"]}
    assert list(searched) == ["offset", "hasMore", "lists", "total"]
    assert searched["lists"][0]["additionalProperties"]["hs_list_size"] == "1"


def test_v1_contacts_are_paged_with_vid_offset(empty: Fake) -> None:
    """The loop of older clients finds every contact once."""
    empty.seed("contacts", *({"id": number, "properties": {"firstname": "A"}} for number in range(1, 8)))
    seen, offset, more = [], 0, True

    while more:
        page = empty.get(f"/contacts/v1/lists/all/contacts/all?count=3&vidOffset={offset}").json()
        seen += [contact["vid"] for contact in page["contacts"]]
        offset, more = page["vid-offset"], page["has-more"]

    assert seen == list(range(1, 8))


def test_a_v1_contact_has_the_old_shape(fake: Fake) -> None:
    """The address is in the identity profiles; unset properties are absent."""
    contact = fake.get("/contacts/v1/lists/all/contacts/all?property=city&property=phone").json()["contacts"][0]

    assert (contact["vid"], contact["canonical-vid"]) == (int(BRIAN_ID), int(BRIAN_ID))
    assert contact["properties"]["city"] == {"value": "Cambridge"}
    assert set(contact["properties"]) == {"firstname", "lastname", "company", "lastmodifieddate", "city"}
    assert contact["properties"]["lastmodifieddate"]["value"].isdecimal()
    assert contact["identity-profiles"][0]["identities"][0]["value"] == BRIAN_EMAIL


def test_v1_recent_contacts_come_newest_first(empty: Fake) -> None:
    """The cursor has two parts."""
    empty.request("PUT", "/_fake/clock", {"freeze": True, "at": "2026-01-06T00:00:00Z"})
    moments = [f"2026-01-0{number}T00:00:00Z" for number in range(1, 6)]
    empty.seed("contacts", *({"id": n, "properties": {"createdate": at}} for n, at in enumerate(moments, 1)))
    path = "/contacts/v1/lists/recently_updated/contacts/recent?count=2"

    first = empty.get(path).json()
    second = empty.get(f"{path}&timeOffset={first['time-offset']}&vidOffset={first['vid-offset']}").json()

    assert [one["vid"] for one in first["contacts"]] == [5, 4]
    assert [one["vid"] for one in second["contacts"]] == [3, 2]


def test_a_missing_v1_contact_has_the_old_error(fake: Fake) -> None:
    """`errors` is a list of messages."""
    body = fake.get("/contacts/v1/contact/vid/5/profile").json()

    assert body["message"] == "contact does not exist"
    assert body["errors"] == [{"message": "The contact 5 does not exist."}]
    assert fake.get(f"/contacts/v1/contact/email/{BRIAN_EMAIL}/profile").json()["vid"] == int(BRIAN_ID)


def test_the_account_tells_where_it_is(fake: Fake) -> None:
    """Key order as recorded."""
    account = fake.get("/account-info/v3/details").json()

    assert list(account)[:3] == ["portalId", "accountType", "timeZone"]
    assert account["portalId"] == 62515
    assert account["uiDomain"] == "app.hubspot.com"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"client_id": "nobody"}, "BAD_CLIENT_ID"),
        ({"client_secret": "wrong"}, "BAD_CLIENT_SECRET"),
        ({"grant_type": "password"}, "BAD_GRANT_TYPE"),
        ({"refresh_token": "old"}, "BAD_REFRESH_TOKEN"),
        ({"grant_type": "authorization_code", "code": "x"}, "BAD_AUTH_CODE"),
    ],
)
def test_a_wrong_token_request_has_oauths_own_shape(fake: Fake, change: dict[str, str], status: str) -> None:
    """`error, error_description, status, message`."""
    grant = fake.post("/_fake/grants", {}).json()
    form = {
        "grant_type": "refresh_token",
        "client_id": grant["clientId"],
        "client_secret": grant["clientSecret"],
        "refresh_token": grant["refreshToken"],
    }

    answer = fake.post(
        "/oauth/v1/token",
        urlencode(form | change).encode(),
        headers={"content-type": "application/x-www-form-urlencoded", "authorization": ""},
    )

    assert answer.status == 400
    assert list(answer.json()) == ["error", "error_description", "status", "message"]
    assert answer.json()["status"] == status


def test_a_property_is_told_with_its_keys_in_order(fake: Fake) -> None:
    """As recorded in 2026-03; `hs_object_id` has no times."""
    rows = {row["name"]: row for row in fake.get("/crm/v3/properties/contacts").json()["results"]}

    assert list(rows["lifecyclestage"])[:5] == ["updatedAt", "createdAt", "name", "label", "type"]
    assert list(rows["lifecyclestage"])[-3:] == ["modificationMetadata", "formField", "dataSensitivity"]
    assert rows["lifecyclestage"]["options"][1] == {
        "label": "Lead",
        "value": "lead",
        "displayOrder": 1,
        "hidden": False,
    }
    assert "createdAt" not in rows["hs_object_id"]
    assert list(rows) == sorted(rows)


def test_a_new_property_is_null_until_it_is_written(fake: Fake) -> None:
    """Once archived it is unknown again."""
    given = {"name": "pet", "label": "Pet", "type": "string", "fieldType": "text", "groupName": "contactinformation"}
    path = f"/crm/v3/objects/contacts/{BRIAN_ID}"

    before = fake.get(f"{path}?properties=pet").json()["properties"]
    made = fake.post("/crm/v3/properties/contacts", given)
    after = fake.get(f"{path}?properties=pet").json()["properties"]
    twice = fake.post("/crm/v3/properties/contacts", given)
    gone = fake.request("DELETE", "/crm/v3/properties/contacts/pet")
    finally_ = fake.get(f"{path}?properties=pet").json()["properties"]

    assert (made.status, twice.status, gone.status) == (201, 409, 204)
    assert "pet" not in before
    assert after["pet"] is None
    assert "pet" not in finally_


def test_a_unique_property_is_an_id(fake: Fake) -> None:
    """Two records cannot share a value, and a batch upsert uses it."""
    given = {"name": "member_no", "label": "No", "type": "string", "fieldType": "text"}
    fake.post("/crm/v3/properties/contacts", given | {"groupName": "contactinformation", "hasUniqueValue": True})
    contacts = "/crm/v3/objects/contacts"

    fake.request("PATCH", f"{contacts}/{BRIAN_ID}", {"properties": {"member_no": "7"}})
    taken = fake.request("PATCH", f"{contacts}/{MARIA_ID}", {"properties": {"member_no": "7"}})
    found = fake.get(f"{contacts}/7?idProperty=member_no").json()

    assert taken.status == 409
    assert found["id"] == BRIAN_ID


def test_v3_associations_answer_both_directions(fake: Fake) -> None:
    """By the name of the type."""
    fake.seed("companies", {"id": 5})
    pair = {"from": {"id": BRIAN_ID}, "to": {"id": "5"}, "type": "contact_to_company"}
    path = "/crm/v3/associations/contacts/companies"

    made = fake.post(f"{path}/batch/create", {"inputs": [pair]})
    read = fake.post(f"{path}/batch/read", {"inputs": [{"id": BRIAN_ID}]}).json()
    names = {row["name"] for row in fake.get(f"{path}/types").json()["results"]}
    gone = fake.post(f"{path}/batch/archive", {"inputs": [pair]})

    assert [row["type"] for row in made.json()["results"]] == ["company_to_contact", "contact_to_company"]
    assert {row["type"] for row in read["results"][0]["to"]} == names
    assert gone.status == 204
    assert fake.post(f"{path}/batch/read", {"inputs": [{"id": BRIAN_ID}]}).json()["results"] == []


def test_merged_records_give_their_links_to_the_new_one(fake: Fake) -> None:
    """The new record lists the old ids."""
    fake.seed("companies", {"id": 5})
    fake.request("PUT", f"/crm/v4/objects/contacts/{MARIA_ID}/associations/default/companies/5")

    merge = {"primaryObjectId": BRIAN_ID, "objectIdToMerge": MARIA_ID}
    merged = fake.post("/crm/v3/objects/contacts/merge", merge).json()

    links = fake.get("/crm/v4/objects/companies/5/associations/contacts").json()["results"]
    assert [row["toObjectId"] for row in links] == [int(merged["id"])]
    assert merged["properties"]["hs_merged_object_ids"] == f"{BRIAN_ID};{MARIA_ID}"
    assert merged["properties"]["email"] == BRIAN_EMAIL


def test_the_primary_id_can_be_kept(fake: Fake) -> None:
    """As in HubSpot's beta."""
    fake.assume(merge_id="primary")

    merge = {"primaryObjectId": BRIAN_ID, "objectIdToMerge": MARIA_ID}
    merged = fake.post("/crm/v3/objects/contacts/merge", merge).json()

    assert merged["id"] == BRIAN_ID
    assert len(fake.get("/crm/v3/objects/contacts").json()["results"]) == 1


def test_a_refresh_token_tells_whose_it_is_until_it_is_deleted(fake: Fake) -> None:
    """Then it issues no more access tokens; those there are stay."""
    grant = fake.post("/_fake/grants", {}).json()
    path = f"/oauth/v1/refresh-tokens/{grant['refreshToken']}"
    form = "&".join(
        [
            "grant_type=refresh_token",
            f"client_id={grant['clientId']}",
            f"client_secret={grant['clientSecret']}",
            f"refresh_token={grant['refreshToken']}",
        ]
    )

    told = fake.get(path, headers={"authorization": ""})
    issued = fake.post("/oauth/v1/token", form.encode())
    gone = fake.request("DELETE", path)

    assert told.json()["client_id"] == grant["clientId"]
    assert told.json()["hub_id"] == fake.portal.id
    assert gone.status == 204
    assert fake.get(path).status == 404
    assert fake.post("/oauth/v1/token", form.encode()).status == 400
    bearer = {"authorization": f"Bearer {issued.json()['access_token']}"}
    assert fake.get("/crm/v3/objects/contacts", headers=bearer).status == 200
