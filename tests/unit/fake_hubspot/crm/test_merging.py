"""Merging: what becomes of the values, the links, the unique values and the old ids."""

from typing import Any

import pytest

from tests.unit.fake_hubspot.inprocess import Fake

PATH = "/crm/v3/objects/contacts"
ADA, BO = 101, 102


@pytest.fixture
def portal(empty: Fake) -> Fake:
    """Two contacts with links to a company each."""
    ada = {"firstname": "Ada", "email": "ada@example.com", "createdate": "2026-01-02T00:00:00Z"}
    bo = {"firstname": "Bo", "city": "Oslo", "email": "bo@example.com", "createdate": "2026-01-01T00:00:00Z"}
    empty.seed("contacts", {"id": ADA, "properties": ada}, {"id": BO, "properties": bo})
    empty.seed("companies", {"id": 7, "properties": {"name": "A"}}, {"id": 8, "properties": {"name": "B"}})
    for contact, company in ((ADA, 7), (BO, 8)):
        empty.request("PUT", f"/crm/v4/objects/contacts/{contact}/associations/default/companies/{company}")
    return empty


def merge(fake: Fake, primary: int = ADA, other: int = BO) -> Any:
    """Merge two contacts."""
    return fake.post(f"{PATH}/merge", {"primaryObjectId": str(primary), "objectIdToMerge": str(other)})


def found(fake: Fake, name: str, value: str) -> list[str]:
    """The ids that a search by one property finds."""
    body = {"filters": [{"propertyName": name, "operator": "EQ", "value": value}]}
    return [one["id"] for one in fake.post(f"{PATH}/search", body).json()["results"]]


def test_the_merged_record_has_a_new_id_and_the_values_of_the_primary_one(portal: Fake) -> None:
    """Values that only the other one has are kept; it is as old as the older one."""
    answer = merge(portal)

    merged, properties = answer.json(), answer.json()["properties"]
    assert answer.status == 200
    assert merged["id"] not in (str(ADA), str(BO))
    assert (properties["firstname"], properties["city"], properties["email"]) == ("Ada", "Oslo", "ada@example.com")
    assert properties["hs_merged_object_ids"] == f"{ADA};{BO}"
    assert properties["hs_object_id"] == merged["id"]
    assert merged["createdAt"] == "2026-01-01T00:00:00Z"
    assert [one["id"] for one in portal.get(PATH).json()["results"]] == [merged["id"]]


def test_old_ids_lead_to_the_merged_record_except_in_a_search(portal: Fake) -> None:
    """Also through two merges; a search and a list know only the new id."""
    first = merge(portal).json()["id"]
    portal.seed("contacts", {"id": 103, "properties": {"firstname": "Cy"}})
    second = merge(portal, 103, int(first)).json()

    for old in (ADA, BO, 103, first, second["id"]):
        assert portal.get(f"{PATH}/{old}").json()["id"] == second["id"]
    for old in (ADA, BO, 103, first):
        assert found(portal, "hs_object_id", str(old)) == []
    assert found(portal, "hs_object_id", second["id"]) == [second["id"]]
    assert second["properties"]["hs_merged_object_ids"] == f"{ADA};{BO};103;{first}"


def test_links_move_and_unique_values_of_the_other_record_become_free(portal: Fake) -> None:
    """The links of both; the primary's address stays taken, and the search finds the record by it alone."""
    merged = merge(portal).json()["id"]

    linked = portal.get(f"/crm/v4/objects/contacts/{merged}/associations/companies").json()["results"]
    back = portal.get("/crm/v4/objects/companies/8/associations/contacts").json()["results"]
    assert [one["toObjectId"] for one in linked] == [7, 8]
    assert [one["toObjectId"] for one in back] == [int(merged)]
    assert found(portal, "email", "ada@example.com") == [merged]
    assert found(portal, "email", "bo@example.com") == []
    taken = portal.post(PATH, {"properties": {"email": "ada@example.com"}})
    free = portal.post(PATH, {"properties": {"email": "bo@example.com"}})
    assert (taken.status, free.status) == (409, 201)


def test_the_primary_record_keeps_its_id_if_the_portal_is_like_that(portal: Fake) -> None:
    """Only the other id is an old one."""
    portal.assume(merge_id="primary")

    merged = merge(portal).json()

    assert merged["id"] == str(ADA)
    assert merged["properties"]["hs_merged_object_ids"] == str(BO)
    assert portal.get(f"{PATH}/{BO}").json()["id"] == str(ADA)
    assert found(portal, "email", "ada@example.com") == [str(ADA)]
    linked = portal.get(f"/crm/v4/objects/contacts/{ADA}/associations/companies").json()["results"]
    assert [one["toObjectId"] for one in linked] == [7, 8]


def test_a_record_is_not_merged_with_itself_or_a_missing_one(portal: Fake) -> None:
    """400 and 404; nothing changes."""
    assert merge(portal, ADA, ADA).status == 400
    assert merge(portal, ADA, 999).status == 404
    assert merge(portal, 999, ADA).status == 404
    assert len(portal.get(PATH).json()["results"]) == 2
