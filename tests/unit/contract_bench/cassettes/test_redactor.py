"""Redacting whole interactions: which places change, what is counted, and what is kept byte for byte."""

import json
import re
from typing import Any

from contract_bench.cassettes.model import Interaction
from contract_bench.cassettes.redaction import Change, RedactedRecording, Redactor
from tests.support.cases import for_each
from tests.support.interactions import CONTACTS, contact, interaction, page

UUID = "0a1b2c3d-aaaa-4bbb-8ccc-dddddddddddd"
TEXT = r"Text[0-9a-f]{10}"


def redact(*interactions: Interaction) -> RedactedRecording:
    return Redactor(b"key").redact(interactions)


def places(*interactions: Interaction) -> list[tuple[int, str]]:
    """Return the changed places."""
    return [(change.interaction, change.place) for change in redact(*interactions).changes]


def uri(text: str) -> str:
    """Return a URI after redaction."""
    return redact(interaction(text)).interactions[0].request.uri


def sent(body: bytes) -> str:
    """Return the body of a request after redaction."""
    return redact(interaction(method="POST", body=body)).interactions[0].request.body.decode()


def answered(body: bytes, status: int = 200) -> str:
    """Return the body of a response after redaction."""
    return redact(interaction(answer=body, status=status)).interactions[0].response.body.decode()


def test_changes_name_the_interaction_and_the_place() -> None:
    clean = interaction()
    one = interaction(
        f"{CONTACTS}?q=Jane",
        {"results": [{"properties": {"city": "Oslo", "hs_n": "1"}}, {"nick": ["a_1", "Jane"]}], "x@acme.no": None},
        method="POST",
        body={"query": "Jane", "limit": 1},
        headers={"Content-Type": ("application/json",), "Location": ("/x@acme.no",), "X-B": ("1",), "X-A": ("1",)},
        request_headers={"Accept": ("*/*",), "Cookie": ("a=b",)},
    )

    redacted = redact(clean, one, clean)

    assert redacted.changes == (
        Change(1, "request header Cookie"),
        Change(1, "request body $.query"),
        Change(1, "request URL"),
        Change(1, "response header Location"),
        Change(1, "response header X-B"),
        Change(1, "response header X-A"),
        Change(1, "response body $"),
    )
    assert redacted.headers == ("Cookie", "X-A", "X-B")
    assert list(redacted.people) == ["address", "e-mail address", "free text"]
    assert redacted.people == {"address": 1, "e-mail address": 2, "free text": 3}


def test_changes_in_a_document_are_named_by_their_paths() -> None:
    document = {
        "results": [{"properties": {"city": "Oslo", "hs_n": "1"}}, {"nick": ["a_1", "Jane"]}],
        "password": {"a": "b"},
    }

    assert places(interaction(answer=document)) == [
        (0, "response body $.results[0].properties.city"),
        (0, "response body $.results[1].nick[1]"),
        (0, "response body $.password.a"),
    ]


def test_secrets_are_counted_by_kind_in_the_order_of_their_names() -> None:
    one = interaction(
        f"{CONTACTS}?hapikey={UUID}",
        {"password": UUID, "message": f"Bearer abcdefg1, token={UUID}"},
        headers={"Location": (f"/oauth/v1/access-tokens/{UUID}",)},
    )

    redacted = redact(one)

    assert list(redacted.secrets.items()) == [("authorization header", 1), ("named secret", 3), ("token in a path", 1)]
    assert redacted.people == {}


def test_recording_without_anything_to_redact_is_unchanged() -> None:
    originals = (
        interaction(),
        interaction(f"{CONTACTS}/1", contact(1), method="PATCH", body={"properties": {"hs_n": "1"}}),
    )

    redacted = redact(*originals)

    assert redacted == RedactedRecording(originals, ())


def test_stale_headers_are_forgotten() -> None:
    """They are dropped with the other headers."""
    one = interaction()
    stale = Interaction(one.request, type(one.response)(200, b"{}", one.response.headers, "OK", ("Content-Length",)))

    assert redact(stale).interactions[0].response.stale_headers == ()


@for_each(
    ("text", "redacted"),
    [
        (f"{CONTACTS}?limit=2&after=52&properties=email,firstname", None),
        (f"{CONTACTS}?propertiesWithHistory=email&associations=companies&archived=false", None),
        (f"{CONTACTS}?count=2&offset=3&vidOffset=4&timeOffset=5&property=email&propertyMode=value_only", None),
        (f"{CONTACTS}?grant_type=refresh_token&redirect_uri=x&client_id=Abc&locale=nb&since=52", None),
        (f"{CONTACTS}?after=MC0yLTc1MDI%3D&x=&archived&limit=1", None),
        (f"{CONTACTS}", None),
        ("https://user:pass@api.hubapi.com/crm/v3/objects/contacts", "https://api.hubapi.com/crm/v3/objects/contacts"),
        (f"{CONTACTS}#fragment", CONTACTS),
        (f"{CONTACTS}?code=abcdef&code=&limit=1", f"{CONTACTS}?code=REDACTED&code=&limit=1"),
        (f"{CONTACTS}?code=REDACTED&h%61pikey={UUID}", f"{CONTACTS}?code=REDACTED&h%61pikey=REDACTED"),
        (f"{CONTACTS}/{UUID}?limit=%31", None),
        (f"{CONTACTS}/123?idProperty=hs_object_id", None),
        (f"{CONTACTS}/lead?idProperty=hs_x", None),
        (f"{CONTACTS}/x@example.com?idProperty=email", None),
    ],
)
def test_url(text: str, redacted: str | None) -> None:
    """What is kept is kept as it is spelled."""
    assert uri(text) == (redacted or text)


@for_each(
    ("text", "pattern"),
    [
        ("?q=Jane+Roe&limit=1", rf"\?q={TEXT}&limit=1"),
        ("?q=Jane%20Roe", rf"\?q={TEXT}"),
        ("?limit=jane@acme.no", r"\?limit=person-[0-9a-f]{10}%40example\.com"),
        ("?jane@acme.no", r"\?person-[0-9a-f]{10}%40example\.com"),
        ("?redirect_uri=a/jane@acme.no", r"\?redirect_uri=a%2Fperson-[0-9a-f]{10}%40example\.com"),
        ("?a/jane@acme.no=", r"\?person-[0-9a-f]{10}%40example\.com="),
        ("?jane%40acme.no=", r"\?person-[0-9a-f]{10}%40example\.com="),
        ("/Jane%2FRoe?idProperty=city", r"/Place[0-9a-f]{10}\?idProperty=city"),
        ("/Jane@home?idProperty=city", r"/Place[0-9a-f]{10}\?idProperty=city"),
        (
            "/jane%40acme.no/x?idProperty=city",
            r"/person-[0-9a-f]{10}%40example\.com/Place[0-9a-f]{10}\?idProperty=city",
        ),
        ("/jane@acme.no", r"/person-[0-9a-f]{10}@example\.com"),
    ],
)
def test_url_with_personal_data(text: str, pattern: str) -> None:
    assert re.fullmatch(re.escape(CONTACTS) + pattern, uri(f"{CONTACTS}{text}"))


@for_each(
    "body",
    [
        b'{ "results": [] }', b"[]", b"null", b"", b"--- ---\r\n", b"limit=1&after=2", b"a=&limit=1", b"a=",
        b"hapikey=REDACTED",
        b'{"password": null, "token": "", "secret": true, "cookie": false, "jwt": "REDACTED"}',
        b'{"apiKey": ["REDACTED", null]}',
        b'{"properties": {"password": null, "token": "", "secret": false, "hs_n": 12}}',
    ],
)  # fmt: skip
def test_body_without_personal_data_is_kept_byte_for_byte(body: bytes) -> None:
    assert sent(body) == body.decode()
    assert answered(body) == body.decode()
    assert redact(interaction(answer=body)).secrets == {}


@for_each(
    ("body", "pattern"),
    [
        (b"Jane", TEXT),
        (b"id,name\n1,Jane", TEXT),
        (b"q=Jane Roe", TEXT),  # with a blank it is no form
        (b"q=Jane+Roe&limit=1", rf"q={TEXT}&limit=1"),
        (b"q=Jane&limit", TEXT),  # a form has an equals sign in each field
        (b"\xff\xd8", TEXT),
        (b'"Jane"', f'"{TEXT}"'),
        (b'{"name":"\xc3\x85se","vid":"1"}', rf'\{{"name":"{TEXT}","vid":"1"\}}'),
        (b'{ "error": "\xc3\x85", "nick": "Jane" }', rf'\{{"error":"{TEXT}","nick":"{TEXT}"\}}'),
        (b"17", r"999\d{4}"),
    ],
)
def test_body_with_personal_data(body: bytes, pattern: str) -> None:
    assert re.fullmatch(pattern, sent(body))
    assert re.fullmatch(pattern, answered(body))
    assert places(interaction(method="POST", body=body))[0][1].startswith("request body")
    assert places(interaction(answer=body))[0][1].startswith("response body")


@for_each(("status", "is_kept"), [(200, False), (399, False), (400, True), (502, True)])
def test_page_of_an_error_is_kept_and_any_other_text_is_not(status: int, is_kept: bool) -> None:
    page_of_error = b"<h1>Bad gateway</h1> for jane@acme.no"

    redacted = answered(page_of_error, status)

    if is_kept:
        assert re.fullmatch(rf"<h1>Bad gateway</h1> {TEXT} person-[0-9a-f]{{10}}@example\.com", redacted)
    else:
        assert re.fullmatch(TEXT, redacted)


@for_each(
    ("portal", "is_replaced"),
    [("147893286", True), ("1478", True), ("147", False), ("62515", False), ("424242", False)],
)
def test_portal_id_in_a_link_is_replaced(portal: str, is_replaced: bool) -> None:
    """Except those of HubSpot's documentation and of the fake."""
    row = contact(1) | {"url": f"https://app.hubspot.com/contacts/{portal}/record/0-1/1"}
    error = {"status": "error", "message": f"Portal {portal} is busy"}

    redacted = redact(interaction(answer=page(row)), interaction(answer=error, status=400))

    listed, message = (one.response.body.decode() for one in redacted.interactions)
    assert (f"/{portal}/" not in listed) is is_replaced
    assert f"Portal {portal}" not in message  # no message of HubSpot's that a rule knows
    assert redact(*redacted.interactions).changes == ()


def test_token_of_the_recording_is_replaced_whatever_it_looks_like() -> None:
    one = interaction(f"{CONTACTS}?since=tiny", {"message": "tiny"}, headers={"Location": ("/tiny",)})

    redacted = Redactor(b"key", secrets=["tiny"]).redact((one,))

    assert "tiny" not in repr(redacted.interactions)
    assert redacted.secrets == {"the recording's token": 3}


def test_several_portals_keep_apart() -> None:
    links = {f"url{n}": f"https://app.hubspot.com/contacts/{n}2345678/record/0-1/1" for n in (1, 2)}

    redacted = json.loads(answered(json.dumps({"link": links["url1"], "url": links["url2"]}).encode()))

    assert redacted["link"] != redacted["url"]
    assert all("/999" in link for link in redacted.values())


def properties(**values: Any) -> dict[str, Any]:
    """Return properties after redaction."""
    body = redact(interaction(answer={"properties": values})).interactions[0].response.body
    found: dict[str, Any] = json.loads(body)["properties"]
    return found


def test_name_of_a_sample_contact_is_kept_and_nothing_else_of_it() -> None:
    kept = properties(firstname="Brian", lastname="Halligan (Sample Contact)", city="Cambridge")

    assert (kept["firstname"], kept["lastname"]) == ("Brian", "Halligan (Sample Contact)")
    assert kept["city"].startswith("Place")


@for_each("lastname", ["Halligan", "", None, "(Sample Contact) Roe"])
def test_name_of_anybody_else_is_replaced(lastname: str | None) -> None:
    assert properties(firstname="Brian", lastname=lastname)["firstname"].startswith("First")


def test_names_of_properties_are_redacted_too() -> None:
    (name,) = properties(**{"of_jane@acme.no": "1"})

    assert "acme" not in name


@for_each(
    ("key", "value", "pattern"),
    [
        ("email", "jane@acme.no", r"person-[0-9a-f]{10}@example\.com"),
        ("email", "a_b", TEXT),
        ("Emails", "a_b", TEXT),
        ("firstname", "a_b", "First[0-9a-f]{10}"),
        ("First_Name", "a_b", "First[0-9a-f]{10}"),
        ("lastname", "a_b", "Last[0-9a-f]{10}"),
        ("firstName", "jane", "First[0-9a-f]{10}"),
        ("last_name", "jane", "Last[0-9a-f]{10}"),
        ("fullName", "a_b", TEXT),
        ("phone", "a_b", r"\+1555\d{7}"),
        ("user", "a_b", TEXT),
        ("query", "a_b", TEXT),
        ("unknown", "Jane", TEXT),
        ("unknown", "a_b", "a_b"),
        ("unknown", "A_B1", "A_B1"),
        ("unknown", "a_B", TEXT),
        ("unknown", "ab", TEXT),
        ("message", "Jane is here", TEXT),
        ("message", "resource not found", "resource not found"),
        ("status", "COMPLETE", "COMPLETE"),
    ],
)
def test_key_of_json_decides(key: str, value: str, pattern: str) -> None:
    redacted = json.loads(answered(json.dumps({key: value}).encode()))

    assert re.fullmatch(pattern, redacted[key])


@for_each(("key", "value"), [("phone", 91234567), ("query", 12), ("EMAIL", 1.5)])
def test_number_under_the_key_of_a_person_is_replaced(key: str, value: float) -> None:
    assert str(value) not in answered(json.dumps({key: value}).encode())


@for_each("value", [True, False, None, ""])
def test_flag_under_the_key_of_a_person_is_kept(value: object) -> None:
    body = json.dumps({"phone": value, "password": value}).encode()

    assert answered(body) == body.decode()


def test_everything_below_a_secret_key_is_a_secret() -> None:
    document = {"credentials": {"user": "jane", "n": 1, "list": ["a", {"b": "c"}], "none": None}}

    redacted = redact(interaction(answer=document))

    assert json.loads(redacted.interactions[0].response.body) == {
        "credentials": {"user": "REDACTED", "n": "REDACTED", "list": ["REDACTED", {"b": "REDACTED"}], "none": None}
    }
    assert redacted.secrets == {"named secret": 4}


@for_each(
    "document",
    [
        {"filters": [{"propertyName": "city", "operator": "HAS_PROPERTY"}]},
        {"sorts": [{"propertyName": "city", "direction": "DESCENDING"}]},
        {"filters": [{"propertyName": "city", "operator": "IN", "values": []}]},
        {"propertiesWithHistory": ["city", "zip"]},
        {
            "propertiesWithHistory": {
                "hs_n": [{"value": "1", "timestamp": "2026-03-12T07:34:24Z", "sourceType": "CRM_UI"}]
            }
        },
        {"idProperty": "city", "inputs": [], "results": [{"id": "12"}]},
        {"idProperty": None, "inputs": [{"id": "12"}]},
    ],
)
def test_words_of_the_protocol_are_kept(document: dict[str, Any]) -> None:
    body = json.dumps(document).encode()

    assert sent(body) == body.decode()


def test_user_in_a_version_of_the_history_is_replaced() -> None:
    """Beside the value there may be names too."""
    versions = [{"value": "1", "updatedByUserName": "Jane"}, "Jane"]

    body = json.loads(answered(json.dumps({"propertiesWithHistory": {"hs_n": versions}}).encode()))

    assert body["propertiesWithHistory"]["hs_n"][0]["value"] == "1"
    assert "Jane" not in json.dumps(body)


def test_number_of_a_property_stays_a_number_and_a_persons_does_not() -> None:
    assert properties(hs_n=12, hs_x=12345678, password=12345678, own=12345678, flag=True) == {
        "hs_n": 12,
        "hs_x": 12345678,
        "password": "REDACTED",
        "own": int(properties(own="12345678")["own"]),
        "flag": True,
    }
