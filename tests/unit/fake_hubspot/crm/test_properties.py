"""Properties: reading, defining, changing and archiving them, one by one and in batches."""

from typing import Any

import pytest

from tests.unit.fake_hubspot.inprocess import Fake

PATH = "/crm/v3/properties/contacts"
NEW = {"name": "shoe_size", "label": "Shoe size", "type": "number", "fieldType": "number"} | {
    "groupName": "contactinformation"
}

RECORDED = ("contacts", "companies", "deals", "tickets")


def names(fake: Fake, *, query: str = "") -> set[str]:
    """The names of the properties that are listed."""
    return {one["name"] for one in fake.get(f"{PATH}{query}").json()["results"]}


def test_a_defined_property_can_be_read_written_and_searched(empty: Fake) -> None:
    """By its type: 9 is below 10."""
    made = empty.post(PATH, NEW)

    assert (made.status, made.json()) == (201, empty.get(f"{PATH}/shoe_size").json())
    assert {key: made.json()[key] for key in NEW} == NEW
    empty.post("/crm/v3/objects/contacts", {"properties": {"firstname": "Ada", "shoe_size": "9"}})
    wanted = {"filters": [{"propertyName": "shoe_size", "operator": "LT", "value": "10"}]}
    assert empty.post("/crm/v3/objects/contacts/search", wanted).json()["total"] == 1


def test_an_archived_property_moves_to_the_archived_ones(empty: Fake) -> None:
    """It can no longer be written, and its name is free again."""
    empty.post(PATH, NEW)

    gone = empty.request("DELETE", f"{PATH}/shoe_size")

    assert (gone.status, gone.content) == (204, b"")
    assert "shoe_size" not in names(empty)
    assert names(empty, query="?archived=true") == {"shoe_size"}
    assert empty.get(f"{PATH}/shoe_size").status == 404
    archived = empty.get(f"{PATH}/shoe_size?archived=true").json()
    assert archived["archived"] is True
    assert "archivedAt" in archived
    refused = empty.post("/crm/v3/objects/contacts", {"properties": {"firstname": "Ada", "shoe_size": "9"}})
    assert refused.status == 400
    assert empty.post(PATH, NEW).status == 201


@pytest.mark.parametrize(
    ("change", "status", "message"),
    [
        ({"name": "Shoe"}, 400, "'Shoe' is no property name"),
        ({"name": "9lives"}, 400, "'9lives' is no property name"),
        ({"name": "___"}, 400, "'___' is no property name"),
        ({"name": "größe"}, 400, "'größe' is no property name"),
        ({"name": "shoe-size"}, 400, "'shoe-size' is no property name"),
        ({"type": "text"}, 400, "text is not one of bool, date"),
        ({"groupName": "nonsense"}, 400, "Property group nonsense does not exist"),
    ],
)
def test_a_wrong_definition_is_refused(empty: Fake, change: dict[str, Any], status: int, message: str) -> None:
    """The message says what is wrong, alone and in a batch, of which nothing is made."""
    before = names(empty)

    alone = empty.post(PATH, NEW | change)
    batch = empty.post(f"{PATH}/batch/create", {"inputs": [NEW, NEW | change]})

    assert [alone.status, batch.status] == [status, status]
    assert alone.json()["message"].startswith(message)
    assert batch.json()["message"].startswith(message)
    assert names(empty) == before


def test_a_taken_name_is_refused_alone_and_an_error_among_the_results_of_a_batch(empty: Fake) -> None:
    """As recorded in 2026-02: 207, the others are made, and their rows have neither times nor users."""
    alone = empty.post(PATH, NEW | {"name": "email"})
    batch = empty.post(f"{PATH}/batch/create", {"inputs": [NEW | {"name": "email"}, NEW, NEW | {"label": "Again"}]})

    def error(name: str) -> dict[str, Any]:
        return {
            "status": "error",
            "category": "OBJECT_ALREADY_EXISTS",
            "subCategory": "Properties.PROPERTY_WITH_NAME_EXISTS",
            "message": f"A property named '{name}' already exists.",
            "context": {"name": [name]},
        }

    assert (alone.status, alone.json()["message"]) == (409, "A property named 'email' already exists.")
    assert batch.status == 207
    assert batch.json()["errors"] == [error("email"), error("shoe_size")]
    assert list(batch.json()["errors"][0]) == list(error("email"))
    assert batch.json()["numErrors"] == 2
    (row,) = batch.json()["results"]
    assert list(row)[:3] == ["name", "label", "type"]
    assert not {"createdAt", "updatedAt", "createdUserId", "updatedUserId", "archived"} & set(row)
    assert empty.get(f"{PATH}/shoe_size").json()["label"] == "Shoe size"


KEYS = (
    *("updatedAt", "createdAt", "name", "label", "type", "fieldType", "description", "groupName", "options"),
    *("createdUserId", "updatedUserId", "displayOrder", "calculated", "externalOptions", "archived"),
    *("hasUniqueValue", "hidden", "modificationMetadata", "formField", "dataSensitivity"),
)


def test_an_own_property_names_its_users_and_where_it_is(empty: Fake) -> None:
    """As recorded in 2026-03: in the answers to its definition, its change and a read."""
    made = empty.post(PATH, NEW)
    changed = empty.request("PATCH", f"{PATH}/shoe_size", {"label": "Size"})
    read = empty.get(f"{PATH}/shoe_size")

    assert [tuple(one.json()) for one in (made, changed, read)] == [KEYS] * 3
    assert made.json()["archived"] is False
    assert made.json()["createdUserId"] == made.json()["updatedUserId"]
    assert made.headers["location"] == f"http://api.test{PATH}/shoe_size"


def test_sensitive_properties_are_listed_when_they_are_asked_for(empty: Fake) -> None:
    """The others by default; another word is refused."""
    path = "/crm/v3/properties/contacts"
    given = {
        "name": "diagnosis",
        "label": "D",
        "type": "string",
        "fieldType": "text",
        "groupName": "contactinformation",
    }
    empty.post(path, given | {"dataSensitivity": "sensitive"})

    names = {
        wanted: [one["name"] for one in empty.get(f"{path}?dataSensitivity={wanted}").json()["results"]]
        for wanted in ("", "non_sensitive", "sensitive", "highly_sensitive")
    }

    assert names["sensitive"] == ["diagnosis"]
    assert names["highly_sensitive"] == []
    assert "diagnosis" not in names[""]
    assert names[""] == names["non_sensitive"]
    assert empty.get(f"{path}?dataSensitivity=secret").status == 400


def test_an_option_without_an_order_comes_after_the_others(empty: Fake) -> None:
    """As recorded in 2026-02, in a definition and in a change."""
    options: list[dict[str, Any]] = [
        {"label": "art", "value": "art"},
        {"label": "travel", "value": "travel", "displayOrder": 1},
        {"label": "swimming", "value": "swimming", "displayOrder": 2},
        {"label": "chess", "value": "chess"},
    ]
    given = NEW | {"type": "enumeration", "fieldType": "select", "options": options}

    made = empty.post(PATH, given).json()
    changed = empty.request("PATCH", f"{PATH}/shoe_size", {"options": options[:2]}).json()

    assert [one["displayOrder"] for one in made["options"]] == [3, 1, 2, 4]
    assert [one["displayOrder"] for one in changed["options"]] == [2, 1]


@pytest.mark.parametrize(
    ("kind", "count", "name", "expected"),
    [
        ("contacts", 355, "hs_timezone", {"type": "enumeration", "groupName": "contactinformation"}),
        ("contacts", 355, "associatedcompanyid", {"referencedObjectType": "COMPANY", "hidden": True}),
        ("contacts", 355, "days_to_close", {"calculated": True, "groupName": "deal_information"}),
        ("companies", 245, "industry", {"type": "enumeration", "fieldType": "select"}),
        ("companies", 245, "hubspot_owner_id", {"referencedObjectType": "OWNER", "externalOptions": True}),
        ("deals", 190, "amount", {"showCurrencySymbol": True, "type": "number"}),
        ("tickets", 198, "hs_pipeline_stage", {"externalOptions": True}),
    ],
)
def test_an_account_has_hubspots_properties(
    empty: Fake, kind: str, count: int, name: str, expected: dict[str, Any]
) -> None:
    """As recorded in 2025-11 (contacts, deals, tickets) and 2026-03 (companies)."""
    rows = {row["name"]: row for row in empty.get(f"/crm/v3/properties/{kind}").json()["results"]}

    assert len(rows) >= count
    assert rows[name] | expected == rows[name]
    assert rows[name]["hubspotDefined"] is True
    assert "archived" not in rows[name]


def test_the_formula_of_a_calculated_property_comes_before_its_sensitivity(empty: Fake) -> None:
    """As recorded in 2025-11."""
    found = empty.get(f"{PATH}/days_to_close").json()

    assert list(found)[-3:] == ["formField", "calculationFormula", "dataSensitivity"]


@pytest.mark.parametrize(
    ("kind", "name", "value", "options"),
    [
        ("companies", "industry", "COMPUTER_SOFTWARE", 148),
        ("companies", "type", "PROSPECT", 5),
        ("contacts", "hs_timezone", "europe_slash_oslo", 525),
        ("contacts", "hs_language", "nb", 206),
        ("contacts", "numemployees", "1-5", 7),
    ],
)
def test_enumerations_have_hubspots_options(empty: Fake, kind: str, name: str, value: str, options: int) -> None:
    """One of them is taken, another text is not."""
    known = empty.get(f"/crm/v3/properties/{kind}/{name}").json()["options"]
    given = {"lastname": "A"} if kind == "contacts" else {"name": "A"}

    taken = empty.post(f"/crm/v3/objects/{kind}", {"properties": given | {name: value}})
    refused = empty.post(f"/crm/v3/objects/{kind}", {"properties": given | {name: "NOT_AN_OPTION"}})

    assert len(known) == options
    assert (taken.status, taken.json()["properties"][name]) == (201, value)
    assert (refused.status, refused.json()["errors"][0]["code"]) == (400, "INVALID_OPTION")


def test_a_change_keeps_what_it_does_not_name(empty: Fake) -> None:
    """Only the time of change differs otherwise."""
    made = empty.post(PATH, NEW).json()

    changed = empty.request("PATCH", f"{PATH}/shoe_size", {"label": "Size", "hidden": True}).json()

    assert changed | {"updatedAt": made["updatedAt"]} == made | {"label": "Size", "hidden": True}
    assert empty.get(f"{PATH}/shoe_size").json() == changed
    assert empty.request("PATCH", f"{PATH}/shoe_size", {"type": "text"}).status == 400
    assert empty.request("PATCH", f"{PATH}/nonsense", {"label": "x"}).status == 404


def test_options_are_checked_when_a_value_is_written(empty: Fake) -> None:
    """A description is returned only if the option has one."""
    options = [{"label": "A", "value": "a", "displayOrder": 1}, {"label": "B", "value": "b", "description": "Bee"}]
    given = NEW | {"name": "grade", "type": "enumeration", "fieldType": "select", "options": options}

    made = empty.post(PATH, given).json()

    assert made["options"] == [
        {"label": "A", "value": "a", "displayOrder": 1, "hidden": False},
        {"label": "B", "value": "b", "description": "Bee", "displayOrder": 2, "hidden": False},
    ]
    statuses = [
        empty.post("/crm/v3/objects/contacts", {"properties": {"firstname": "Ada", "grade": value}}).status
        for value in ("a", "b", "c")
    ]
    assert statuses == [201, 201, 400]


def test_batches_define_read_and_archive(empty: Fake) -> None:
    """A missing name makes a read a 207; archiving ignores missing ones, archived ones and asks for no other."""
    other = NEW | {"name": "hat_size"}
    made = empty.post(f"{PATH}/batch/create", {"inputs": [NEW, other]})
    inputs = [{"name": name} for name in ("shoe_size", "nonsense", "hat_size")]

    read = empty.post(f"{PATH}/batch/read", {"inputs": inputs})
    gone = empty.post(f"{PATH}/batch/archive", {"inputs": inputs[:2]})
    again = empty.post(f"{PATH}/batch/archive", {"inputs": inputs[:2]})
    archived = empty.post(f"{PATH}/batch/read", {"inputs": inputs, "archived": True}).json()

    assert (made.status, read.status, gone.status, again.status) == (201, 207, 204, 204)
    assert [one["name"] for one in read.json()["results"]] == ["shoe_size", "hat_size"]
    assert [error["context"] for error in read.json()["errors"]] == [{"propertyName": ["nonsense"]}]
    assert [one["name"] for one in archived["results"]] == ["shoe_size"]
    assert [error["context"]["propertyName"] for error in archived["errors"]] == [["nonsense"], ["hat_size"]]


def test_hubspots_own_properties_stay(empty: Fake) -> None:
    """Alone and in a batch."""
    assert empty.request("DELETE", f"{PATH}/email").status == 400
    assert empty.post(f"{PATH}/batch/archive", {"inputs": [{"name": "email"}]}).status == 400
    assert "email" in names(empty)


@pytest.mark.parametrize(
    ("kind", "least", "some"),
    [
        ("calls", 65, {"hs_call_recording_url": "string", "hs_call_has_transcript": "bool"}),
        ("emails", 90, {"hs_email_thread_id": "string", "hs_email_from_email": "string"}),
        ("meetings", 60, {"hs_attendee_owner_ids": "string", "hs_i_cal_uid": "string"}),
        ("tasks", 85, {"hs_task_last_contact_outreach": "datetime", "hs_num_associated_deals": "number"}),
        ("notes", 45, {"hs_at_mentioned_owner_ids": "string", "hs_gdpr_deleted": "bool"}),
        ("products", 55, {"hs_product_type": "enumeration", "hs_discount_percentage": "number"}),
        ("line_items", 80, {"hs_mrr": "number", "hs_recurring_billing_start_date": "date"}),
        ("feedback_submissions", 45, {"hs_contact_email_rollup": "string"}),
        ("leads", 45, {"num_notes": "number", "hs_pinned_engagement_id": "number"}),
    ],
)
def test_the_other_types_have_the_properties_that_readers_know(
    empty: Fake, kind: str, least: int, some: dict[str, str]
) -> None:
    """With those that every type of a real account has."""
    found = {one["name"]: one for one in empty.get(f"/crm/v3/properties/{kind}").json()["results"]}

    everywhere = {"hs_was_imported": "bool", "hs_shared_team_ids": "enumeration", "hs_object_source_user_id": "number"}
    assert len(found) >= least
    assert {name: found[name]["type"] for name in some | everywhere} == some | everywhere


def test_an_own_type_has_what_every_type_of_an_account_has(empty: Fake) -> None:
    """Besides its own properties, also those about activities."""
    one = {"name": "plate", "label": "Plate", "type": "string", "fieldType": "text"}
    given = {"name": "car", "labels": {"singular": "Car", "plural": "Cars"}, "properties": [one]}
    empty.post("/crm/v3/schemas", given)

    found = {one["name"] for one in empty.get("/crm/v3/properties/p_car").json()["results"]}

    of_all = [{one["name"] for one in empty.get(f"/crm/v3/properties/{kind}").json()["results"]} for kind in RECORDED]
    assert found - {"plate"} <= set.intersection(*of_all)
    assert {"plate", "num_notes", "hubspot_owner_id", "hs_all_accessible_team_ids", "notes_last_updated"} <= found
