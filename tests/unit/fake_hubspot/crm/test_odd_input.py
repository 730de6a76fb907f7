"""What the families of the API do with odd input: they refuse it as HubSpot does, and the rest stays as it was."""

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.support.cases import Cases
from tests.unit.fake_hubspot.crm.test_event_journal import SUBSCRIPTIONS
from tests.unit.fake_hubspot.crm.test_files import CONTENT, FILES, send, upload
from tests.unit.fake_hubspot.crm.test_imports_exports import mapping, start
from tests.unit.fake_hubspot.crm.test_lists import LISTS, branch, in_list, new
from tests.unit.fake_hubspot.crm.test_schemas import BOAT, SCHEMAS
from tests.unit.fake_hubspot.crm.test_submissions import form
from tests.unit.fake_hubspot.crm.test_webhooks_api import ROOT, SETTINGS, subscribe
from tests.unit.fake_hubspot.inprocess import Fake, Response

__all__ = ["form"]

CONTACTS = "/crm/v3/objects/contacts"
TIMELINE = "/integrators/timeline/v3"


def refusal(answer: Response) -> tuple[int, str]:
    """Return the status and the message of a response."""
    return answer.status, str(answer.json()["message"])


# --- files ---


def test_a_file_that_is_replaced_keeps_its_access(empty: Fake, cases: Cases) -> None:
    """Unless the form names another one. A wrong one, or no form at all, changes neither that nor the contents."""
    made = upload(empty)
    path = f"{FILES}/{made['id']}"
    for options in ('{"access": 5}', '{"access": "X"}', "{", "[]", "5", "[" * 5_000, '{"access": {"a": 1}}'):
        with cases.case(options[:30]):
            answer = send(empty, "PUT", path, file=("b.png", b"new"), options=options)

            assert answer.status == 400
            assert answer.json()["category"] == "VALIDATION_ERROR"
    assert refusal(send(empty, "PUT", path, options="{}")) == (400, "The part file is missing")
    assert empty.get(path).json() == made
    assert empty.get(f"{path}/download").content == CONTENT

    kept = send(empty, "PUT", path, file=("b.png", b"new"))
    named = send(empty, "PUT", path, file=("b.png", b"new"), options='{"access": "PRIVATE"}')

    assert [one.json()["access"] for one in (kept, named)] == ["PUBLIC_INDEXABLE", "PRIVATE"]
    assert empty.get(f"{path}/download").content == b"new"


def test_a_file_expires_is_moved_and_opened(empty: Fake) -> None:
    """What a change does not name stays, and what it names wrongly changes nothing."""
    made = upload(empty, options='{"access": "PRIVATE", "expiresAt": "2030-01-01T00:00:00Z"}')
    path = f"{FILES}/{made['id']}"
    other = upload(empty, "b.png", folder="/c")["parentFolderId"]

    assert made["expiresAt"] == 1_893_456_000_000
    assert refusal(empty.request("PATCH", path, {"expiresAt": "soon"})) == (400, "expiresAt is a time, not 'soon'")
    assert refusal(empty.request("PATCH", path, {"parentFolderId": 77}))[0] == 404
    assert empty.get(path).json() == made
    assert empty.request("PATCH", path, {"expiresAt": 1_900_000_000_000}).json()["expiresAt"] == 1_900_000_000_000
    assert empty.request("PATCH", path, {"parentFolderId": other}).json()["path"] == "/c/logo.png"
    opened = empty.request("PATCH", path, {"access": "HIDDEN_INDEXABLE", "isUsableInContent": False}).json()
    assert (opened["access"], opened["isUsableInContent"], opened["path"]) == ("HIDDEN_INDEXABLE", False, "/c/logo.png")
    by_path = empty.request("PATCH", path, {"parentFolderPath": "/d/e", "name": "sign"}).json()
    assert (by_path["path"], by_path["isUsableInContent"]) == ("/d/e/sign.png", False)


def test_the_same_contents_are_refused_once_they_are_there(empty: Fake) -> None:
    """In the folder or in the whole account, as the upload says. Other contents are not the same."""
    scope = '{{"access": "PRIVATE", "duplicateValidationStrategy": "REJECT", "duplicateValidationScope": "{}"}}'
    folder, account = scope.format("EXACT_FOLDER"), scope.format("ENTIRE_PORTAL")

    made = upload(empty, folder="/a", options=account)
    elsewhere = upload(empty, folder="/b", options=folder)
    again = send(empty, "POST", FILES, file=("x.png", CONTENT), folderPath="/a", options=folder)
    anywhere = send(empty, "POST", FILES, file=("x.png", CONTENT), folderPath="/c", options=account)
    different = send(empty, "POST", FILES, file=("x.png", b"other"), folderPath="/a", options=account)

    assert elsewhere["id"] != made["id"]
    assert (again.status, anywhere.status, different.status) == (409, 409, 201)
    assert again.json()["message"] == f"The file exists already with the id {made['id']}"


def test_a_file_is_not_read_at_the_address_of_another_account(empty: Fake) -> None:
    """The number in the path is that of the account."""
    address = upload(empty)["url"].removeprefix("http://api.test")
    other = address.replace(f"/{empty.portal.id}/", "/1/")

    assert other != address
    assert [empty.get(one, headers={"authorization": ""}).status for one in (address, other)] == [200, 404]


# --- timeline and marketing events ---


def test_the_tokens_of_a_template_are_found_by_their_names(empty: Fake) -> None:
    """Another name is 404; the others stay."""
    template = empty.post(f"{TIMELINE}/7/event-templates", {"name": "T", "objectType": "contacts"}).json()["id"]
    tokens = f"{TIMELINE}/7/event-templates/{template}/tokens"
    for name in ("a", "b"):
        assert empty.post(tokens, {"name": name, "type": "string"}).status == 200

    changed = empty.request("PUT", f"{tokens}/b", {"label": "B", "name": "x"})
    missing = [empty.request(method, f"{tokens}/c", {"label": "C"}).status for method in ("PUT", "DELETE")]
    gone = empty.request("DELETE", f"{tokens}/a")

    assert changed.json() == {"name": "b", "type": "string", "label": "B"}
    assert (missing, gone.status) == ([404, 404], 204)
    read = empty.get(f"{TIMELINE}/7/event-templates/{template}").json()
    assert [one["name"] for one in read["tokens"]] == ["b"]


def test_marketing_events_are_deleted_by_their_keys(empty: Fake) -> None:
    """Those that there are not are no error."""
    root = "/marketing/v3/marketing-events/events"
    keys = [{"externalAccountId": "a", "externalEventId": name} for name in ("one", "two")]
    for key in keys:
        empty.post(root, {"eventName": "Fair", **key})

    answer = empty.post(f"{root}/delete", {"inputs": [keys[0], {"externalAccountId": "b", "externalEventId": "one"}]})

    assert answer.status == 200
    assert [empty.get(f"{root}/{name}?externalAccountId=a").status for name in ("one", "two")] == [404, 200]


# --- forms ---


def test_a_submission_says_where_to_go(empty: Fake) -> None:
    """If the form leads somewhere, otherwise its text or the usual one."""
    values = {"fields": [{"name": "firstname", "value": "A"}]}
    found: list[dict[str, Any]] = []
    for action in ({"type": "redirect_url", "value": "https://x.test"}, {"type": "thank_you", "value": "Hi"}, None):
        configuration = {"postSubmitAction": action}
        made = empty.post("/marketing/v3/forms", {"name": "F", "configuration": configuration}).json()["id"]
        found.append(empty.post(f"/submissions/v3/integration/submit/{empty.portal.id}/{made}", values).json())

    texts = ["Hi", "Thanks for submitting the form."]
    assert found == [{"redirectUri": "https://x.test"}, *({"inlineMessage": text} for text in texts)]
    assert empty.get(CONTACTS).json()["results"] == []  # without an address there is nobody


def test_a_submission_has_a_greatest_size(empty: Fake, form: str) -> None:
    """One field more is refused, and nothing is kept."""
    values = [{"name": f"field{number}", "value": "x"} for number in range(1_000)]
    fields = [*values, {"name": "email", "value": "a@example.com"}]

    answer = empty.post(f"/submissions/v3/integration/submit/{empty.portal.id}/{form}", {"fields": fields})

    assert answer.status == 400
    assert "MAX_NUMBER_OF_SUBMITTED_VALUES_EXCEEDED" in answer.content.decode()
    assert empty.get(f"/form-integrations/v1/submissions/forms/{form}").json()["results"] == []
    assert empty.get(CONTACTS).json()["results"] == []


# --- object types ---


def test_an_object_type_keeps_its_rules(empty: Fake) -> None:
    """Its plural differs from its name, its description can change alone, and the standard types stay."""
    labels = {"singular": "Boat", "plural": "Boat"}
    refused = empty.post(SCHEMAS, BOAT | {"labels": labels})
    made = empty.post(SCHEMAS, BOAT).json()
    path = f"{SCHEMAS}/{made['objectTypeId']}"

    changed = empty.request("PATCH", path, {"description": "Sinks."}).json()
    standard = empty.request("DELETE", f"{SCHEMAS}/contacts")

    assert refusal(refused) == (400, "The plural label must differ from the name")
    assert (changed["description"], changed["labels"]) == ("Sinks.", made["labels"])
    assert refusal(standard) == (404, "resource not found")
    assert empty.get(CONTACTS).status == 200
    assert empty.request("DELETE", path).status == 204
    assert empty.get(SCHEMAS).json()["results"] == []


def test_limits_and_rules_name_their_types(empty: Fake) -> None:
    """A pair of types has numbers; a property that must be set has no greatest length."""
    rules = [
        {"objectType": "contacts", "property": "city", "required": True},
        {"objectType": "contacts", "property": "zip", "maxLength": 4},
    ]
    assert empty.request("PUT", "/_fake/rules", rules).status == 200

    pair = empty.get("/crm/v3/limits/associations/records/contacts/0-2")
    unknown = empty.get("/crm/v3/limits/associations/records/contacts/ships")
    found = empty.get("/crm/v3/property-validations/contacts").json()["results"]

    assert (pair.status, pair.json()["totalRecordsAtLimit"], unknown.status) == (200, 0, 400)
    assert [one["propertyName"] for one in found] == ["zip"]


def test_a_text_instead_of_a_number_or_a_truth_value_is_told_as_hubspot_does(empty: Fake) -> None:
    """With the text."""
    number = empty.post("/crm/v3/objects/contacts/search", {"limit": "x"})
    truth = empty.post("/crm/v3/properties/contacts/batch/read", {"inputs": [], "archived": "yes"})

    assert refusal(number)[1] == (
        "Invalid input JSON on line 1, column 2: Cannot deserialize value of type `java.lang.Integer` from String "
        '"x": not a valid `java.lang.Integer` value'
    )
    assert refusal(truth)[1] == (
        "Invalid input JSON on line 1, column 2: Cannot deserialize value of type `java.lang.Boolean` from String "
        '"yes": only "true" or "false" recognized'
    )


# --- lists ---


def test_lists_refuse_what_they_cannot_evaluate(empty: Fake, cases: Cases) -> None:
    """In words that say what it is; there is no list then."""
    metadata = in_list(1)
    metadata["filters"][0]["metadata"] = {"id": 7, "inListType": "DATASET"}
    time = {"operationType": "TIME_POINT", "operator": "IS_BEFORE"}
    point = {"filterBranchType": "OR", "filterBranches": [], "filters": []}
    property_filter = {"filterType": "PROPERTY", "property": "createdate"}
    for name, wanted, text in (
        ("metadata", metadata, "the metadata DATASET of the filter type IN_LIST"),
        (
            "no point",
            point | {"filters": [property_filter | {"operation": time | {"timePoint": {}}}]},
            "point in time {}",
        ),
        (
            "another point",
            point | {"filters": [property_filter | {"operation": time | {"timePoint": {"timeType": "X"}}}]},
            "point in time {'timeType': 'X'}",
        ),
    ):
        with cases.case(name):
            body: dict[str, Any] = {"name": name, "objectTypeId": "0-1", "processingType": "DYNAMIC"}
            body["filterBranch"] = wanted
            answer = empty.post(LISTS, body)

            assert answer.status == 404
            assert text in answer.json()["message"]
    assert empty.post(f"{LISTS}/search", {}).json()["lists"] == []


def test_a_filter_takes_true_and_false_as_they_are_stored(empty: Fake) -> None:
    """Not as Python writes them."""
    empty.seed("contacts", {"id": 1, "properties": {"city": "true"}}, {"id": 2, "properties": {"city": "True"}})
    wanted = branch("city", "IS_ANY_OF", "ENUMERATION", values=[True])

    made = new(empty, "D", processingType="DYNAMIC", filterBranch=wanted)

    rows = empty.get(f"{LISTS}/{made['listId']}/memberships").json()["results"]
    assert [row["recordId"] for row in rows] == ["1"]


def test_a_list_changes_the_case_of_its_name_and_is_converted_after_a_time(empty: Fake) -> None:
    """Its own name is not taken; a number of months needs no day."""
    made = new(empty, "Dogs", processingType="DYNAMIC", filterBranch=branch("city", "IS_KNOWN"))
    path = f"{LISTS}/{made['listId']}"

    renamed = empty.request("PUT", f"{path}/update-list-name?listName=DOGS")
    inactive = {"conversionType": "INACTIVITY", "timeUnit": "MONTH", "offset": 2}
    planned = empty.request("PUT", f"{path}/schedule-conversion", inactive)
    halves = [
        empty.request("PUT", f"{path}/schedule-conversion", {k: v for k, v in inactive.items() if k != name}).status
        for name in ("timeUnit", "offset")
    ]

    assert renamed.json()["updatedList"]["name"] == "DOGS"
    assert (planned.status, halves) == (200, [400, 400])
    assert empty.get(f"{path}/schedule-conversion").json()["requestedConversionTime"]["offset"] == 2


# --- the rest ---


def test_a_webhook_switch_that_says_nothing_changes_nothing(fake: Fake) -> None:
    """It answers with the subscription."""
    fake.request("PUT", f"{ROOT}/settings", SETTINGS)
    made = subscribe(fake, eventType="contact.creation", active=True).json()

    answer = fake.request("PATCH", f"{ROOT}/subscriptions/{made['id']}", {})

    assert (answer.status, answer.json()) == (200, made)


def test_a_subscription_of_the_journal_needs_no_type_of_object(empty: Fake) -> None:
    """If it is about something else; subscribing again changes the one there is."""
    body = {"subscriptionType": "LIST_MEMBERSHIP", "actions": [], "portalId": empty.portal.id, "listIds": [1]}

    first, second = empty.post(SUBSCRIPTIONS, body), empty.post(SUBSCRIPTIONS, body | {"listIds": [2]})

    assert (first.status, second.status) == (200, 200)
    assert first.json()["id"] == second.json()["id"]
    assert "objectTypeId" not in second.json()
    assert [one["listIds"] for one in empty.get(SUBSCRIPTIONS).json()["results"]] == [[2]]


@pytest.mark.parametrize("operation", ["create", "read", "update", "archive"])
def test_a_batch_of_campaigns_has_a_greatest_size(empty: Fake, operation: str) -> None:
    """One more is refused, and none of them is made."""
    inputs = [{"id": str(number), "properties": {"hs_name": "A"}} for number in range(1_001)]

    answer = empty.post(f"/marketing/v3/campaigns/batch/{operation}", {"inputs": inputs})

    assert answer.status == 400
    assert answer.json()["message"].startswith("There may be ")
    assert empty.get("/marketing/v3/campaigns").json()["results"] == []


def test_a_campaign_keeps_the_properties_that_a_change_does_not_name(empty: Fake) -> None:
    """Its properties are changed one by one."""
    made = empty.post("/marketing/v3/campaigns", {"properties": {"hs_name": "A", "hs_notes": "N"}}).json()["id"]
    path = f"/marketing/v3/campaigns/{made}?properties=hs_name,hs_notes"

    empty.request("PATCH", path, {"properties": {"hs_name": "B"}})

    assert empty.get(path).json()["properties"] == {"hs_name": "B", "hs_notes": "N"}


@pytest.mark.parametrize("properties", [["x"], [], "x", 5, 1.5, True, [{}]])
def test_the_properties_of_a_campaign_are_an_object(empty: Fake, properties: Any) -> None:
    """A campaign is neither made nor changed with something else."""
    path = "/marketing/v3/campaigns"
    made = empty.post(path, {"properties": {"hs_name": "A"}}).json()["id"]

    for method, where in (("POST", path), ("PATCH", f"{path}/{made}")):
        status, message = refusal(empty.request(method, where, {"properties": properties}))
        assert status == 400
        assert "Cannot deserialize value of type `java.util.LinkedHashMap`" in message

    assert [one["properties"] for one in empty.get(path).json()["results"]] == [{"hs_name": "A"}]
    assert empty.request("PATCH", f"{path}/{made}", {"properties": None}).status == 200


def test_the_id_of_a_definition_is_taken_once(empty: Fake) -> None:
    """Until it is archived."""
    body = {"name": "visit", "label": "Visit", "primaryObject": "CONTACT"}
    path = "/events/v3/event-definitions"
    made = empty.post(path, body)

    again = empty.post(path, body)

    assert made.status == 201
    assert again.status == 409
    assert again.json()["category"] == "CONFLICT"
    assert len(empty.get(path).json()["results"]) == 1


def test_seeded_definitions_of_subscriptions_are_listed_with_the_standard_ones(empty: Fake) -> None:
    """Their category is their purpose."""
    own = [{"id": 77, "name": "News", "category": "Sales"}, {"id": 78, "name": "Tips"}]
    assert empty.post("/_fake/seed", {"resources": {"email-subscription-definitions": own}}).status == 200

    rows = empty.get("/communication-preferences/v3/definitions").json()["subscriptionDefinitions"]

    assert [(one["id"], one["name"], one["purpose"]) for one in rows[3:]] == [
        ("77", "News", "Sales"),
        ("78", "Tips", "Marketing"),
    ]


def test_a_record_that_is_not_there_is_upserted_only_by_a_unique_property(empty: Fake) -> None:
    """Not by an id, which only HubSpot gives."""
    for more in ({}, {"idProperty": "hs_object_id"}):
        body = {"inputs": [{"id": "5", "properties": {"firstname": "A"}, **more}]}
        assert refusal(empty.post(f"{CONTACTS}/batch/upsert", body)) == (404, "Object not found: 5")
    by_email = {"inputs": [{"id": "a@example.com", "idProperty": "email", "properties": {"firstname": "A"}}]}

    made = empty.post(f"{CONTACTS}/batch/upsert", by_email)

    assert made.json()["results"][0]["new"] is True
    assert len(empty.get(CONTACTS).json()["results"]) == 1


def test_a_code_is_exchanged_only_at_the_address_it_was_issued_for(fake: Fake) -> None:
    """A token that never expires has no details, as a private app's."""
    grant = fake.post("/_fake/grants", {}).json()
    form = {"grant_type": "authorization_code", "code": grant["code"], "client_id": grant["clientId"]}
    form |= {"client_secret": grant["clientSecret"]}
    sent = {"content-type": "application/x-www-form-urlencoded", "authorization": ""}
    wrong, right = (
        fake.post("/oauth/v1/token", urlencode(form | {"redirect_uri": address}).encode(), headers=sent)
        for address in ("https://other.test/", grant["redirectUri"])
    )

    assert (wrong.status, wrong.json()["status"]) == (400, "BAD_REDIRECT_URI")
    assert right.status == 200
    known = fake.get(f"/oauth/v1/access-tokens/{right.json()['access_token']}")
    assert (known.status, known.json()["hub_id"]) == (200, fake.portal.id)
    assert fake.get(f"/oauth/v1/access-tokens/{fake.token}").status == 404


def test_an_import_reads_only_the_cells_that_mean_a_record(empty: Fake) -> None:
    """A row may have a company and no contact; a header that names no column leaves the order of the mappings."""
    empty.seed("companies", {"id": 5, "properties": {"name": "A"}})
    columns = [mapping("Mail", "email"), mapping("Company", "name", "0-2")]
    both = start(empty, "Mail,Company\na@example.com,B\n,C\n", columns)
    by_order = start(empty, "Post,Firma\nb@example.com,D\n", columns)
    by_id = start(empty, "Id,Company\n5,E\n6,F\n", [mapping("Id", "hs_object_id", "0-2"), columns[1]])

    found = {
        name: [
            row["properties"][key] for row in empty.get(f"/crm/v3/objects/{name}?properties={key}").json()["results"]
        ]
        for name, key in (("contacts", "email"), ("companies", "name"))
    }
    assert sorted(found["contacts"]) == ["a@example.com", "b@example.com"]
    assert sorted(found["companies"]) == ["B", "C", "D", "E"]
    counters = [one["metadata"]["counters"] for one in (both, by_order, by_id)]
    assert [one.get("CREATED_OBJECTS", 0) for one in counters] == [3, 2, 0]
    assert [one.get("ERRORS", 0) for one in counters] == [0, 0, 1]
    assert counters[2]["UPDATED_OBJECTS"] == 1
