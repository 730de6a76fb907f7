"""Taking secrets and people's data out of recordings."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contract_bench.cassettes.model import Interaction
from contract_bench.cassettes.redaction import RedactedRecording, Redactor
from tests.support.cases import for_each
from tests.support.contacts import BRIAN, MARIA
from tests.support.interactions import CONTACTS, contact, interaction, page

TOKEN = "pat-na1-00000000-1111-4222-8333-444444444444"
JANE = {"email": "Jane.Roe@acme.no", "firstname": "Jane", "lastname": "Roe", "phone": "+47 912 34 567"}


def redact(*interactions: Interaction, key: bytes = b"key") -> RedactedRecording:
    """The interactions, redacted."""
    return Redactor(key, secrets=[TOKEN]).redact(interactions)


def body(redacted: RedactedRecording, index: int = 0) -> Any:
    """The JSON of a response."""
    return json.loads(redacted.interactions[index].response.body)


def everything(redacted: RedactedRecording) -> str:
    """Everything that a file would contain."""
    return repr(redacted.interactions)


def test_a_person_gets_a_pseudonym_of_each_kind() -> None:
    """It has the format of the value, so that a connector still accepts it."""
    properties = body(redact(interaction(answer=page(contact(1, **JANE)))))["results"][0]["properties"]

    assert properties["email"].endswith("@example.com")
    assert properties["firstname"].startswith("First")
    assert properties["lastname"].startswith("Last")
    assert properties["phone"].startswith("+1555")


def test_a_person_has_the_same_pseudonym_everywhere() -> None:
    """In rows, paths, queries, filters and messages, so that joins still work."""
    row = interaction(answer=page(contact(1, **JANE)))
    by_path = interaction(f"{CONTACTS}/jane.roe%40acme.no?idProperty=email", contact(1, **JANE))
    search = {"filterGroups": [{"filters": [{"propertyName": "email", "operator": "EQ", "value": "jane.roe@acme.no"}]}]}
    by_search = interaction(f"{CONTACTS}/search", page(contact(1, **JANE)), method="POST", body=search)
    message = {"status": "error", "message": "Jane.Roe@acme.no exists, says Jane Roe. Existing ID: 1"}
    conflict = interaction(CONTACTS, message, method="POST", status=409)

    redacted = redact(row, by_path, by_search, conflict)

    email = body(redacted)["results"][0]["properties"]["email"]
    assert email.replace("@", "%40") in redacted.interactions[1].request.uri
    sent = json.loads(redacted.interactions[2].request.body)
    assert sent["filterGroups"][0]["filters"][0]["value"] == email
    assert email in body(redacted, 3)["message"]
    assert body(redacted, 3)["message"].endswith("Existing ID: 1")
    assert not [name for name in ("jane", "acme") if name in everything(redacted).lower()]


def test_a_name_in_a_message_is_recognised_from_a_later_row() -> None:
    """The order of the requests does not matter."""
    message = interaction(answer={"status": "error", "message": "Margrethe was not a valid long"}, status=400)
    row = interaction(answer=page(contact(1, firstname="Margrethe")))

    assert "Margrethe" not in everything(redact(message, row))


def test_two_people_have_different_pseudonyms() -> None:
    people = [contact(number, email=f"someone-{number}@acme.no") for number in range(1, 500)]

    rows = body(redact(interaction(answer=page(*people))))["results"]

    assert len({row["properties"]["email"] for row in rows}) == 499


def test_another_key_gives_other_pseudonyms() -> None:
    """Without the key, nobody can try out addresses."""
    one, other = (redact(interaction(answer=contact(1, **JANE)), key=key) for key in (b"a", b"b"))

    assert body(one)["properties"]["email"] != body(other)["properties"]["email"]


def test_ids_cursors_and_timestamps_are_kept() -> None:
    """They are the purpose of a recording."""
    original = page(contact(1, **JANE), contact(51), after="52")

    redacted = body(redact(interaction(answer=original)))

    assert redacted["paging"] == original["paging"]
    for before, after in zip(original["results"], redacted["results"], strict=True):
        assert {**after, "properties": 0} == {**before, "properties": 0}
        assert after["properties"]["lastmodifieddate"] == before["properties"]["lastmodifieddate"]


def test_a_body_without_personal_data_is_kept_byte_for_byte() -> None:
    """Including spacing, escapes and key order."""
    raw = b'{ "results": [] , "tot\\u0061l": 15 , "x": null }'

    assert redact(interaction(answer=raw)).interactions[0].response.body == raw


@for_each(
    ("name", "value"),
    [
        ("favourite_pizza", "Margherita with Jane"), ("hs_meeting_body", "call Jane"), ("subject", "Jane is ill"),
        ("address", "Storgata 1"), ("city", "Oslo"), ("zip", "0155"), ("mobilephone", "91234567"),
        ("date_of_birth", "1980-01-01"), ("jobtitle", "CEO"), ("company", "Acme"), ("website", "acme.no"),
        ("hs_email_domain", "acme.no"), ("hs_full_name_or_email", "Jane Roe"),
        ("hs_additional_emails", "a@acme.no;b@acme.no"),
        ("personnummer", "01018012345"), ("account_no", "12345678901"),
        ("custom_count", "12"), ("salary", "7.5"), ("pin", "4711"), ("our_day", "2026-03-12"), ("tax_id", "1"),
        ("hs_searchable_calculated_phone_number", "4791234567"),
        ("hs_ip_timezone", "europe_slash_oslo"), ("linkedin_handle", "janeroe"), ("work_email", "jane@acme.no"),
        ("some_custom_enum", "vip"), ("email", "no address at all"), ("api_token", "abcdef"),
    ],
)  # fmt: skip
def test_a_property_that_may_be_personal_data_is_replaced(name: str, value: str) -> None:
    """Properties that no rule knows are replaced."""
    redacted = redact(interaction(answer=page(contact(1, **{name: value}))))

    assert body(redacted)["results"][0]["properties"][name] != value
    assert any(change.place.endswith(f"properties.{name}") for change in redacted.changes)


@for_each(
    ("name", "value"),
    [
        ("lifecyclestage", "lead"), ("hs_lead_status", "OPEN_DEAL"), ("hs_object_source", "INTEGRATION"),
        ("num_notes", "0"),
        ("hs_lifecyclestage_lead_date", "1762104088373"), ("hs_all_contact_vids", "1;2;309706358493"),
        ("hs_is_contact", "true"),
        ("hs_pipeline", "contacts-lifecycle-pipeline"), ("hubspot_owner_id", "156644386"), ("custom_flag", "false"),
        ("closedate", "2026-03-12T07:34:24Z"), ("phone", ""), ("city", None),
    ],
)  # fmt: skip
def test_a_property_that_is_not_personal_data_is_kept(name: str, value: str | None) -> None:
    """A recording without values would be useless."""
    redacted = redact(interaction(answer=page(contact(1, **{name: value}))))

    assert body(redacted)["results"][0]["properties"][name] == value


def test_only_allowed_headers_are_kept() -> None:
    """In requests and in responses."""
    one = interaction(
        headers={
            "Content-Type": ("application/json",),
            "Set-Cookie": ("__cf_bm=abc; path=/",),
            "X-New-Thing": ("1",),
            "X-HubSpot-RateLimit-Daily": ("250000",),
        },
        request_headers={"Authorization": (f"Bearer {TOKEN}",), "Cookie": ("a=b",), "Accept": ("*/*",)},
    )

    redacted = redact(one)

    assert set(redacted.interactions[0].response.headers) == {"Content-Type", "X-HubSpot-RateLimit-Daily"}
    assert set(redacted.interactions[0].request.headers) == {"Accept"}
    assert redacted.headers == ("Authorization", "Cookie", "Set-Cookie", "X-New-Thing")


@for_each(
    "one",
    [
        interaction(f"{CONTACTS}?limit=1&hapikey=00000000-aaaa-4bbb-8ccc-dddddddddddd"),
        interaction(f"{CONTACTS}?code=secretcode1"),
        interaction(f"{CONTACTS}/{TOKEN}"),
        interaction("https://user:secretcode1@api.hubapi.com/crm/v3/objects/contacts"),
        interaction("https://api.hubapi.com/oauth/v1/access-tokens/secretcode1"),
        interaction(body={"client_secret": "secretcode1"}, method="POST"),
        interaction(body=b"grant_type=refresh_token&refresh_token=secretcode1&code=secretcode1", method="POST"),
        interaction(answer={"access_token": "secretcode1", "nested": {"session_token": ["secretcode1"]}}),
        interaction(answer={"message": f"the token {TOKEN} is unknown"}),
        interaction(answer={TOKEN: 1}),
        interaction(answer=f"<html>{TOKEN}</html>".encode(), status=500),
        interaction(headers={"Location": (f"https://x.test/?access_token={TOKEN}",)}),
    ],
    ids=lambda one: one.request.uri[-30:],
)
def test_a_token_is_removed_from_every_place(one: Interaction) -> None:
    """URL, header, body, key, message, page."""
    redacted = redact(one)

    assert not [word for word in (TOKEN, "secretcode1", "00000000-aaaa") if word in everything(redacted)]
    assert redacted.changes


def test_a_text_that_is_not_an_error_page_is_replaced_completely() -> None:
    """It may be an export with personal data."""
    redacted = redact(interaction(answer=b"id,email\n1,jane@acme.no\n"), interaction(answer=b"\xff\xd8\xff"))

    assert all(one.response.body.startswith(b"Text") for one in redacted.interactions)


def test_hubspots_sample_contacts_are_kept() -> None:
    """They are in every new portal and are not personal data."""
    assert redact(interaction(answer=page(BRIAN, MARIA))).changes == ()


def test_the_portal_id_is_replaced_everywhere() -> None:
    """It identifies the customer."""
    row = contact(1) | {"url": "https://app-eu1.hubspot.com/contacts/147893286/record/0-1/1"}
    error = {"status": "error", "message": "invalid was not a valid long. Portal 147893286, object type 0-47"}

    redacted = redact(interaction(answer=page(row)), interaction(answer=error, status=400))

    assert "147893286" not in everything(redacted)
    assert body(redacted)["results"][0]["url"].endswith("/record/0-1/1")


def test_an_id_property_is_replaced_by_its_pseudonym() -> None:
    """In a path, in a batch, and in the error that lists what was not found."""
    row = interaction(answer=page(contact(1, membership="AB-1234")))
    by_path = interaction(f"{CONTACTS}/AB-1234?idProperty=membership", contact(1, membership="AB-1234"))
    batch = {"idProperty": "membership", "properties": ["email"], "inputs": [{"id": "AB-1234"}]}
    missing = {"results": [], "errors": [{"status": "error", "context": {"ids": ["AB-1234"]}}], "numErrors": 1}
    by_batch = interaction(f"{CONTACTS}/batch/read", missing, method="POST", body=batch, status=207)

    redacted = redact(row, by_path, by_batch)

    pseudonym = body(redacted)["results"][0]["properties"]["membership"]
    assert f"/{pseudonym}?idProperty=membership" in redacted.interactions[1].request.uri
    assert json.loads(redacted.interactions[2].request.body) == {**batch, "inputs": [{"id": pseudonym}]}
    assert body(redacted, 2)["errors"][0]["context"]["ids"] == [pseudonym]
    assert "AB-1234" not in everything(redacted)


def test_contacts_of_api_version_1_are_redacted() -> None:
    """Their values are wrapped, and addresses are beside the properties."""
    old = {
        "vid": 1,
        "properties": {"firstname": {"value": "JANE"}, "lastmodifieddate": {"value": "1414183315068"}},
        "identity-profiles": [{"identities": [{"type": "EMAIL", "value": "jane@acme.no", "timestamp": 1405347851180}]}],
        "profile-token": "AO_T-secret",
    }

    redacted = body(
        redact(interaction("https://api.hubapi.com/contacts/v1/lists/all/contacts/all", {"contacts": [old]}))
    )

    (row,) = redacted["contacts"]
    assert row["properties"]["firstname"]["value"].startswith("First")
    assert row["properties"]["lastmodifieddate"] == {"value": "1414183315068"}
    assert row["identity-profiles"][0]["identities"][0]["value"].endswith("@example.com")
    assert (row["vid"], row["profile-token"]) == (1, "REDACTED")


def test_a_text_under_an_unknown_key_is_replaced() -> None:
    """In upper or lower case. Only words that cannot be names are kept."""
    redacted = body(redact(interaction(answer={"sold_to": "JANE", "nick": "jane", "state_of_it": "NOT_DONE", "n": 3})))

    assert redacted["sold_to"].startswith("Text")
    assert redacted["nick"].startswith("Text")
    assert redacted["state_of_it"] == "NOT_DONE"
    assert str(redacted["n"]).startswith("999")


def test_owners_are_redacted() -> None:
    """Their names are not in `properties`."""
    owner = {"id": "1", "email": "jane@acme.no", "firstName": "Jane", "lastName": "Roe", "userId": 7, "type": "PERSON"}

    row = body(redact(interaction("https://api.hubapi.com/crm/v3/owners", page(owner))))["results"][0]

    assert (row["id"], row["userId"], row["type"]) == ("1", 7, "PERSON")
    assert row["firstName"].startswith("First")
    assert row["email"].endswith("@example.com")


NAMES = st.sampled_from(
    ["email", "firstname", "phone", "notes", "hs_body", "custom", "zip", "hs_x_id", "hs_email_domain"]
)


@given(st.dictionaries(NAMES, st.none() | st.text(max_size=20), max_size=5))
@settings(max_examples=150, deadline=None)
def test_redaction_is_idempotent(properties: dict[str, str | None]) -> None:
    """Redacted values are recognised as such, which lint relies on."""
    once = redact(interaction(answer=page(contact(1, **properties))))

    again = redact(*once.interactions)

    assert again.interactions == once.interactions
    assert again.changes == ()
