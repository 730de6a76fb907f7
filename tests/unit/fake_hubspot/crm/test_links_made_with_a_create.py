"""Links that are made together with a record: `associations` in the body of a create."""

from typing import Any

import pytest

from tests.unit.fake_hubspot.inprocess import Fake

CONTACTS, DEALS = "/crm/v3/objects/contacts", "/crm/v3/objects/deals"
HUBSPOT = "HUBSPOT_DEFINED"


def to(record_id: Any, *types: tuple[str, int]) -> dict[str, Any]:
    """One entry of `associations`."""
    spelled = [{"associationCategory": category, "associationTypeId": number} for category, number in types]
    return {"to": {"id": record_id}, "types": spelled}


def links(fake: Fake, path: str, target: str) -> dict[str, list[tuple[str, int]]]:
    """The links of a record to records of a type: id of the other record, and the types of link."""
    found = fake.get(f"{path.replace('/v3/', '/v4/')}/associations/{target}").json()["results"]
    return {
        str(one["toObjectId"]): sorted((each["category"], each["typeId"]) for each in one["associationTypes"])
        for one in found
    }


@pytest.fixture
def portal(empty: Fake) -> Fake:
    """Two companies and a deal."""
    empty.seed("companies", {"id": 700, "properties": {"name": "A"}}, {"id": 701, "properties": {"name": "B"}})
    empty.seed("deals", {"id": 800, "properties": {"dealname": "D"}})
    return empty


def create(fake: Fake, *associations: dict[str, Any]) -> Any:
    """Create a contact with links."""
    return fake.post(CONTACTS, {"properties": {"firstname": "Ada"}, "associations": list(associations)})


def test_a_created_record_is_linked_in_both_directions(portal: Fake) -> None:
    """To several types at once, by the id of the type of link; ids are text or numbers."""
    made = create(portal, to("700", (HUBSPOT, 279)), to(800, (HUBSPOT, 4)))

    contact = made.json()["id"]
    assert made.status == 201
    assert links(portal, f"{CONTACTS}/{contact}", "companies") == {"700": [(HUBSPOT, 279)]}
    assert links(portal, f"{CONTACTS}/{contact}", "deals") == {"800": [(HUBSPOT, 4)]}
    assert links(portal, "/crm/v3/objects/companies/700", "contacts") == {contact: [(HUBSPOT, 280)]}
    assert links(portal, f"{DEALS}/800", "contacts") == {contact: [(HUBSPOT, 3)]}


def test_a_labelled_link_brings_the_unlabelled_one(portal: Fake) -> None:
    """Both directions have both types."""
    contact = create(portal, to("701", (HUBSPOT, 1))).json()["id"]

    assert links(portal, f"{CONTACTS}/{contact}", "companies") == {"701": [(HUBSPOT, 1), (HUBSPOT, 279)]}
    assert links(portal, "/crm/v3/objects/companies/701", "contacts") == {contact: [(HUBSPOT, 2), (HUBSPOT, 280)]}


def test_every_type_of_an_entry_is_made(portal: Fake) -> None:
    """A custom label and HubSpot's own, on the same pair."""
    label = {"label": "Adviser", "name": "adviser"}
    own = portal.post("/crm/v4/associations/contacts/companies/labels", label).json()["results"][0]["typeId"]

    contact = create(portal, to("700", (HUBSPOT, 1), ("USER_DEFINED", own))).json()["id"]

    expected = {"700": [(HUBSPOT, 1), (HUBSPOT, 279), ("USER_DEFINED", own)]}
    assert links(portal, f"{CONTACTS}/{contact}", "companies") == expected


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (to("999", (HUBSPOT, 279)), "COMPANY=999 is not valid"),
        (to("nonsense", (HUBSPOT, 279)), "COMPANY=nonsense is not valid"),
        (to("700", (HUBSPOT, 9999)), "Association type HUBSPOT_DEFINED=9999 from 0-1 is not valid"),
        (to("700", ("USER_DEFINED", 279)), "Association type USER_DEFINED=279 from 0-1 is not valid"),
        (to("700", (HUBSPOT, 280)), "Association type HUBSPOT_DEFINED=280 from 0-1 is not valid"),
    ],
)
def test_a_wrong_link_makes_neither_record_nor_links(portal: Fake, entry: dict[str, Any], message: str) -> None:
    """The good link before it is not made either."""
    answer = create(portal, to("700", (HUBSPOT, 279)), entry)

    assert (answer.status, answer.json()["category"], answer.json()["message"]) == (400, "VALIDATION_ERROR", message)
    assert portal.get(CONTACTS).json()["results"] == []
    assert links(portal, "/crm/v3/objects/companies/700", "contacts") == {}


def test_a_link_to_an_archived_record_is_refused(portal: Fake) -> None:
    """As if the record were missing."""
    portal.request("DELETE", "/crm/v3/objects/companies/700")

    assert create(portal, to("700", (HUBSPOT, 279))).status == 400


def test_a_batch_links_each_of_its_records(portal: Fake) -> None:
    """Each to its own company."""
    inputs = [
        {"properties": {"firstname": name}, "associations": [to(company, (HUBSPOT, 279))]}
        for name, company in (("Ada", "700"), ("Bo", "701"))
    ]

    made = portal.post(f"{CONTACTS}/batch/create", {"inputs": inputs}).json()["results"]

    by_name = {one["properties"]["firstname"]: one["id"] for one in made}
    assert links(portal, f"{CONTACTS}/{by_name['Ada']}", "companies") == {"700": [(HUBSPOT, 279)]}
    assert links(portal, f"{CONTACTS}/{by_name['Bo']}", "companies") == {"701": [(HUBSPOT, 279)]}
