"""What HubSpot calculates from links, as it is when records, links and stages change."""

from typing import Any

import pytest

from tests.unit.fake_hubspot.inprocess import Fake

OBJECTS = "/crm/v3/objects"


def make(fake: Fake, kind: str, **properties: Any) -> str:
    """Create a record, and return its id."""
    answer = fake.post(f"{OBJECTS}/{kind}", {"properties": properties})
    assert answer.status == 201, answer.json()
    return str(answer.json()["id"])


def link(fake: Fake, kind: str, one: str, other_kind: str, other: str) -> None:
    """Link two records without a label."""
    path = f"/crm/v4/objects/{kind}/{one}/associations/default/{other_kind}/{other}"
    assert fake.request("PUT", path).status == 200


def read(fake: Fake, kind: str, record_id: str, name: str) -> str | None:
    """Return one property."""
    found: str | None = fake.get(f"{OBJECTS}/{kind}/{record_id}?properties={name}").json()["properties"][name]
    return found


@pytest.mark.parametrize(
    ("kind", "given", "name", "other_kind", "other_given"),
    [
        ("companies", {"name": "A"}, "num_associated_contacts", "contacts", {"firstname": "A"}),
        ("companies", {"name": "A"}, "num_associated_deals", "deals", {"dealname": "A"}),
        ("companies", {"name": "A"}, "hs_num_open_deals", "deals", {"dealname": "A", "dealstage": "qualifiedtobuy"}),
        ("companies", {"name": "A"}, "num_notes", "notes", {"hs_timestamp": "1"}),
        ("contacts", {"firstname": "A"}, "num_associated_deals", "deals", {"dealname": "A"}),
        ("contacts", {"firstname": "A"}, "num_notes", "calls", {"hs_timestamp": "1"}),
        ("deals", {"dealname": "A"}, "num_associated_contacts", "contacts", {"firstname": "A"}),
        ("deals", {"dealname": "A"}, "hs_num_of_associated_line_items", "line_items", {"name": "A"}),
        ("tickets", {"hs_pipeline_stage": "1"}, "hs_num_associated_companies", "companies", {"name": "A"}),
    ],
)
def test_links_are_counted(
    empty: Fake, kind: str, given: dict[str, str], name: str, other_kind: str, other_given: dict[str, str]
) -> None:
    """From either side; an archived record does not count until it is restored, an erased link no more."""
    record = make(empty, kind, **given)
    first, second = make(empty, other_kind, **other_given), make(empty, other_kind, **other_given)
    link(empty, kind, record, other_kind, first)
    link(empty, other_kind, second, kind, record)
    assert read(empty, kind, record, name) == "2"

    empty.request("DELETE", f"{OBJECTS}/{other_kind}/{second}")
    assert read(empty, kind, record, name) == "1"
    empty.post("/_fake/changes/restore", {"objectType": other_kind, "ids": [second]})
    assert read(empty, kind, record, name) == "2"
    empty.request("DELETE", f"/crm/v4/objects/{other_kind}/{second}/associations/{kind}/{record}")
    assert read(empty, kind, record, name) == "1"


def test_a_contact_has_the_id_of_its_primary_company(empty: Fake) -> None:
    """The first one; a change of it changes the contact, another company does not."""
    empty.request("PUT", "/_fake/clock", {"freeze": True, "at": "2026-03-01T00:00:00Z"})
    contact = make(empty, "contacts", firstname="A")
    first, second = make(empty, "companies", name="A"), make(empty, "companies", name="B")
    empty.request("PUT", "/_fake/clock", {"advanceMs": 1000})

    link(empty, "contacts", contact, "companies", first)
    empty.request("PUT", "/_fake/clock", {"advanceMs": 1000})
    link(empty, "contacts", contact, "companies", second)

    row = empty.get(f"{OBJECTS}/contacts/{contact}?properties=associatedcompanyid").json()
    assert row["properties"]["associatedcompanyid"] == first
    assert row["updatedAt"] == "2026-03-01T00:00:01Z"
    empty.request("DELETE", f"/crm/v4/objects/contacts/{contact}/associations/companies/{first}")
    assert read(empty, "contacts", contact, "associatedcompanyid") == ""


def test_a_closed_deal_is_no_open_one(empty: Fake) -> None:
    """Its companies notice."""
    company, deal = make(empty, "companies", name="A"), make(empty, "deals", dealstage="qualifiedtobuy")
    link(empty, "companies", company, "deals", deal)
    assert read(empty, "companies", company, "hs_num_open_deals") == "1"

    empty.request("PATCH", f"{OBJECTS}/deals/{deal}", {"properties": {"dealstage": "closedlost"}})

    assert read(empty, "companies", company, "hs_num_open_deals") == "0"
    assert read(empty, "companies", company, "num_associated_deals") == "1"


def test_an_erased_or_merged_contact_is_counted_as_what_is_left(empty: Fake) -> None:
    """Two that become one count once."""
    company = make(empty, "companies", name="A")
    ids = [make(empty, "contacts", firstname=name) for name in "abc"]
    for one in ids:
        link(empty, "companies", company, "contacts", one)

    empty.post(f"{OBJECTS}/contacts/merge", {"primaryObjectId": ids[0], "objectIdToMerge": ids[1]})
    assert read(empty, "companies", company, "num_associated_contacts") == "2"
    empty.post(f"{OBJECTS}/contacts/gdpr-delete", {"objectId": ids[2]})
    assert read(empty, "companies", company, "num_associated_contacts") == "1"


def test_links_to_archived_records_are_hidden_until_they_are_restored(empty: Fake) -> None:
    """In the reads of version 4 and inside a record."""
    company, contact = make(empty, "companies", name="A"), make(empty, "contacts", firstname="A")
    link(empty, "companies", company, "contacts", contact)
    path = f"/crm/v4/objects/companies/{company}/associations/contacts"
    inside = f"{OBJECTS}/companies/{company}?associations=contacts"

    empty.request("DELETE", f"{OBJECTS}/contacts/{contact}")
    hidden = [empty.get(path).json()["results"], empty.get(inside).json().get("associations")]
    empty.post("/_fake/changes/restore", {"objectType": "contacts", "ids": [contact]})

    assert hidden == [[], None]
    assert [row["toObjectId"] for row in empty.get(path).json()["results"]] == [int(contact)]
    assert "associations" in empty.get(inside).json()
