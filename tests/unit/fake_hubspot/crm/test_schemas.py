"""Object types: what their answers look like, and that nothing that was given is lost."""

from typing import Any

import pytest

from tests.unit.fake_hubspot.inprocess import Fake

SCHEMAS = "/crm/v3/schemas"
KEYS = (
    *("labels", "requiredProperties", "searchableProperties", "primaryDisplayProperty", "secondaryDisplayProperties"),
    *("description", "allowsSensitiveProperties", "archived", "restorable", "metaType", "id", "fullyQualifiedName"),
    *("createdAt", "updatedAt", "createdByUserId", "updatedByUserId", "objectTypeId", "properties", "associations"),
    "name",
)
BOAT: dict[str, Any] = {
    "name": "boat",
    "labels": {"singular": "Boat", "plural": "Boats"},
    "description": "Floats.",
    "primaryDisplayProperty": "title",
    "secondaryDisplayProperties": ["length"],
    "searchableProperties": ["title", "length"],
    "requiredProperties": ["title"],
    "associatedObjects": ["CONTACT"],
    "properties": [
        {"name": "title", "label": "Title", "type": "string", "fieldType": "text"},
        {"name": "length", "label": "Length", "type": "number", "fieldType": "number"},
    ],
}


def test_a_type_keeps_what_was_given(empty: Fake) -> None:
    """In the recorded order of keys, at the portal's time."""
    empty.request("PUT", "/_fake/clock", {"freeze": True, "at": "2026-03-01T00:00:00Z"})

    answer = empty.post(SCHEMAS, BOAT)

    made = answer.json()
    assert (answer.status, tuple(made)) == (201, KEYS)
    kept = ("labels", "description", "primaryDisplayProperty", "secondaryDisplayProperties", "searchableProperties")
    assert {name: made[name] for name in (*kept, "requiredProperties", "name")} == {
        name: BOAT[name] for name in (*kept, "requiredProperties", "name")
    }
    assert (made["metaType"], made["restorable"], made["fullyQualifiedName"]) == (
        "PORTAL_SPECIFIC",
        True,
        "p62515_boat",
    )
    assert made["createdAt"] == made["updatedAt"] == "2026-03-01T00:00:00Z"
    (link,) = made["associations"]
    assert (link["fromObjectTypeId"], link["toObjectTypeId"]) == (made["objectTypeId"], "0-1")
    assert empty.get(f"{SCHEMAS}/p_boat").json() == made


def test_a_type_with_records_cannot_be_deleted(empty: Fake) -> None:
    """Archived ones do not count."""
    empty.post(SCHEMAS, BOAT)
    made = empty.post("/crm/v3/objects/p_boat", {"properties": {"title": "A"}}).json()

    refused = empty.request("DELETE", f"{SCHEMAS}/p_boat")
    empty.request("DELETE", f"/crm/v3/objects/p_boat/{made['id']}")

    assert (refused.status, refused.json()["category"]) == (400, "VALIDATION_ERROR")
    assert empty.request("DELETE", f"{SCHEMAS}/p_boat").status == 204


def test_a_record_of_a_type_needs_its_required_properties(empty: Fake) -> None:
    """They can be changed."""
    empty.post(SCHEMAS, BOAT)
    path = "/crm/v3/objects/p_boat"

    refused = empty.post(path, {"properties": {"length": 3}})
    empty.request("PATCH", f"{SCHEMAS}/p_boat", {"requiredProperties": []})
    taken = empty.post(path, {"properties": {"length": 3}})

    assert (refused.status, refused.json()["context"]) == (400, {"properties": ["title"]})
    assert refused.json()["message"].startswith("Error creating boat. Some required properties were not set.")
    assert taken.status == 201


def test_a_change_of_a_type_keeps_what_it_does_not_name(empty: Fake) -> None:
    """The time of change apart; a property that is not there is refused."""
    made = empty.post(SCHEMAS, BOAT).json()
    labels = {"singular": "Ship", "plural": "Ships"}

    changed = empty.request("PATCH", f"{SCHEMAS}/p_boat", {"labels": labels, "primaryDisplayProperty": "length"}).json()
    refused = empty.request("PATCH", f"{SCHEMAS}/p_boat", {"requiredProperties": ["mast"]})

    expected = made | {"labels": labels, "primaryDisplayProperty": "length", "updatedAt": changed["updatedAt"]}
    assert changed == expected
    assert empty.get(f"{SCHEMAS}/{made['objectTypeId']}").json() == changed
    assert (refused.status, refused.json()["message"]) == (400, "These properties are not defined: [mast]")
    assert empty.request("PATCH", f"{SCHEMAS}/contacts", {"labels": labels}).status == 404


def test_a_type_is_associated_with_another_one(empty: Fake) -> None:
    """Once, however often it is asked for."""
    made = empty.post(SCHEMAS, BOAT).json()
    given = {"fromObjectTypeId": made["objectTypeId"], "toObjectTypeId": "0-2"}

    answers = [empty.post(f"{SCHEMAS}/p_boat/associations", given) for _ in range(2)]

    assert [(one.status, one.json()["toObjectTypeId"]) for one in answers] == [(201, "0-2")] * 2
    found = empty.get(f"{SCHEMAS}/p_boat").json()["associations"]
    assert [one["toObjectTypeId"] for one in found] == ["0-1", "0-2"]
    assert empty.post(f"{SCHEMAS}/contacts/associations", given).status == 404


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (
            "contacts",
            {
                "labels": {"singular": "Contact", "plural": "Contacts"},
                "description": "Any person who interacts with a HubSpot user’s business.",
                "requiredProperties": [],
                "primaryDisplayProperty": "firstname",
                "secondaryDisplayProperties": ["lastname", "email", "phone"],
                "metaType": "HUBSPOT",
                "id": "1",
                "fullyQualifiedName": "CONTACT",
                "createdAt": "1970-01-01T00:00:00Z",
                "createdByUserId": None,
                "objectTypeId": "0-1",
                "name": "CONTACT",
            },
        ),
        ("tickets", {"requiredProperties": ["hs_pipeline_stage"], "primaryDisplayProperty": "subject", "id": "5"}),
        ("line_items", {"labels": {"singular": "Line item", "plural": "Line items"}, "name": "LINE_ITEM"}),
    ],
)
def test_hubspots_own_types_are_as_recorded(empty: Fake, kind: str, expected: dict[str, Any]) -> None:
    """As recorded in 2025-11; those without a known description have none."""
    found = empty.get(f"{SCHEMAS}/{kind}").json()

    assert found | expected == found
    assert tuple(found) == tuple(key for key in KEYS if key in found)
    assert {*KEYS} - {*found} <= {"description"}


def test_hubspots_own_types_tell_their_links(empty: Fake) -> None:
    """As recorded in 2025-03, in upper case; an own type is among them as soon as it is associated."""
    made = empty.post(SCHEMAS, BOAT).json()

    links = {one["id"]: one for one in empty.get(f"{SCHEMAS}/contacts").json()["associations"]}
    back = [one["toObjectTypeId"] for one in links.values()]

    assert links["279"] == {
        "fromObjectTypeId": "0-1",
        "toObjectTypeId": "0-2",
        "name": "CONTACT_TO_COMPANY_UNLABELED",
        "cardinality": "ONE_TO_MANY",
        "inverseCardinality": "ONE_TO_MANY",
        "hasUserEnforcedMaxToObjectIds": False,
        "hasUserEnforcedMaxFromObjectIds": False,
        "maxToObjectIds": 10_000,
        "maxFromObjectIds": 10_000,
        "id": "279",
        "createdAt": None,
        "updatedAt": None,
    }
    assert list(links["279"]) == list(links["4"])
    assert (links["4"]["name"], links["1"]["cardinality"], links["1"]["maxToObjectIds"]) == (
        "CONTACT_TO_DEAL",
        "ONE_TO_ONE",
        1,
    )
    assert back.count(made["objectTypeId"]) == 1
    companies = {one["id"]: one for one in empty.get(f"{SCHEMAS}/companies").json()["associations"]}
    assert (companies["2"]["cardinality"], companies["2"]["inverseCardinality"]) == ("ONE_TO_MANY", "ONE_TO_ONE")


def test_an_association_of_a_type_is_removed_by_its_id(empty: Fake) -> None:
    """It keeps the name that it was given until then; links between records stay."""
    made = empty.post(SCHEMAS, BOAT).json()
    given = {"fromObjectTypeId": made["objectTypeId"], "toObjectTypeId": "0-2", "name": "owned_by"}
    link = empty.post(f"{SCHEMAS}/p_boat/associations", given).json()
    named = [one["name"] for one in empty.get(f"{SCHEMAS}/p_boat").json()["associations"]]
    path = f"{SCHEMAS}/p_boat/associations/{link['id']}"

    statuses = [empty.request("DELETE", path).status for _ in range(2)]

    assert link["name"] == named[1] == "owned_by"
    assert statuses == [204, 404]
    assert [one["toObjectTypeId"] for one in empty.get(f"{SCHEMAS}/p_boat").json()["associations"]] == ["0-1"]


def test_several_types_are_read_at_once_without_what_is_refused(empty: Fake) -> None:
    """Those that do not exist are left out; the parts must be named."""
    empty.post(SCHEMAS, BOAT)
    parts = {"includePropertyDefinitions": False, "includeAssociationDefinitions": True, "includeAuditMetadata": False}

    found = empty.post(f"{SCHEMAS}/batch/read", {"inputs": ["p_boat", "CONTACT", "nobody"], **parts}).json()["results"]
    refused = empty.post(f"{SCHEMAS}/batch/read", {"inputs": ["p_boat"]})
    listed = empty.get(f"{SCHEMAS}?includePropertyDefinitions=false&includeAuditMetadata=true").json()["results"]
    one = empty.get(f"{SCHEMAS}/p_boat?includeAssociationDefinitions=false").json()

    left_out = {"properties", "createdByUserId", "updatedByUserId"}
    assert [row["name"] for row in found] == ["boat", "CONTACT"]
    assert tuple(found[0]) == tuple(key for key in KEYS if key not in left_out)
    assert (refused.status, "includePropertyDefinitions" in refused.json()["message"]) == (400, True)
    assert [{*KEYS} - {*row} for row in listed] == [{"properties"}]
    assert {*KEYS} - {*one} == {"associations"}


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("/crm/v3/lists", {}, "Some required fields were not set: [name, objectTypeId, processingType]"),
        (
            "/crm/v3/lists",
            {"name": None, "objectTypeId": "0-1", "processingType": "MANUAL"},
            "Some required fields were not set: [name]",
        ),
        ("/crm/v3/properties/contacts/groups", {}, "Some required fields were not set: [name, label]"),
        (
            "/crm/v3/objects/contacts/batch/update",
            {"inputs": [{"id": "1"}, {}]},
            "Some required fields were not set: [properties]",
        ),
        (
            "/crm/v3/objects/contacts/merge",
            {},
            "Some required fields were not set: [primaryObjectId, objectIdToMerge]",
        ),
    ],
)
def test_every_missing_field_is_named(empty: Fake, path: str, body: dict[str, Any], message: str) -> None:
    """As recorded in 2026-04; a null is missing as well, in the first object that lacks something."""
    answer = empty.post(path, body)

    assert (answer.status, answer.json()["category"]) == (400, "VALIDATION_ERROR")
    assert answer.json()["message"].endswith(message)


def test_a_body_that_is_null_has_its_own_message(empty: Fake) -> None:
    """As recorded in 2026-04."""
    answer = empty.post("/crm/v3/objects/contacts", b"null")

    assert (answer.status, answer.json()["message"]) == (400, "validation error")
    assert answer.json()["errors"] == ["The request body may not be null"]


def test_a_body_instead_of_a_list_is_in_its_first_column(empty: Fake) -> None:
    """As recorded in 2026-04; an item of the list is due as a text."""
    given = {"name": "L", "objectTypeId": "0-1", "processingType": "MANUAL"}
    path = f"/crm/v3/lists/{empty.post('/crm/v3/lists', given).json()['list']['listId']}/memberships/add"

    whole, item = empty.request("PUT", path, {}), empty.request("PUT", path, [{}])

    assert whole.json()["message"].startswith(
        "Invalid input JSON on line 1, column 1: Cannot deserialize value of type"
    )
    assert "`java.lang.String` from Object value (token `JsonToken.START_OBJECT`)" in item.json()["message"]


def test_a_standard_type_was_never_changed(empty: Fake) -> None:
    """Its times are those that nothing has: the beginning of 1970."""
    found = empty.get(f"{SCHEMAS}/contacts").json()

    assert found["createdAt"] == found["updatedAt"] == "1970-01-01T00:00:00Z"
