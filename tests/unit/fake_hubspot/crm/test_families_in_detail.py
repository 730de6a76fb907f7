"""What a new member of each family contains, what it needs, and what its lists allow; links by version 3 in full."""

from typing import Any

from fake_hubspot.portal.clock import format_time
from tests.support.cases import Cases
from tests.unit.fake_hubspot.inprocess import Fake

NOW = 1_790_000_000_000
TIMES = {"createdAt": format_time(NOW), "updatedAt": format_time(NOW)}
KEPT = {**TIMES, "archived": False}
# By path: the least that a new one needs, the status, what it contains besides its id, and what lists have in addition.
# Source: recording and docs, as told in `fake_hubspot/crm/families`.
FAMILIES: dict[str, tuple[dict[str, Any], int, dict[str, Any], set[str]]] = {
    "/marketing/v3/forms": (
        {"name": "F"},
        201,
        {
            "name": "F",
            **KEPT,
            "fieldGroups": [],
            "configuration": {
                "language": "en", "cloneable": True, "postSubmitAction": {"type": "thank_you", "value": ""},
                "editable": True, "archivable": True, "recaptchaEnabled": False, "notifyContactOwner": False,
                "notifyRecipients": [], "createNewContactForNewEmail": False, "prePopulateKnownValues": True,
                "allowLinkToResetKnownValues": False,
            },
            "displayOptions": {
                "renderRawHtml": False, "theme": "default_style", "submitButtonText": "Submit",
                "style": {
                    "fontFamily": "arial, helvetica, sans-serif", "backgroundWidth": "100%",
                    "labelTextColor": "#33475b", "labelTextSize": "11px", "helpTextColor": "#7C98B6",
                    "helpTextSize": "11px", "legalConsentTextColor": "#33475b", "legalConsentTextSize": "14px",
                    "submitColor": "#ff7a59", "submitAlignment": "left", "submitFontColor": "#ffffff",
                    "submitSize": "12px",
                },
                "cssClass": None,
            },
            "legalConsentOptions": {"type": "none"},
            "formType": "hubspot",
        },
        set(),
    ),
    "/marketing/v3/emails": (
        {"name": "E"},
        201,
        {
            "activeDomain": "62515.hs-sites.com", "archived": False, "businessUnitId": "0", "content": {},
            "createdAt": TIMES["createdAt"], "createdById": "32900490", "emailTemplateMode": "DRAG_AND_DROP",
            "from": {}, "isAb": False, "isPublished": False, "isTransactional": False, "jitterSendTime": True,
            "language": "en", "name": "E", "publishDate": TIMES["createdAt"], "sendOnPublish": True, "state": "DRAFT",
            "subcategory": "batch", "subject": "", "subscriptionDetails": {}, "to": {}, "type": "BATCH_EMAIL",
            "updatedAt": TIMES["updatedAt"], "updatedById": "32900490", "webversion": {},
        },
        {"total"},
    ),
    "/marketing/v3/campaigns": (
        {"properties": {"hs_name": "C"}},
        201,
        {"properties": {"hs_name": "C"}, **TIMES, "businessUnits": [{"id": 0}]},
        {"total"},
    ),
    "/automation/v4/flows": (
        {},
        200,
        {
            "isEnabled": True, "flowType": "WORKFLOW", "objectTypeId": "0-1", "revisionId": "1", "type": "CONTACT_FLOW",
            "actions": [], **TIMES,
        },
        set(),
    ),
    "/events/v3/event-definitions": (
        {"label": "My Event"},
        201,
        {
            "primaryObject": "CONTACT", "properties": [], "label": "My Event", "name": "my_event",
            "fullyQualifiedName": "pe62515_my_event", "objectTypeId": "6-1000001", **KEPT,
        },
        {"total"},
    ),
    "/automation/v4/actions/5": ({"actionUrl": "https://x.test"}, 201, {"actionUrl": "https://x.test", **KEPT}, set()),
    "/integrators/timeline/v3/5/event-templates": (
        {"name": "n", "objectType": "CONTACT"},
        201,
        {"name": "n", "objectType": "CONTACT", **KEPT},
        set(),
    ),
    "/marketing/v3/transactional/smtp-tokens": ({}, 201, KEPT, set()),
    "/crm/v3/extensions/cards-dev/5": ({"title": "t"}, 201, {"title": "t", **KEPT}, set()),
    "/settings/v3/currencies/exchange-rates": (
        {"fromCurrencyCode": "EUR", "conversionRate": 1.5},
        201,
        {"fromCurrencyCode": "EUR", "conversionRate": 1.5, **KEPT},
        set(),
    ),
}  # fmt: skip


def test_a_new_member_of_a_family(empty: Fake, cases: Cases) -> None:
    """It contains what is listed here and nothing else, in this order, and is read as it was answered."""
    empty.portal.clock.freeze(NOW)
    for path, (needed, status, expected, more) in FAMILIES.items():
        with cases.case(path):
            made = empty.request("POST", path, needed)
            assert made.status == status
            content = made.json()
            found = content.pop("id")
            assert list(content.items()) == list(expected.items())
            assert empty.request("GET", f"{path}/{found}").json() == {"id": found, **content}
            assert set(empty.request("GET", path).json()) == {"results", *more}
        for name in needed:
            with cases.case(f"{path} without {name}"):
                refused = empty.request("POST", path, {key: value for key, value in needed.items() if key != name})
                assert refused.status == 400
                assert refused.json()["message"].endswith(f"Some required fields were not set: [{name}]")
        with cases.case(f"{path} of an unknown id"):
            assert empty.request("GET", f"{path}/nothing-there").status == 404
        with cases.case(f"{path} with too many rows"):
            assert [empty.request("GET", f"{path}?limit={number}").status for number in (0, 1, 100, 101)] == [
                400, 200, 200, 400,
            ]  # fmt: skip


CONTACTS, LINKS = "/crm/v3/objects/contacts", "/crm/v3/associations/contacts/companies"


def _record(fake: Fake, kind: str, **properties: str) -> str:
    made: str = fake.request("POST", f"/crm/v3/objects/{kind}", {"properties": properties}).json()["id"]
    return made


def test_links_by_version_3(empty: Fake) -> None:
    """Made one by one and at once, listed, read, removed. A missing record on either side is a 404."""
    contact, other = (
        _record(empty, "contacts", email="a@example.com"),
        _record(empty, "contacts", email="b@example.com"),
    )
    company = _record(empty, "companies", name="A")
    place = f"{CONTACTS}/{contact}/associations/companies"

    assert empty.request("PUT", f"{place}/{company}/contact_to_company_unlabeled").status == 200
    made = empty.request("PUT", f"{place}/{company}/contact_to_company")
    kinds = [
        {"id": company, "type": "contact_to_company"},
        {"id": company, "type": "contact_to_company_unlabeled"},
    ]
    assert made.json()["id"] == contact
    assert made.json()["associations"] == {"companies": {"results": kinds}}
    assert empty.request("GET", place).json() == {"results": kinds}
    for missing in (f"{CONTACTS}/1/associations/companies/{company}", f"{place}/1"):
        assert empty.request("PUT", f"{missing}/contact_to_company").status == 404

    pair = {"from": {"id": other}, "to": {"id": company}, "type": "contact_to_company"}
    created = empty.request("POST", f"{LINKS}/batch/create", {"inputs": [pair]})
    assert created.status == 201
    assert created.json()["results"] == [
        {"from": {"id": company}, "to": {"id": other}, "type": "company_to_contact"},
        {"from": {"id": other}, "to": {"id": company}, "type": "contact_to_company"},
    ]
    read = empty.request(
        "POST", f"{LINKS}/batch/read", {"inputs": [{"id": contact}, {"id": "1"}, {"id": other}]}
    ).json()
    assert [one["from"] for one in read["results"]] == [{"id": contact}, {"id": other}]
    assert read["results"][0]["to"] == kinds
    removed = empty.request("POST", f"{LINKS}/batch/archive", {"inputs": [pair]})
    assert (removed.status, removed.content) == (204, b"")
    assert empty.request("GET", f"{CONTACTS}/{other}/associations/companies").json() == {"results": []}
    assert empty.request("DELETE", f"{place}/{company}/contact_to_company").status == 204
    assert empty.request("GET", place).json() == {"results": kinds[1:]}


def test_the_types_of_link_between_two_types_by_version_3(empty: Fake) -> None:
    found = empty.request("GET", f"{LINKS}/types").json()

    assert {"id": "1", "name": "contact_to_company"} in found["results"]
    assert {"id": "279", "name": "contact_to_company_unlabeled"} in found["results"]
    assert all(set(one) == {"id", "name"} for one in found["results"])


def _form(fake: Fake, **more: Any) -> str:
    made: str = fake.request("POST", "/marketing/v3/forms", {"name": "F", **more}).json()["id"]
    return made


def _submit(fake: Fake, form: str, **body: Any) -> Any:
    given = {"fields": [{"name": "email", "value": "a@example.com"}], **body}
    return fake.request("POST", f"/submissions/v3/integration/submit/{fake.portal.id}/{form}", given)


def test_what_a_visitor_is_told_after_a_submission(empty: Fake, cases: Cases) -> None:
    for action, expected in (
        ({"type": "redirect_url", "value": "https://x.test/"}, {"redirectUri": "https://x.test/"}),
        ({"type": "thank_you", "value": "Thanks!"}, {"inlineMessage": "Thanks!"}),
        ({"type": "thank_you"}, {"inlineMessage": "Thanks for submitting the form."}),
        (None, {"inlineMessage": "Thanks for submitting the form."}),
    ):
        with cases.case(action):
            form = _form(empty, configuration={} if action is None else {"postSubmitAction": action})
            assert _submit(empty, form).json() == expected


def test_a_submission_that_is_refused_writes_nothing(empty: Fake, cases: Cases) -> None:
    """It says which field is wrong, in the form of this API."""
    form = _form(empty, fieldGroups=[{"fields": [{"name": "email", "required": True}]}])
    field = {"name": "x", "value": "y"}
    for body, kind in (
        ({"submittedAt": "yesterday"}, "INVALID_TIMESTAMP"),
        ({"fields": [field]}, "REQUIRED_FIELD"),
        ({"fields": [{"name": "email", "value": "nobody"}]}, "INVALID_EMAIL"),
        ({"fields": [field] * 1001}, "MAX_NUMBER_OF_SUBMITTED_VALUES_EXCEEDED"),
    ):
        with cases.case(kind):
            refused = _submit(empty, form, **body)
            assert refused.status == 400
            (error,) = refused.json()["errors"]
            assert error["errorType"] == kind
            assert error["message"].startswith("Error in 'fields'. ")
    assert empty.request("GET", f"/form-integrations/v1/submissions/forms/{form}").json()["results"] == []
    with cases.case("another account"):
        path = f"/submissions/v3/integration/submit/1/{form}"
        assert empty.request("POST", path, {"fields": [field]}).status == 404
    with cases.case("just as many fields as are allowed"):
        email = {"name": "email", "value": "a@example.com"}
        assert _submit(empty, form, fields=[email, *[field] * 999]).status == 200


def test_only_fields_of_contacts_are_written_to_the_contact(empty: Fake) -> None:
    """By their type and their names."""
    fields = [
        {"name": "email", "value": "a@example.com"},
        {"name": "firstname", "value": "Ada", "objectTypeId": "0-1"},
        {"name": "lastname", "value": "Ltd", "objectTypeId": "0-2"},
        {"name": "no_property", "value": "x"},
    ]

    assert _submit(empty, _form(empty), fields=fields).status == 200

    (found,) = empty.request("GET", f"{CONTACTS}?properties=email,firstname,lastname").json()["results"]
    shown = {name: found["properties"][name] for name in ("email", "firstname", "lastname")}
    assert shown == {"email": "a@example.com", "firstname": "Ada", "lastname": None}


def test_an_export_has_labels_or_names_and_the_ids_of_linked_records(empty: Fake) -> None:
    """Several ids have semicolons between them, and what has no value is empty."""
    company = _record(empty, "companies", name="A")
    contacts = [_record(empty, "contacts", email=f"{name}@example.com") for name in "ab"]
    for contact in contacts:
        empty.request("PUT", f"{CONTACTS}/{contact}/associations/companies/{company}/contact_to_company_unlabeled")
    body = {
        "exportType": "VIEW", "format": "CSV", "exportName": "All", "language": "EN", "objectType": "companies",
        "objectProperties": ["name", "city"], "associatedObjectType": "CONTACT",
    }  # fmt: skip

    rows = []
    for options in ([], ["NAMES"]):
        wanted = body | {"exportInternalValuesOptions": options}
        made = empty.request("POST", "/crm/v3/exports/export/async", wanted)
        assert made.status == 202
        task = made.json()
        assert task["links"]["status"].endswith(f"/crm/v3/exports/export/async/tasks/{task['id']}/status")
        told = empty.request("GET", f"/crm/v3/exports/export/{task['id']}").json()
        assert (told["exportName"], told["exportType"]) == ("All", "VIEW")
        done = empty.request("GET", f"/crm/v3/exports/export/async/tasks/{task['id']}/status").json()
        assert done["status"] == "COMPLETE"
        place = done["result"].partition("//")[2].partition("/")[2]
        rows.append(empty.request("GET", f"/{place}").content.decode().splitlines())

    links = ";".join(sorted(contacts, key=int))
    assert rows[0] == ["Record ID,Company name,City,Associated contact IDs", f"{company},A,,{links}"]
    assert rows[1] == ["Record ID,name,city,Associated contact IDs", f"{company},A,,{links}"]
