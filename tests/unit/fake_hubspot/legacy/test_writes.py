"""What the older APIs write, the CRM API reads, and the refusals are those of each API."""

from typing import Any

import pytest

from tests.unit.fake_hubspot.inprocess import Fake
from tests.unit.fake_hubspot.legacy.conftest import created

NAME, VALUE = "name", "value"


def named(key: str = NAME, **values: Any) -> list[dict[str, Any]]:
    """Return properties as the older APIs take them."""
    return [{key: name, VALUE: value} for name, value in values.items()]


def v3(fake: Fake, name: str, record_id: int, *properties: str) -> list[str | None]:
    """Return properties of a record as the CRM API has them."""
    read = fake.get(f"/crm/v3/objects/{name}/{record_id}?properties={','.join(properties)}").json()
    return [read["properties"][one] for one in properties]


def linked(fake: Fake, source: str, record_id: int, target: str) -> list[str]:
    """Return the ids of the linked records as the CRM API has them."""
    rows = fake.get(f"/crm/v4/objects/{source}/{record_id}/associations/{target}").json()["results"]
    return [str(row["toObjectId"]) for row in rows]


def test_a_company_is_created_changed_and_deleted(empty: Fake) -> None:
    """A time is written in milliseconds."""
    made = empty.post("/companies/v2/companies/", {"properties": named(name="A", domain="a.example")})
    company = made.json()["companyId"]

    changed = empty.request("PUT", f"/companies/v2/companies/{company}", {"properties": named(name="B")})

    assert (made.status, changed.status) == (200, 200)
    assert [one[VALUE] for one in changed.json()["properties"]["name"]["versions"]] == ["B", "A"]
    assert v3(empty, "companies", company, "name", "domain") == ["B", "a.example"]
    found = empty.post(
        "/companies/v2/domains/a.example/companies", {"limit": 5, "requestOptions": {"properties": ["name"]}}
    )
    assert [row["properties"]["name"][VALUE] for row in found.json()["results"]] == ["B"]
    assert found.json()["offset"] == {"companyId": company, "isPrimary": True}
    deleted = empty.request("DELETE", f"/companies/v2/companies/{company}")
    assert deleted.json() == {"companyId": company, "deleted": True}
    assert empty.get(f"/crm/v3/objects/companies/{company}").status == 404
    assert empty.request("PUT", "/companies/v2/companies/0", {"properties": named(name="B")}).json()["subCategory"] == (
        "COMPANY_NOT_FOUND"
    )


def test_a_deal_is_created_with_its_links(empty: Fake) -> None:
    """And linked with more, changed and deleted."""
    contact, company, other = (
        created(empty, "contacts", {"email": "a@example.com"}),
        created(empty, "companies", {"name": "C"}),
        created(empty, "contacts", {"email": "b@example.com"}),
    )
    needed = named(dealname="D", pipeline="default", dealstage="closedwon", closedate=1795860000000)
    body = {"properties": needed, "associations": {"associatedVids": [contact], "associatedCompanyIds": [company]}}

    deal = empty.post("/deals/v1/deal", body).json()["dealId"]
    empty.request("PUT", f"/deals/v1/deal/{deal}/associations/CONTACT?id={other}")

    assert v3(empty, "deals", deal, "dealname", "closedate") == ["D", "2026-11-28T10:00:00Z"]
    assert sorted(linked(empty, "deals", deal, "contacts")) == sorted([contact, other])
    assert linked(empty, "deals", deal, "companies") == [company]
    empty.request("DELETE", f"/deals/v1/deal/{deal}/associations/contact?id={other}")
    assert linked(empty, "deals", deal, "contacts") == [contact]
    assert empty.request("PUT", f"/deals/v1/deal/{deal}", {"properties": named(dealname="E")}).status == 200
    assert v3(empty, "deals", deal, "dealname") == ["E"]
    assert empty.request("DELETE", f"/deals/v1/deal/{deal}").status == 204


def test_a_contact_is_written_by_each_of_its_names(empty: Fake) -> None:
    """Created, changed, created or changed by its address, in a batch, merged, deleted."""
    contacts = "/contacts/v1/contact"
    made = empty.post(contacts, {"properties": named("property", email="a@example.com", firstname="A")}).json()["vid"]

    by_id = empty.post(f"{contacts}/vid/{made}/profile", {"properties": named("property", firstname="B")})
    by_email = empty.post(f"{contacts}/email/a@example.com/profile", {"properties": named("property", lastname="C")})
    known = empty.post(f"{contacts}/createOrUpdate/email/a@example.com/", {"properties": named("property", city="D")})
    new = empty.post(f"{contacts}/createOrUpdate/email/b@example.com/", {"properties": []}).json()
    batch = [
        {"vid": made, "properties": named("property", phone="1")},
        {"email": "c@example.com", "properties": named("property", firstname="E")},
    ]
    written = empty.post(f"{contacts}/batch/", batch)

    assert (by_id.status, by_email.status, written.status) == (204, 204, 202)
    assert known.json() == {"vid": made, "isNew": False}
    assert new["isNew"] is True
    assert v3(empty, "contacts", made, "firstname", "lastname", "city", "phone") == ["B", "C", "D", "1"]
    third = empty.get("/contacts/v1/contact/email/c@example.com/profile").json()["vid"]
    merged = empty.post(f"{contacts}/merge-vids/{made}/", {"vidToMerge": third})
    assert (merged.status, merged.content) == (200, b"SUCCESS")
    assert len(empty.get("/crm/v3/objects/contacts").json()["results"]) == 2
    assert empty.request("DELETE", f"{contacts}/vid/{new['vid']}").json()["reason"] == "OK"


def test_a_batch_of_contacts_with_a_wrong_one_changes_nothing(empty: Fake) -> None:
    """The first row is taken back."""
    batch = [
        {"email": "a@example.com", "properties": []},
        {"email": "b@example.com", "properties": named("property", email="none")},
    ]

    answer = empty.post("/contacts/v1/contact/batch/", batch)

    assert answer.status == 400
    assert empty.get("/crm/v3/objects/contacts").json()["results"] == []


def test_refusals_have_the_words_of_the_older_apis(empty: Fake) -> None:
    """Wrong values, taken addresses, a merge with itself, a list without a name."""
    vid = created(empty, "contacts", {"email": "a@example.com"})
    cases: list[tuple[str, Any, int, dict[str, Any]]] = [
        (
            "/contacts/v1/contact",
            {"properties": named("property", email="none")},
            400,
            {
                "validationResults": [
                    {
                        "isValid": False,
                        "message": "Email address none is invalid",
                        "error": "INVALID_EMAIL",
                        "name": "email",
                    }
                ],
                "message": "Property values were not valid",
            },
        ),
        (
            "/contacts/v1/contact",
            {"properties": named("property", email="a@example.com")},
            409,
            {"error": "CONTACT_EXISTS", "message": "Contact already exists"},
        ),
        (
            "/companies/v2/companies",
            {"properties": named(nope="1")},
            400,
            {"message": "Property values were not valid"},
        ),
        ("/engagements/v1/engagements", {"engagement": {"type": "FAX"}}, 400, {"status": "error"}),
        ("/forms/v2/forms", {}, 400, {"type": "MISSING_NAME"}),
        ("/contacts/v1/lists", {"name": "L", "filters": [[{"property": "email"}]]}, 404, {"status": "error"}),
    ]

    for path, body, status, expected in cases:
        answer = empty.post(path, body)
        told = answer.json()
        assert (answer.status, {name: told.get(name) for name in expected}) == (status, expected), (path, told)
    itself = empty.post(f"/contacts/v1/contact/merge-vids/{vid}/", {"vidToMerge": int(vid)}).json()
    assert "Cannot merge a contact with itself" in itself["message"]
    assert "Every list must have a name." in empty.post("/contacts/v1/lists", {"name": None}).json()["message"]
    profile = empty.post("/contacts/v1/contact", {"properties": named("property", email="a@example.com")}).json()
    assert profile["identityProfile"]["vid"] == int(vid)


ENGAGEMENTS: dict[str, tuple[dict[str, Any], str, dict[str, str]]] = {
    "NOTE": ({"body": "said"}, "notes", {"hs_note_body": "said"}),
    "TASK": (
        {"subject": "do", "body": "it", "reminders": [1]},
        "tasks",
        {"hs_task_subject": "do", "hs_task_body": "it"},
    ),
    "MEETING": (
        {"title": "meet", "startTime": 1795860000000},
        "meetings",
        {"hs_meeting_title": "meet", "hs_meeting_start_time": "2026-11-28T10:00:00Z"},
    ),
    "CALL": (
        {"title": "ring", "durationMilliseconds": 1500, "status": "COMPLETED"},
        "calls",
        {"hs_call_title": "ring", "hs_call_duration": "1500", "hs_call_status": "COMPLETED"},
    ),
    "EMAIL": ({"subject": "letter", "to": [{"email": "a@example.com"}]}, "emails", {"hs_email_subject": "letter"}),
}


@pytest.mark.parametrize("kind", ENGAGEMENTS)
def test_an_engagement_is_written_and_comes_back(empty: Fake, kind: str) -> None:
    """With its links; nulls among the ids are left out."""
    metadata, name, expected = ENGAGEMENTS[kind]
    contact = created(empty, "contacts", {"email": "a@example.com"})
    body = {
        "engagement": {"type": kind, "timestamp": 1795860000000},
        "associations": {"contactIds": [contact, None], "ownerIds": [None]},
        "metadata": metadata,
    }

    made = empty.post("/engagements/v1/engagements", body).json()
    number = made["engagement"]["id"]
    read = empty.get(f"/engagements/v1/engagements/{number}").json()

    assert v3(empty, name, number, *expected) == list(expected.values())
    assert v3(empty, name, number, "hs_timestamp") == ["2026-11-28T10:00:00Z"]
    assert linked(empty, name, number, "contacts") == [contact]
    assert {one: read["metadata"][one] for one in metadata} == metadata
    assert (read["engagement"]["type"], read["engagement"]["timestamp"]) == (kind, 1795860000000)
    links = f"/engagements/v1/engagements/{number}/associations/CONTACT/{contact}"
    assert empty.request("DELETE", links).status == 204
    assert linked(empty, name, number, "contacts") == []
    patched = empty.request("PATCH", f"/engagements/v1/engagements/{number}", {"engagement": {"timestamp": 5000}})
    assert patched.json()["engagement"]["timestamp"] == 5000
    assert empty.request("DELETE", f"/engagements/v1/engagements/{number}").status == 204
    assert empty.get(f"/engagements/v1/engagements/{number}").status == 404


def test_engagements_with_one_id_are_on_one_page(empty: Fake) -> None:
    """Seeded records of two types may share an id, which the offset cannot tell apart."""
    for name in ("notes", "calls"):
        rows = [{"id": number, "properties": {"hs_timestamp": "2026-11-28T10:00:00Z"}} for number in (1, 2)]
        empty.seed(name, *rows)

    first = empty.get("/engagements/v1/engagements/paged?limit=1").json()
    second = empty.get(f"/engagements/v1/engagements/paged?limit=1&offset={first['offset']}").json()

    assert [row["engagement"]["id"] for row in first["results"]] == [1, 1]
    assert [row["engagement"]["id"] for row in second["results"]] == [2, 2]
    assert (first["hasMore"], second["hasMore"]) == (True, False)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("tickets", {"subject": "T", "hs_pipeline": "0", "hs_pipeline_stage": "1"}),
        ("products", {"name": "P", "price": "1"}),
        ("line_items", {"name": "L"}),
    ],
)
def test_crm_objects_are_written(empty: Fake, name: str, given: dict[str, str]) -> None:
    """One and several."""
    path = f"/crm-objects/v1/objects/{name}"

    one = empty.post(path, named(**given)).json()["objectId"]
    several = empty.post(f"{path}/batch-create", [named(**given), named(**given)]).json()
    word = next(iter(given))
    changed = empty.request("PUT", f"{path}/{one}", named(**{word: "new"})).json()

    assert v3(empty, name, one, word) == ["new"]
    assert changed["properties"][word][VALUE] == "new"
    listed = empty.get(f"{path}/paged?properties={word}").json()["objects"]
    assert sorted(row["objectId"] for row in listed) == sorted([one, *(row["objectId"] for row in several)])
    read = empty.post(f"{path}/batch-read?properties={word}", {"ids": [one]}).json()
    assert read[str(one)]["properties"][word][VALUE] == "new"
    assert empty.request("DELETE", f"{path}/{one}").status == 204
    assert empty.get(f"{path}/{one}").status == 404
    assert empty.get(f"{path}/{one}?includeDeletes=true").json()["isDeleted"] is True


def test_links_are_made_by_the_number_of_their_definition(empty: Fake) -> None:
    """Between contacts and companies in both directions, and with an engagement of any type."""
    contact = created(empty, "contacts", {"email": "a@example.com"})
    company = created(empty, "companies", {"name": "C"})
    call = created(empty, "calls", {"hs_timestamp": "2026-11-28T10:00:00Z"})
    path = "/crm-associations/v1/associations"
    body = {"fromObjectId": contact, "toObjectId": company, "category": "HUBSPOT_DEFINED", "definitionId": 1}
    numbers = body | {"fromObjectId": int(contact), "toObjectId": int(company)}

    made = empty.request("PUT", path, numbers)
    engaged = empty.request("PUT", path, numbers | {"toObjectId": int(call), "definitionId": 9})

    assert (made.status, engaged.status) == (204, 204)
    assert linked(empty, "contacts", int(contact), "companies") == [company]
    answer = {"results": [int(contact)], "hasMore": False, "offset": 1}
    assert empty.get(f"{path}/{company}/HUBSPOT_DEFINED/2").json() == answer
    assert empty.get(f"{path}/{contact}/HUBSPOT_DEFINED/9").json()["results"] == [int(call)]
    assert empty.get(f"{path}/{call}/HUBSPOT_DEFINED/10").json()["results"] == [int(contact)]
    assert empty.request("PUT", f"{path}/delete", numbers).status == 204
    assert linked(empty, "contacts", int(contact), "companies") == []


def test_lists_are_filled_and_paged(empty: Fake) -> None:
    """A list made here is one of version 3, and the other way round."""
    vids = [int(created(empty, "contacts", {"email": f"n{number}@example.com"})) for number in range(3)]
    made = empty.post("/contacts/v1/lists", {"name": "L"}).json()["listId"]
    path = f"/contacts/v1/lists/{made}"

    added = empty.post(f"{path}/add", {"vids": [*vids[:2], 5], "emails": ["n2@example.com", "no@example.com"]}).json()
    first = empty.get(f"{path}/contacts/all?count=2").json()
    second = empty.get(f"{path}/contacts/all?count=2&vidOffset={first['vid-offset']}").json()

    assert sorted(added["updated"]) == sorted(vids)
    assert (added["invalidVids"], added["invalidEmails"]) == ([5], ["no@example.com"])
    assert [row["vid"] for page in (first, second) for row in page["contacts"]] == sorted(vids)
    members = empty.get(f"/crm/v3/lists/{made}/memberships").json()["results"]
    assert sorted(int(row["recordId"]) for row in members) == sorted(vids)
    assert len(empty.get(f"{path}/contacts/recent").json()["contacts"]) == 3
    listed = empty.get("/contacts/v1/lists").json()
    assert [(row["listId"], row["metaData"]["size"]) for row in listed["lists"]] == [(made, 3)]
    assert empty.post(f"{path}/remove", {"vids": [vids[0], 5]}).json()["updated"] == [vids[0]]
    profile = empty.get(f"/contacts/v1/contact/vid/{vids[1]}/profile").json()
    assert [one["static-list-id"] for one in profile["list-memberships"]] == [made]
    assert empty.request("DELETE", path).status == 204
    assert empty.get("/contacts/v1/lists").json()["lists"] == []


@pytest.mark.parametrize("path", ["/properties/v1/deals", "/properties/v2/deals", "/deals/v1"])
def test_properties_and_groups_are_written(empty: Fake, path: str) -> None:
    """With options; the CRM API has them at once."""
    group = {"name": "mine", "displayName": "Mine", "displayOrder": 3}
    body = {"name": "own", "label": "Own", "groupName": "mine", "type": "enumeration", "fieldType": "select"}
    options = [{"label": "A", "value": "a", "displayOrder": 0}]

    assert empty.post(f"{path}/groups/", group).json()["displayName"] == "Mine"
    assert empty.post(f"{path}/properties/", body | {"options": options}).status == 200
    changed = empty.request("PUT", f"{path}/properties/named/own", {"label": "New"}).json()

    read = empty.get("/crm/v3/properties/deals/own").json()
    assert (read["label"], read["groupName"], [one["value"] for one in read["options"]]) == ("New", "mine", ["a"])
    assert (changed["label"], changed["deleted"]) == ("New", False)
    assert empty.post(f"{path}/properties", body).status == 409
    assert empty.request("DELETE", f"{path}/properties/named/own").status == 204
    assert empty.request("DELETE", f"{path}/groups/named/mine").status == 204
    assert empty.get("/crm/v3/properties/deals/own").status == 404
    assert empty.request("DELETE", f"{path}/properties/named/dealname").status == 400


def test_pipelines_are_written_in_both_shapes(empty: Fake) -> None:
    """A new pipeline of deals has HubSpot's stages if it brings none."""
    stage = {"label": "S", "displayOrder": 0, "metadata": {"probability": 1}}
    made = empty.post("/crm-pipelines/v1/pipelines/deals", {"label": "P", "displayOrder": 2, "stages": [stage]}).json()
    other = empty.post("/deals/v1/pipelines", {"label": "Q"}).json()

    read = empty.get(f"/crm/v3/pipelines/deals/{made['pipelineId']}").json()
    assert [(one["label"], one["metadata"]) for one in read["stages"]] == [
        ("S", {"probability": "1", "isClosed": "true"})
    ]
    assert len(other["stages"]) == 7
    path = f"/crm-pipelines/v1/pipelines/deals/{made['pipelineId']}"
    assert empty.request("PUT", path, {"label": "R", "stages": [stage]}).json()["label"] == "R"
    assert empty.request("DELETE", path).status == 204
    assert empty.get(f"/crm/v3/pipelines/deals/{made['pipelineId']}").status == 404


def test_forms_and_workflows_are_those_of_the_newer_versions(empty: Fake) -> None:
    """Forms in both directions, workflows to read."""
    field = {"name": "email", "label": "Email", "fieldType": "text", "required": True}
    body = {"name": "F", "submitText": "Go", "redirect": "https://a.example", "formFieldGroups": [{"fields": [field]}]}
    made = empty.post("/forms/v2/forms", body).json()
    newer = empty.get(f"/marketing/v3/forms/{made['guid']}").json()
    empty.post("/automation/v4/flows", {"name": "W"})

    assert newer["name"] == "F"
    assert newer["displayOptions"]["submitButtonText"] == "Go"
    assert [one["name"] for one in newer["fieldGroups"][0]["fields"]] == ["email"]
    assert [one["guid"] for one in empty.get("/forms/v2/forms").json()] == [made["guid"]]
    assert empty.get(f"/forms/v2/fields/{made['guid']}/email").json()["required"] is True
    assert empty.post(f"/forms/v2/forms/{made['guid']}", {"name": "G"}).json()["submitText"] == "Go"
    assert empty.get(f"/marketing/v3/forms/{made['guid']}").json()["name"] == "G"
    (workflow,) = empty.get("/automation/v3/workflows").json()["workflows"]
    assert (workflow["name"], workflow["enabled"]) == ("W", True)
    assert empty.get(f"/automation/v3/workflows/{workflow['id']}").json()["actions"] == []
    assert empty.request("DELETE", f"/forms/v2/forms/{made['guid']}").status == 204


def test_a_changed_subscription_is_an_event_and_in_the_timeline(empty: Fake) -> None:
    """Within a window of time; an unknown subscription is refused."""
    empty.request("PUT", "/_fake/clock", {"freeze": True, "at": "2026-11-28T10:00:00Z"})
    path = "/email/public/v1/subscriptions"
    body = {"subscriptionStatuses": [{"id": 2, "subscribed": False}]}

    changed = empty.request("PUT", f"{path}/a@example.com", body)
    status = empty.get(f"{path}/a@example.com").json()
    inside = "startTimestamp=1795860000000&endTimestamp=1795860000001"

    assert (changed.status, changed.content) == (200, b"")
    assert [(one["id"], one["optState"]) for one in status["subscriptionStatuses"]] == [(2, "OPT_OUT")]
    (row,) = empty.get(f"{path}/timeline?{inside}").json()["timeline"]
    assert (row["recipient"], row["changes"][0]["change"], row["changes"][0]["subscriptionId"]) == (
        "a@example.com",
        "UNSUBSCRIBED",
        2,
    )
    (event,) = empty.get(f"/email/public/v1/events?{inside}&eventType=STATUSCHANGE").json()["events"]
    assert empty.get(f"/email/public/v1/events/{event['created']}/{event['id']}").json() == event
    assert empty.get(f"{path}/timeline?endTimestamp=1795860000000").json()["timeline"] == []
    assert len(empty.get(path).json()["subscriptionDefinitions"]) == 3
    assert empty.request("PUT", f"{path}/a@example.com", {"subscriptionStatuses": [{"id": 99}]}).status == 400


def test_campaigns_and_events_are_seeded_and_paged(empty: Fake) -> None:
    """A family that does not exist is refused."""
    campaigns = [{"id": number, "name": f"C{number}", "counters": {"sent": 1}} for number in range(1, 4)]
    events = [{"type": "OPEN", "created": number, "emailCampaignId": 1} for number in range(1, 4)]
    seeded = empty.post("/_fake/seed", {"resources": {"email-campaigns": campaigns, "email-events": events}})
    unknown = empty.post("/_fake/seed", {"resources": {"email-campaign": []}})

    first = empty.get("/email/public/v1/campaigns/by-id?limit=2").json()
    second = empty.get(f"/email/public/v1/campaigns/by-id?limit=2&offset={first['offset']}").json()

    assert (seeded.status, unknown.status) == (200, 400)
    assert [row["id"] for page in (first, second) for row in page["campaigns"]] == [1, 2, 3]
    assert empty.get("/email/public/v1/campaigns/2").json()["counters"] == {"sent": 1}
    opened = empty.get("/email/public/v1/events?limit=2").json()
    assert ([row["created"] for row in opened["events"]], opened["hasMore"]) == ([3, 2], True)
