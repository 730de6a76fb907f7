"""Records one by one: create, read, update, archive, and HubSpot's error messages."""

from typing import Any

import pytest

from tests.support.contacts import BRIAN_EMAIL, BRIAN_ID
from tests.unit.fake_hubspot.inprocess import Fake

CONTACTS = "/crm/v3/objects/contacts"


def message(answer: Any) -> str:
    """Return the message of an error."""
    text: str = answer.json()["message"]
    return text


def test_create_answers_every_property_with_a_value_sorted(fake: Fake) -> None:
    """As recorded in 2025-11; `Location` has the requested path."""
    answer = fake.post(CONTACTS, {"properties": {"email": "jane@example.com", "firstname": "Jane", "lastname": "Doe"}})

    properties = answer.json()["properties"]
    assert answer.status == 201
    assert list(properties) == sorted(properties)
    assert properties["hs_full_name_or_email"] == "Jane Doe"
    assert properties["hs_email_domain"] == "example.com"
    assert properties["lifecyclestage"] == "lead"
    assert properties["createdate"] == answer.json()["createdAt"]
    assert answer.headers["location"] == f"http://api.test{CONTACTS}/{answer.json()['id']}"


@pytest.mark.parametrize(
    ("properties", "code", "text"),
    [
        ({"email": "x@example.com", "nope": "1"}, "PROPERTY_DOESNT_EXIST", 'Property "nope" does not exist'),
        ({"email": "no-address"}, "INVALID_EMAIL", "Email address no-address is invalid"),
        ({"firstname": "A", "lifecyclestage": "boss"}, "INVALID_OPTION", "boss was not one of the allowed options"),
        ({"firstname": "A", "hs_object_id": "5"}, "READ_ONLY_VALUE", '"hs_object_id" is a read only property'),
        ({"firstname": "A", "associatedcompanyid": "x"}, "INVALID_INTEGER", "x was not a valid number."),
    ],
)
def test_a_wrong_value_is_told_twice(fake: Fake, properties: dict[str, str], code: str, text: str) -> None:
    """In the message as JSON and in `errors`."""
    answer = fake.post(CONTACTS, {"properties": properties})

    body = answer.json()
    assert answer.status == 400
    assert list(body) == ["status", "message", "correlationId", "errors", "category"]
    assert body["category"] == "VALIDATION_ERROR"
    assert body["message"].startswith('Property values were not valid: [{"isValid":false,"message":')
    assert f'"error":"{code}"' in body["message"]
    assert body["errors"][0]["code"] == code
    assert body["errors"][0]["message"].startswith(text)


@pytest.mark.parametrize(
    ("body", "status", "text"),
    [
        (b"{", 400, "Invalid input JSON on line 1, column "),
        (b"", 400, "Invalid input JSON on line 1, column 1"),
        (b"[]", 400, "Invalid input JSON on line 1, column 2: Cannot deserialize value of type"),
        (b'{"properties":{"email":{}}}', 400, "Invalid input JSON on line 1, column 2: Cannot deserialize value of"),
        (
            b'{"nothing":1}',
            400,
            "Invalid input JSON on line 1, column 13. Some required fields were not set: [properties]",
        ),
        (b'{"properties":{}}', 400, "At least one of these properties is required"),
        (b'{"properties":{"firstname":null}}', 400, "At least one of these properties is required"),
    ],
)
def test_a_body_that_is_no_contact_is_refused(fake: Fake, body: bytes, status: int, text: str) -> None:
    """400, with HubSpot's wording if it is known."""
    answer = fake.post(CONTACTS, body)

    assert answer.status == status
    assert message(answer).startswith(text)


def test_a_body_of_another_content_type_is_a_415(fake: Fake) -> None:
    """HTML, as HubSpot's web server sends it."""
    answer = fake.post(CONTACTS, b"a=b", headers={"content-type": "application/x-www-form-urlencoded"})

    assert answer.status == 415
    assert b"<title>Error 415 Unsupported Media Type</title>" in answer.content


def test_a_taken_address_is_a_conflict_that_names_the_contact(fake: Fake) -> None:
    """Regardless of case."""
    answer = fake.post(CONTACTS, {"properties": {"email": "BH@HubSpot.com"}})

    assert answer.status == 409
    assert message(answer) == f"Contact already exists. Existing ID: {BRIAN_ID}"
    assert answer.json()["category"] == "CONFLICT"


def test_numbers_and_truth_values_come_back_as_text(fake: Fake) -> None:
    """Every property value is a string."""
    sent = {"firstname": 7, "hs_facebook_ad_clicked": True, "associatedcompanyid": 12.0, "closedate": 1651568400000}

    properties = fake.post(CONTACTS, {"properties": sent}).json()["properties"]

    assert properties["firstname"] == "7"
    assert properties["hs_facebook_ad_clicked"] == "true"
    assert properties["associatedcompanyid"] == "12"
    assert properties["closedate"] == "2022-05-03T09:00:00Z"


@pytest.mark.parametrize(
    ("target", "status", "text"),
    [
        ("0", 404, "Object not found. objectId is usually positive."),
        ("abc", 404, "Object not found.  objectId are usually numeric."),
        ("5?idProperty=phone", 400, "Property phone is not a unique property"),
    ],
)
def test_an_odd_id_is_told_in_json(fake: Fake, target: str, status: int, text: str) -> None:
    """The messages in the recordings, including two spaces."""
    answer = fake.get(f"{CONTACTS}/{target}")

    assert (answer.status, message(answer)) == (status, text)


def test_a_missing_record_is_html_for_reads_and_json_for_writes(fake: Fake) -> None:
    """For GET and PATCH; DELETE of a missing record succeeds."""
    read = fake.get(f"{CONTACTS}/12")
    write = fake.request("PATCH", f"{CONTACTS}/12", {"properties": {"city": "Oslo"}})

    assert (read.status, read.headers["content-type"]) == (404, "text/html;charset=iso-8859-1")
    assert read.headers["x-hubspot-notfound"] == "true"
    assert (write.status, message(write)) == (404, "resource not found")
    assert "category" not in write.json()
    assert fake.request("DELETE", f"{CONTACTS}/12").status == 204


def test_an_update_answers_the_changed_and_a_fixed_handful(fake: Fake) -> None:
    """The address is returned only if it was changed."""
    answer = fake.request("PATCH", f"{CONTACTS}/{BRIAN_ID}", {"properties": {"city": "Oslo"}})

    assert answer.status == 200
    assert answer.json()["properties"]["city"] == "Oslo"
    assert "email" not in answer.json()["properties"]
    assert answer.json()["updatedAt"] > "2026-02-28"


def test_an_update_of_nothing_is_refused(fake: Fake) -> None:
    """With HubSpot's message."""
    answer = fake.request("PATCH", f"{CONTACTS}/{BRIAN_ID}", {"properties": {}})

    assert message(answer) == "No properties found to update, please provide at least one."


def test_a_lifecycle_stage_goes_forward_only_unless_cleared(fake: Fake) -> None:
    """Going back is ignored; clearing it first is accepted."""

    def stage_after(value: str) -> str:
        fake.request("PATCH", f"{CONTACTS}/{BRIAN_ID}", {"properties": {"lifecyclestage": value, "city": value}})
        stage: str = fake.get(f"{CONTACTS}/{BRIAN_ID}?properties=lifecyclestage").json()["properties"]["lifecyclestage"]
        return stage

    assert stage_after("customer") == "customer"
    assert stage_after("lead") == "customer"
    assert stage_after("") == ""
    assert stage_after("lead") == "lead"


def test_an_archived_record_frees_its_address_and_shows_only_when_asked(fake: Fake) -> None:
    """A contact with the address can be created again."""
    fake.request("DELETE", f"{CONTACTS}/{BRIAN_ID}")

    living = [row["id"] for row in fake.get(CONTACTS).json()["results"]]
    archived = fake.get(f"{CONTACTS}?archived=true").json()["results"]
    again = fake.post(CONTACTS, {"properties": {"email": BRIAN_EMAIL}})

    assert BRIAN_ID not in living
    assert [(row["id"], row["archived"]) for row in archived] == [(BRIAN_ID, True)]
    keys = list(archived[0])
    assert keys.index("archivedAt") == keys.index("archived") + 1
    assert again.status == 201


def test_archived_meetings_cannot_be_listed(fake: Fake) -> None:
    """HubSpot's message; meetings that are not archived can be listed."""
    refused = fake.get("/crm/v3/objects/meetings?archived=true")

    assert (refused.status, message(refused)) == (400, "Paging through deleted objects is not yet supported")
    assert fake.get("/crm/v3/objects/meetings").json() == {"results": []}


def test_history_comes_newest_first_between_properties_and_times(fake: Fake) -> None:
    """The position of the key is part of the shape."""
    fake.request("PATCH", f"{CONTACTS}/{BRIAN_ID}", {"properties": {"city": "Oslo"}})

    record = fake.get(f"{CONTACTS}/{BRIAN_ID}?propertiesWithHistory=city").json()

    assert list(record)[:4] == ["id", "properties", "propertiesWithHistory", "createdAt"]
    assert [past["value"] for past in record["propertiesWithHistory"]["city"]] == ["Oslo", "Cambridge"]


def test_history_halves_the_largest_page(fake: Fake) -> None:
    """50 is accepted, 51 is not."""
    assert fake.get(f"{CONTACTS}?propertiesWithHistory=city&limit=50").status == 200
    assert fake.get(f"{CONTACTS}?propertiesWithHistory=city&limit=51").status == 400


def test_a_known_path_with_another_method_is_a_405_that_names_the_methods(fake: Fake) -> None:
    """HTML, with `Allow`."""
    answer = fake.request("PUT", CONTACTS, {})

    assert answer.status == 405
    assert answer.headers["allow"] == "GET,OPTIONS,POST"
    assert b"<title>Error 405 Method Not Allowed</title>" in answer.content


def test_a_very_long_address_is_a_414(fake: Fake) -> None:
    """From about 16,300 characters, with the page of the edge."""
    answer = fake.get(f"{CONTACTS}?properties={'x' * 17_000}")

    assert answer.status == 414
    assert b"414 Request-URI Too Large" in answer.content


@pytest.mark.parametrize(
    ("choice", "target", "status"),
    [
        ({"limit_over_maximum": "clamp"}, f"{CONTACTS}?limit=5000", 200),
        ({"after_not_numeric": "ignore"}, f"{CONTACTS}?after=NTI1Cg", 200),
        ({"missing_as_json": "json"}, f"{CONTACTS}/12", 404),
    ],
)
def test_what_nobody_knows_is_chosen(fake: Fake, choice: dict[str, str], target: str, status: int) -> None:
    """Each assumption's other choice."""
    fake.assume(**choice)

    answer = fake.get(target)

    assert answer.status == status
    assert answer.headers["content-type"] == "application/json;charset=utf-8"


def test_the_link_can_name_a_limit_nobody_sent(empty: Fake) -> None:
    """Records can be without `url`."""
    empty.seed("contacts", *({"id": number} for number in range(1, 12)))
    empty.assume(link_limit="always", record_url="absent")

    page = empty.get(CONTACTS).json()

    assert page["paging"]["next"]["link"] == "http://api.test/crm/objects/v3/contacts?limit=10&after=11"
    assert "url" not in page["results"][0]


def test_consecutive_ids_are_met_once_each(empty: Fake) -> None:
    """The bound is inclusive: the next page begins with that id."""
    empty.seed("contacts", *({"id": number} for number in range(1, 8)))
    seen, target = [], f"{CONTACTS}?limit=3"

    while target:
        page = empty.get(target).json()
        seen += [row["id"] for row in page["results"]]
        target = page.get("paging", {}).get("next", {}).get("link", "").removeprefix("http://api.test")

    assert seen == [str(number) for number in range(1, 8)]


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("/crm/v3/objects", "/crm/objects/v3"),
        ("/crm/objects/v3", "/crm/objects/v3"),
        ("/crm/objects/2026-03", "/crm/objects/2026-03"),
    ],
)
def test_a_dated_path_links_to_itself(empty: Fake, prefix: str, expected: str) -> None:
    """Version 3 links to its canonical path."""
    empty.seed("contacts", {"id": 1}, {"id": 2})

    link = empty.get(f"{prefix}/contacts?limit=1").json()["paging"]["next"]["link"]

    assert link == f"http://api.test{expected}/contacts?limit=1&after=2"


def test_more_than_a_hundred_links_go_on_under_a_cursor_that_is_encoded_already(fake: Fake) -> None:
    """Following the link works; encoding the cursor once more does not."""
    fake.seed("companies", *({"id": number} for number in range(1, 131)))
    for number in range(1, 131):
        fake.request("PUT", f"/crm/v4/objects/contacts/{BRIAN_ID}/associations/default/companies/{number}")

    record = fake.get(f"{CONTACTS}/{BRIAN_ID}?associations=companies").json()
    found = record["associations"]["companies"]
    following = found["paging"]["next"]
    rest = fake.get(following["link"].removeprefix("http://api.test")).json()
    broken = fake.get(
        f"/crm/v4/objects/contacts/{BRIAN_ID}/associations/companies?after={following['after']}".replace("%", "%25")
    )

    assert list(record)[-1] == "associations"
    assert len(found["results"]) == 100
    assert following["after"].endswith("%3D")
    assert {row["id"] for row in rest["results"]} | {row["id"] for row in found["results"]} == set(
        map(str, range(1, 131))
    )
    assert broken.status == 400


def test_a_record_that_was_read_before_is_read_as_it_is_now(fake: Fake) -> None:
    """Whatever changes it: a write, an archive, a new link, an assumption."""
    made = fake.post(CONTACTS, {"properties": {"lastname": "Before"}}).json()
    target = f"{CONTACTS}/{made['id']}?associations=companies"
    company = fake.post("/crm/v3/objects/companies", {"properties": {"name": "Linked"}}).json()
    first = [fake.get(target).json() for _ in range(2)]

    fake.request("PATCH", f"{CONTACTS}/{made['id']}", {"properties": {"lastname": "After"}})
    changed = fake.get(target).json()
    fake.request("PUT", f"/crm/v4/objects/contacts/{made['id']}/associations/default/companies/{company['id']}")
    linked = fake.get(target).json()
    fake.request("DELETE", f"{CONTACTS}/{made['id']}")
    archived = fake.get(target)

    assert first[0] == first[1]
    assert (first[0]["properties"]["lastname"], changed["properties"]["lastname"]) == ("Before", "After")
    assert {one["id"] for one in linked["associations"]["companies"]["results"]} == {company["id"]}
    assert archived.status == 404
