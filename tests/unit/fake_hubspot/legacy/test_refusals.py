"""What the older APIs refuse or leave as it is: batches that are too long, what does not exist, odd shapes."""

from typing import Any

import msgspec

from fake_hubspot.portal.owners import FIRST_OWNER
from tests.support.cases import Cases
from tests.unit.fake_hubspot.inprocess import Fake
from tests.unit.fake_hubspot.legacy.conftest import created
from tests.unit.fake_hubspot.legacy.test_writes import linked, named, v3

CONTACTS, COMPANIES, FORMS = "/contacts/v1/contact", "/companies/v2/companies", "/forms/v2/forms"
LISTS = "/contacts/v1/lists"
MANY = 101
NOBODY = 99


def refusal(fake: Fake, method: str, path: str, body: Any = None) -> tuple[int, str]:
    """Return the status and the message of a response."""
    answer = fake.request(method, path, body)
    return answer.status, str(answer.json()["message"])


def test_what_cannot_be_done_is_refused_in_words(empty: Fake, cases: Cases) -> None:
    """A batch that is too long, a record that is not there, a name that is missing."""
    contact = created(empty, "contacts", {"email": "a@example.com"})
    row = {"objectId": NOBODY, "properties": named(name="A")}
    for method, path, body, status, text in (
        ("POST", f"{CONTACTS}/batch/", [{"email": "b@example.com"}] * MANY, 400, "A batch has at most 100 contacts"),
        ("POST", f"{CONTACTS}/merge-vids/{contact}/", {"vidToMerge": NOBODY}, 404, "contact does not exist"),
        ("POST", "/companies/v1/batch-async/update", [row] * MANY, 400, "A batch has at most 100 records, not 101"),
        ("POST", "/companies/v1/batch-async/update", [row], 404, f"No company found for objectId={NOBODY} "),
        ("POST", "/crm-objects/v1/objects/tickets/batch-update", [row], 404, "No TICKET found with objectId=99"),
        ("GET", f"{COMPANIES}/{NOBODY}", None, 404, "resource not found"),
        ("GET", f"{COMPANIES}/none", None, 404, "resource not found"),
        ("POST", "/properties/v1/contacts/properties", {}, 400, "Property validation failed: name, groupName must be"),
        ("POST", "/properties/v1/contacts/groups", {"displayName": "X"}, 400, "Group validation failed: name must be"),
    ):
        with cases.case((path, status)):
            found, message = refusal(empty, method, path, body)

            assert found == status
            assert message.startswith(text)
    assert [row["id"] for row in empty.get("/crm/v3/objects/contacts").json()["results"]] == [contact]


def test_batches_change_all_of_their_records_or_none(empty: Fake) -> None:
    """An address that is known is changed, others are created; deleting what is not there is no error."""
    known = created(empty, "contacts", {"email": "a@example.com"})
    one, two = created(empty, "companies", {"name": "A"}), created(empty, "companies", {"name": "B"})
    ticket = created(empty, "tickets", {"subject": "T", "hs_pipeline": "0", "hs_pipeline_stage": "1"})
    rows = [
        {"email": "a@example.com", "properties": named("property", firstname="Ada")},
        {"email": "b@example.com", "properties": named("property", firstname="Bo")},
    ]
    changes = [{"objectId": int(each), "properties": named(name="C")} for each in (one, two)]
    missing = {"objectId": NOBODY, "properties": named(name="D")}

    written = empty.post(f"{CONTACTS}/batch/", rows)
    changed = empty.post("/companies/v1/batch-async/update", changes)
    failed = empty.post("/companies/v1/batch-async/update", [{**changes[0], "properties": named(name="D")}, missing])
    gone = empty.post("/crm-objects/v1/objects/tickets/batch-delete", {"ids": [NOBODY, int(ticket)]})

    assert (written.status, changed.status, failed.status, gone.status) == (202, 202, 404, 204)
    assert v3(empty, "contacts", int(known), "firstname") == ["Ada"]
    assert len(empty.get("/crm/v3/objects/contacts").json()["results"]) == 2
    assert [v3(empty, "companies", int(each), "name") for each in (one, two)] == [["C"], ["C"]]
    assert empty.get(f"{COMPANIES}/{one}").json()["properties"]["name"]["value"] == "C"
    assert empty.get(f"/crm/v3/objects/tickets/{ticket}").status == 404


def test_a_write_without_properties_changes_nothing(empty: Fake) -> None:
    """Neither the time of the last change."""
    contact, company = (
        created(empty, "contacts", {"email": "a@example.com"}),
        created(empty, "companies", {"name": "A"}),
    )
    before = [empty.get(f"/crm/v3/objects/{path}").json() for path in (f"contacts/{contact}", f"companies/{company}")]
    empty.request("PUT", "/_fake/clock", {"freeze": True, "at": "2030-01-01T00:00:00Z"})

    answers = [
        empty.post(f"{CONTACTS}/vid/{contact}/profile", {"properties": []}),
        empty.request("PUT", f"{COMPANIES}/{company}", {"properties": []}),
    ]

    assert [one.status for one in answers] == [204, 200]
    after = [empty.get(f"/crm/v3/objects/{path}").json() for path in (f"contacts/{contact}", f"companies/{company}")]
    assert after == before


def test_the_name_of_a_list_is_taken_once(empty: Fake) -> None:
    """By a new list and by one that is renamed; a list keeps its own name in another case."""
    empty.post(LISTS, {"name": "One"})
    two = empty.post(LISTS, {"name": "Two", "dynamic": True}).json()["listId"]

    created_again, renamed = empty.post(LISTS, {"name": "One"}), empty.post(f"{LISTS}/{two}", {"name": "one"})

    assert (created_again.status, renamed.status) == (400, 400)
    assert "A list with the name 'One' already exists." in created_again.json()["message"]
    assert empty.get(f"{LISTS}/{two}").json()["name"] == "Two"
    assert empty.post(f"{LISTS}/{two}", {"name": "TWO"}).json()["name"] == "TWO"


def test_the_contacts_of_a_dynamic_list_cannot_be_set(empty: Fake) -> None:
    """Neither added nor removed."""
    contact = int(created(empty, "contacts", {"email": "a@example.com"}))
    made = empty.post(LISTS, {"name": "D", "dynamic": True}).json()["listId"]

    found = [refusal(empty, "POST", f"{LISTS}/{made}/{verb}", {"vids": [contact]}) for verb in ("add", "remove")]

    assert found == [(400, "Cannot change the contacts of a dynamic list")] * 2


def test_contacts_show_their_lists_if_they_are_asked_to(empty: Fake) -> None:
    """A profile does unless it is told not to; a row of a list does only if it is told to."""
    contact = int(created(empty, "contacts", {"email": "a@example.com"}))
    made = empty.post(LISTS, {"name": "A"}).json()["listId"]
    empty.post(f"{LISTS}/{made}/add", {"vids": [contact]})
    row, profile = f"{LISTS}/all/contacts/all", f"{CONTACTS}/vid/{contact}/profile"

    def lists_in(path: str) -> list[int] | None:
        answer = empty.get(path).json()
        one = answer["contacts"][0] if "contacts" in answer else answer
        rows = one.get("list-memberships")
        return None if rows is None else [each["static-list-id"] for each in rows]

    found = [lists_in(f"{path}{query}") for path in (row, profile) for query in ("", "?showListMemberships=true")]
    assert found == [None, [made], [made], [made]]
    assert lists_in(f"{profile}?showListMemberships=false") is None


def test_the_contacts_of_a_company_have_pages(empty: Fake) -> None:
    """Whose offset is the last id."""
    company = created(empty, "companies", {"name": "A"})
    contacts = [created(empty, "contacts", {"email": f"{number}@example.com"}) for number in range(3)]
    for each in contacts:
        empty.request("PUT", f"/crm/v4/objects/contacts/{each}/associations/default/companies/{company}")

    first = empty.get(f"{COMPANIES}/{company}/vids?count=2").json()
    rest = empty.get(f"{COMPANIES}/{company}/vids?count=2&vidOffset={first['vidOffset']}").json()

    assert first["vids"] + rest["vids"] == sorted(map(int, contacts))
    assert (first["hasMore"], rest["hasMore"]) == (True, False)


def test_an_email_has_the_direction_of_its_type(empty: Fake) -> None:
    """The CRM API reads it."""
    body = {"engagement": {"type": "INCOMING_EMAIL"}, "metadata": {"subject": "S"}}

    made = empty.post("/engagements/v1/engagements", body).json()["engagement"]

    assert made["type"] == "INCOMING_EMAIL"
    assert v3(empty, "emails", made["id"], "hs_email_direction") == ["INCOMING_EMAIL"]


def test_an_engagement_is_linked_only_with_what_exists(empty: Fake) -> None:
    """Otherwise there is no engagement."""
    contact = created(empty, "contacts", {"email": "a@example.com"})
    body: dict[str, Any] = {"engagement": {"type": "NOTE"}, "metadata": {"body": "N"}}

    failed = empty.post("/engagements/v1/engagements", body | {"associations": {"contactIds": [int(contact), NOBODY]}})

    assert failed.status == 404
    assert failed.json()["message"] == f"Contact {NOBODY} does not exist"
    assert linked(empty, "contacts", int(contact), "notes") == []
    assert empty.get("/crm/v3/objects/notes").json()["results"] == []


def test_former_owners_are_listed_on_demand(empty: Fake) -> None:
    """And marked as such."""
    former = msgspec.structs.replace(FIRST_OWNER, id=5, email="kim@example.com", user_id=5, archived_ms=1)
    empty.portal.owners.put(former)

    present = empty.get("/owners/v2/owners").json()
    every = empty.get("/owners/v2/owners?includeInactive=true").json()

    assert [one["ownerId"] for one in every if one not in present] == [5]
    assert [one["isActive"] for one in every] == [*(True for _ in present), False]


def test_forms_refuse_what_they_could_not_show(empty: Fake, cases: Cases) -> None:
    """In either version. The form stays as it is; null is the same as nothing."""
    field = {"name": "email", "fieldType": "text"}
    made = empty.post(FORMS, {"name": "F", "formFieldGroups": [{"fields": [field]}, {"fields": None}]}).json()
    form = f"{FORMS}/{made['guid']}"
    groups: list[Any] = [5, "x", {}, [5], [{"fields": 5}], [{"fields": [5]}], [{"fields": [{"fieldType": []}]}]]
    newest: list[dict[str, Any]] = [{"fieldGroups": one} for one in groups]
    newest += [{"configuration": 5}, {"configuration": {"postSubmitAction": 5}}, {"displayOptions": []}]
    for change in newest:
        with cases.case(change):
            for method, path in (("POST", ""), ("PATCH", f"/{made['guid']}"), ("PUT", f"/{made['guid']}")):
                assert empty.request(method, f"/marketing/v3/forms{path}", {"name": "G", **change}).status == 400
    for one in groups:
        with cases.case(one):
            assert empty.post(form, {"formFieldGroups": one}).status == 400

    assert empty.get(form).json() == made
    empty.post("/marketing/v3/forms", {"name": "G", "configuration": None, "fieldGroups": None})
    assert [one["formFieldGroups"] for one in empty.get(FORMS).json()][1:] == [[]]


def test_a_form_changes_only_in_what_is_sent(empty: Fake) -> None:
    """Its name stays without one, and a field is found by its name."""
    fields = [{"name": "email", "label": "Mail"}, {"name": "city", "label": "Town"}]
    form = empty.post(FORMS, {"name": "F", "formFieldGroups": [{"fields": fields}]}).json()["guid"]

    changed = empty.post(f"{FORMS}/{form}", {"submitText": "Go"}).json()

    assert (changed["name"], changed["submitText"]) == ("F", "Go")
    assert empty.get(f"/forms/v2/fields/{form}/city").json()["label"] == "Town"
    assert refusal(empty, "GET", f"/forms/v2/fields/{form}/none") == (404, "No field 'none' found in the form")
    assert [one["name"] for one in empty.get(f"/forms/v2/fields/{form}").json()] == ["email", "city"]
