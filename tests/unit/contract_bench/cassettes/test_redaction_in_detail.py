"""What exactly stays of each place of a document, an address, a header, a message and a page.

Pseudonyms are shown by their kinds: `TEXT`, `NUMBER`. Each rule has a value that it alone keeps and one that it
replaces, so that a place which lost its rule, or got another one, is seen.
"""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from contract_bench.cassettes.redaction import Redactor
from contract_bench.cassettes.redaction.documents import JsonRedactor
from contract_bench.cassettes.redaction.json_text import parse_json, to_json
from contract_bench.cassettes.redaction.people import PersonalData, Pseudonyms
from contract_bench.cassettes.redaction.texts import PARAMETERS, TextRedactor
from tests.support.cases import Cases
from tests.support.interactions import interaction

SHAPES = (
    (r"person-[0-9a-f]{10}(@|%40)example\.com", r"EMAIL\1"),
    (r"Text[0-9a-f]{10}(?: Text[0-9a-f]{10})*", "TEXT"),
    (r"(First|Last|Place)[0-9a-f]{10}", r"\1-NAME"),
    (r"\+1555\d{7}", "PHONE"),
    (r"%2B1555\d{7}", "%PHONE"),
    (r"(?<!\d)999\d{4,}(?:\.\d+)?", "NUMBER"),
    (r"1900-\d\d-\d\d(?:T\d\d:\d\d:\d\dZ)?", "DATE"),
    (r"cursor-[0-9a-f]{10}", "CURSOR"),
    (r"host-[0-9a-f]{10}\.example", "HOST"),
    (r"key_[0-9a-f]{10}", "KEY"),
)
UUID = "0a1b2c3d-aaaa-4bbb-8ccc-dddddddddddd"
PORTAL = "4711471"


def shown(text: str) -> str:
    """Return a text with the kinds of the pseudonyms in their places."""
    for pattern, name in SHAPES:
        text = re.sub(pattern, name, text)
    return text


def redactor(*secrets: str) -> TextRedactor:
    return TextRedactor(Pseudonyms(b"key"), secrets=secrets, portal_ids=[PORTAL])


def document(text: str) -> str:
    """Return a JSON document after redaction."""
    return shown(to_json(JsonRedactor(redactor()).redact(parse_json(text))))


# One rule after the other: a value that it keeps and no other rule would, and one that it replaces.
BY_KEY = {
    '{"propertyName":"our_own_name"}': '{"propertyName":"our_own_name"}',
    '{"objectType":"our_type"}': '{"objectType":"our_type"}',
    '{"objectType":"Kari Nordmann"}': '{"objectType":"TEXT"}',
    '{"sorts":["our_own_name","Kari Nordmann"]}': '{"sorts":["our_own_name","TEXT"]}',
    '{"status":"COMPLETE"}': '{"status":"COMPLETE"}',
    '{"status":"Kari"}': '{"status":"TEXT"}',
    '{"status":404}': '{"status":404}',
    '{"status":-404}': '{"status":-404}',
    '{"our_own":NaN,"hs_own":Infinity}': '{"our_own":"TEXT","hs_own":"TEXT"}',
    '{"status":4040}': '{"status":NUMBER}',
    '{"id":"713802347732"}': '{"id":"713802347732"}',
    '{"id":"AB-1234"}': '{"id":"TEXT"}',
    '{"ids":"1,Kari"}': '{"ids":"1,TEXT"}',
    '{"id":1234567890123456789}': '{"id":1234567890123456789}',
    '{"id":12345678901234567890}': '{"id":NUMBER}',
    '{"id":4111111111111111}': '{"id":NUMBER}',
    '{"id":1.5}': '{"id":NUMBER}',
    f'{{"id":{PORTAL}}}': '{"id":NUMBER}',
    '{"updatedAt":"2026-03-12T07:34:24Z"}': '{"updatedAt":"2026-03-12T07:34:24Z"}',
    '{"updatedAt":"yesterday"}': '{"updatedAt":"TEXT"}',
    '{"updatedAt":1762104088373}': '{"updatedAt":1762104088373}',
    '{"updatedAt":2762104088373}': '{"updatedAt":2762104088373}',
    '{"updatedAt":27621040883730}': '{"updatedAt":NUMBER}',
    # milliseconds that could be somebody's French number
    '{"updatedAt":1791204088373}': '{"updatedAt":1791204088373}',
    '{"updatedAt":2800175116001}': '{"updatedAt":"TEXT"}',
    '{"num_notes":5,"hs_num_notes":5}': '{"num_notes":NUMBER,"hs_num_notes":5}',
    '{"id":1791204088373}': '{"id":NUMBER}',
    '{"after":"MC0yLTc1MDI%3D"}': '{"after":"MC0yLTc1MDI%3D"}',
    '{"after":"kari"}': '{"after":"CURSOR"}',
    '{"after":52}': '{"after":52}',
    '{"after":4111111111111111}': '{"after":NUMBER}',
    '{"after":-52}': '{"after":-52}',
    '{"link":"/crm/v3/objects/contacts?after=5"}': '{"link":"/crm/v3/objects/contacts?after=5"}',
    '{"link":"/crm/v3/objects/contacts/Kari"}': '{"link":"/crm/v3/objects/contacts/TEXT"}',
    '{"uiDomain":"app-eu1.hubspot.com"}': '{"uiDomain":"app-eu1.hubspot.com"}',
    '{"uiDomain":"kari.hs-sites.com"}': '{"uiDomain":"TEXT"}',
    '{"message":"resource not found"}': '{"message":"resource not found"}',
    '{"message":"Kari is here"}': '{"message":"TEXT"}',
    '{"total":"1234567890"}': '{"total":"1234567890"}',
    '{"total":"12345678901"}': '{"total":"TEXT"}',
    '{"total":1234567890}': '{"total":1234567890}',
    '{"total":12345678901}': '{"total":NUMBER}',
    '{"total":-7}': '{"total":-7}',
    '{"total":1.5}': '{"total":NUMBER}',
    '{"total":1500650056}': '{"total":1500650056}',
    f'{{"portalId":{PORTAL}}}': '{"portalId":NUMBER}',
    f'{{"hubId":"{PORTAL}"}}': '{"hubId":"NUMBER"}',
    '{"hubId":"Kari"}': '{"hubId":"TEXT"}',
    '{"hubId":62515}': '{"hubId":62515}',
    # the key in any spelling
    '{"UPDATED_AT":"2026-03-12"}': '{"UPDATED_AT":"2026-03-12"}',
    '{"updated-at":"2026-03-12"}': '{"updated-at":"2026-03-12"}',
    '{"expire time":"2026-03-12"}': '{"expire time":"2026-03-12"}',
    # pages of other APIs
    '{"totalPages":"1234567","nextCursor":"kari","nextLink":"/x?page=7"}': (
        '{"totalPages":"1234567","nextCursor":"CURSOR","nextLink":"/x?page=7"}'
    ),
    '{"@odata.count":1234567,"nextPageToken":"kari"}': '{"@odata.count":1234567,"nextPageToken":"CURSOR"}',
    # people, also as numbers
    '{"phone":91234567}': '{"phone":"PHONE"}',
    '{"query":12}': '{"query":"TEXT"}',
    '{"email":"kari@acme.no"}': '{"email":"EMAIL@"}',
    '{"email":"kari"}': '{"email":"TEXT"}',
    '{"user":"kari@acme.no"}': '{"user":"EMAIL@"}',
    '{"firstName":"a_b","lastName":"a_b"}': '{"firstName":"First-NAME","lastName":"Last-NAME"}',
    # no rule
    '{"errors":["resource not found","Kari"]}': '{"errors":["resource not found","TEXT"]}',
    '{"warnings":["resource not found"]}': '{"warnings":["TEXT"]}',
    '{"other":"resource not found"}': '{"other":"TEXT"}',
    '{"other":"https://api.hubapi.com/crm/v3/objects/contacts"}': (
        '{"other":"https://api.hubapi.com/crm/v3/objects/contacts"}'
    ),
    '{"other":"http://localhost/crm?limit=1"}': '{"other":"http://localhost/crm?limit=1"}',
    '{"other":"see https://api.hubapi.com"}': '{"other":"TEXT"}',
    '{"other":"NOT_FOUND"}': '{"other":"NOT_FOUND"}',
    '{"other":"NOTFOUND"}': '{"other":"TEXT"}',
    '{"other":"our_kari"}': '{"other":"TEXT"}',
    '{"other":5}': '{"other":NUMBER}',
    '{"hs_other":5}': '{"hs_other":5}',
    '{"hs_phone":5}': '{"hs_phone":"PHONE"}',
    '{"hs_other":4111111111111111}': '{"hs_other":"TEXT"}',
    '{"city":5}': '{"city":"Place-NAME"}',
    # secrets, whatever their form
    '{"password":5,"token":"x","secret":[1.5,{"a":"b"},null,true,false,""]}': (
        '{"password":"REDACTED","token":"REDACTED","secret":["REDACTED",{"a":"REDACTED"},null,true,false,""]}'
    ),
    '{"password":"REDACTED","token":"REDACTED1","cookie":null,"jwt":""}': (
        '{"password":"REDACTED","token":"REDACTED1","cookie":null,"jwt":""}'
    ),
    '{"password":{"kari@acme.no":1}}': '{"password":{"EMAIL@":"REDACTED"}}',
    # what the object around it says
    '{"properties":{"our":5,"hs_n":5,"phone":5,"password":5,"e":null,"f":true}}': (
        '{"properties":{"our":NUMBER,"hs_n":5,"phone":"PHONE","password":"REDACTED","e":null,"f":true}}'
    ),
    '{"properties":{"our":["a",5],"city":{"value":"Oslo","timestamp":"2026-03-12","versions":[{"value":"Oslo"}]}}}': (
        '{"properties":{"our":["TEXT",NUMBER],"city":{"value":"Place-NAME","timestamp":"2026-03-12","versions":'
        '[{"value":"Place-NAME"}]}}}'
    ),
    '{"properties":{"firstname":"Maria","lastname":"Johnson (Sample Contact)","city":"Oslo"}}': (
        '{"properties":{"firstname":"Maria","lastname":"Johnson (Sample Contact)","city":"Place-NAME"}}'
    ),
    '{"properties":{"firstname":"Maria","lastname":"Johnson (Sample Contact) Roe"}}': (
        '{"properties":{"firstname":"First-NAME","lastname":"Last-NAME"}}'
    ),
    '{"propertiesWithHistory":{"city":[{"value":"Oslo","sourceId":"1"}],"hs_n":"7"}}': (
        '{"propertiesWithHistory":{"city":[{"value":"Place-NAME","sourceId":"1"}],"hs_n":"7"}}'
    ),
    '{"propertyName":"city","value":"lead","highValue":"lead","values":["lead"],"operator":"EQ","other":"lead"}': (
        '{"propertyName":"city","value":"Place-NAME","highValue":"Place-NAME","values":["Place-NAME"],"operator":"EQ",'
        '"other":"TEXT"}'
    ),
    '{"propertyName":5,"value":"lead"}': '{"propertyName":"TEXT","value":"TEXT"}',
    '{"links":{"any":"/crm?limit=1","next":{"after":"5"},"other":{"a":7}}}': (
        '{"links":{"any":"/crm?limit=1","next":{"after":"5"},"other":{"a":NUMBER}}}'
    ),
    '{"other":{"any":"/crm?limit=1"}}': '{"other":{"any":"TEXT"}}',
    '{"fieldType":"text","name":"our_own","value":"lead","label":"Kari"}': (
        '{"fieldType":"text","name":"our_own","value":"lead","label":"TEXT"}'
    ),
    '{"fieldType":"text","name":null,"value":true}': '{"fieldType":"text","name":null,"value":true}',
    '{"displayOrder":1,"label":"lead","name":"our_own","value":"lead"}': (
        '{"displayOrder":1,"label":"lead","name":"our_own","value":"lead"}'
    ),
    '{"displayOrder":1,"name":"our_own","value":"lead"}': '{"displayOrder":1,"name":"TEXT","value":"TEXT"}',
    '{"label":"lead","name":"our_own","value":"lead"}': '{"label":"lead","name":"TEXT","value":"TEXT"}',
    '{"fieldType":"text","name":"Kari N","value":"Kari N"}': '{"fieldType":"text","name":"TEXT","value":"TEXT"}',
    '{"idProperty":"city","inputs":[{"id":"5"},"5",{"idProperty":"hs_n","id":"5"}]}': (
        '{"idProperty":"city","inputs":[{"id":"Place-NAME"},"NUMBER",{"idProperty":"hs_n","id":"5"}]}'
    ),
    '{"inputs":[{"id":"5"}]}': '{"inputs":[{"id":"5"}]}',
    '{"inputs":{"id":"5"}}': '{"inputs":{"id":"5"}}',
    '{"idProperty":"city","outputs":[{"id":"5"}],"id":"7"}': (
        '{"idProperty":"city","outputs":[{"id":"5"}],"id":"Place-NAME"}'
    ),
    # documents in messages
    '{"message":"Property values were not valid: [{\\"isValid\\":true,\\"message\\":\\"internal error\\"}]"}': (
        '{"message":"Property values were not valid: [{\\"isValid\\":true,\\"message\\":\\"internal error\\"}]"}'
    ),
    '{"message":"internal error {\\"id\\": \\"5\\", \\"a\\": [1]}"}': (
        '{"message":"internal error {\\"id\\":\\"5\\",\\"a\\":[NUMBER]}"}'
    ),
    '{"message":"{\\"id\\": \\"5\\"}"}': '{"message":"{\\"id\\": \\"5\\"}"}',
    '{"message":"[\\"Kari\\"] {"}': '{"message":"[\\"TEXT\\"] {"}',
    '{"message":"[{\\"name\\":\\"Kari\\"}]"}': '{"message":"[{\\"name\\":\\"TEXT\\"}]"}',
}


def test_document(cases: Cases) -> None:
    for before, after in BY_KEY.items():
        with cases.case(before):
            assert document(before) == after


def test_numbers_of_different_people_have_different_pseudonyms(cases: Cases) -> None:
    """Under keys of people, of rules and of nobody; equal ones have the same, as texts too."""
    for key in ("phone", "query", "our_own", "total", "id", "after", "updatedAt", "portalId", "hs_phone_number"):
        with cases.case(key):
            numbers = ("4111111111111111", "5555555555554444", "4111111111111111")
            texts = redactor()
            one, other, again = (
                to_json(JsonRedactor(texts).redact(parse_json(f'{{"{key}":{number}}}'))) for number in numbers
            )
            assert shown(one) == shown(other)
            assert one != other
            assert one == again


def test_an_id_that_a_message_repeats_has_one_pseudonym() -> None:
    """The property is named by the request only."""
    texts = redactor()
    sent = JsonRedactor(texts).redact(parse_json('{"idProperty":"hs_unique_thing","inputs":[{"id":"Kari 7"}]}'))
    number = JsonRedactor(texts).redact(parse_json('{"idProperty":"our_number","inputs":[{"id":5},{"id":"5"}]}'))

    said = texts.message("Existing ID: Kari-7"), texts.id("Kari 7"), texts.id("5")

    pseudonym = sent.get("inputs")[0].get("id")
    assert shown(pseudonym) == "TEXT"
    assert said[1] == pseudonym
    assert said[2] == number.get("inputs")[1].get("id")
    assert texts.id("6") == "6"


# What each parameter keeps and what it replaces. A word is no proof: most rules keep words.
RULES = {
    "number": ({"1234567890": "1234567890", "-7": "-7", "": "", "Kari": "TEXT", "12345678901": "TEXT"}),
    "cursor": {"713802347733": "713802347733", "MC0yLTc1MDI=": "MC0yLTc1MDI=", "kari": "CURSOR", "": ""},
    "schema": {"our_own,other_one": "our_own,other_one", "0-1": "0-1", "Kari N": "TEXT"},
    "word": {"lead": "lead", "1234": "TEXT", "our_own": "TEXT"},
    "url": {"/crm/v3/objects/contacts?limit=1": "/crm/v3/objects/contacts?limit=1", "/Kari": "%2FTEXT"},
    "id": {"713802347732": "713802347732", UUID: UUID, "1,Kari": "1%2CTEXT"},
    "portal": {PORTAL: "NUMBER", "62515": "62515", "lead": "TEXT"},
    "time": {"2026-03-12T07:34:24Z": "2026-03-12T07:34:24Z", "lead": "TEXT", "": ""},
}


def test_parameter(cases: Cases) -> None:
    for name, rule in PARAMETERS.items():
        for before, after in RULES[rule].items():
            with cases.case(f"{name}={before}"):
                kept = redactor().parameter(f"{name}={before}")
                assert shown(kept) == f"{name}={after}"
        with cases.case(name):
            assert redactor().parameter(name) == name


def test_the_rule_of_each_parameter() -> None:
    """Against a list that does not come from the code."""
    assert {rule: {name for name, one in PARAMETERS.items() if one == rule} for rule in RULES} == {
        "number": {"limit", "count", "page", "per_page", "page_size", "pageSize"},
        "cursor": {
            "offset", "after", "before", "since", "vidOffset", "timeOffset", "skip", "start", "cursor", "page_token",
            "pageToken",
        },
        "schema": {
            "properties", "propertiesWithHistory", "property", "associations", "idProperty", "objectTypeId", "sort",
        },
        "word": {
            "offset_param", "archived", "propertyMode", "showListMemberships", "formSubmissionMode", "grant_type",
            "locale", "dataSensitivity", "scope", "scopes", "response_type", "order", "includeDetails",
            "includeFilters", "includeMemberships", "hydrate", "direction", "format",
        },
        "url": {"redirect_uri"},
        "id": {"client_id", "vid", "ids", "id", "userId", "since_id"},
        "portal": {"portalId", "portalID", "hubId"},
        "time": {
            "createdAfter", "updatedAfter", "startTimestamp", "endTimestamp", "updated_since", "updated_after",
            "modified_since",
        },
    }  # fmt: skip


def test_a_rule_that_does_not_exist_is_refused() -> None:
    """It would let through what no rule has looked at."""
    with pytest.raises(ValueError, match="no rule is called 'nubmer'"):
        redactor().by_rule("nubmer", "5")


PARAMETER = {
    "": "",
    "=5": "=NUMBER",
    "a": "TEXT",
    "a=": "a=",
    "a=b": "a=TEXT",
    "totalPages=7&x": "totalPages=TEXT",
    "pageIndex=1234567": "pageIndex=1234567",
    "nextToken=kari": "nextToken=CURSOR",
    "code=x": "code=REDACTED",
    "code=": "code=",
    "code=REDACTED": "code=REDACTED",
    "x=REDACTED1": "x=REDACTED1",
    "x=aREDACTED": "x=TEXT",
    "apiKey=x": "apiKey=REDACTED",
    "hs_n=5": "hs_n=5",
    "hs_n=%35": "hs_n=%35",
    "after=a+b%2Bc": "after=CURSOR",
    "city=a+b": "city=Place-NAME",
    "Kari+N=5": "KEY=NUMBER",
    "kari%40acme.no=5": "EMAIL%40=NUMBER",
    "phone=1": "phone=%PHONE",
    "limit=a=b": "limit=TEXT",
}


def test_a_plus_is_a_blank_in_a_parameter() -> None:
    """Both spellings of a value have one pseudonym, that of the same value in a document."""
    texts = redactor()

    assert texts.parameter("city=Oslo+S") == texts.parameter("city=Oslo%20S")
    assert texts.parameter("city=Oslo+S") == f"city={texts.field('city', 'Oslo S')}"


def test_links_are_read_up_to_20000_characters(cases: Cases) -> None:
    """The quote at the end may be missing."""
    for length, is_read in ((20_000, True), (20_001, True), (20_002, False)):
        with cases.case(length):
            link = '<https://api.hubapi.com/>; rel="next"'.replace("/>", f"/{'a' * (length - 37)}>")
            assert len(link) == length
            one = Redactor(b"key").redact((interaction(headers={"Link": (link,)}),)).interactions[0]
            assert shown(one.response.headers["Link"][0]).startswith("<https://api.hubapi.com/TEXT") is is_read


def test_a_list_of_links_that_nobody_sends_is_a_message() -> None:
    """Its addresses are not read one by one, however long it is."""
    links = ", ".join(['</crm?page=2>; rel="next"'] * 800)

    assert answer({"Link": links})[1]["Link"] != links


def test_pair(cases: Cases) -> None:
    for before, after in PARAMETER.items():
        with cases.case(before):
            assert shown(redactor().parameter(before)) == after


URLS = {
    "": "",
    "/": "/",
    "https://api.hubapi.com": "https://api.hubapi.com",
    "https://API.hubapi.com/": "https://API.hubapi.com/",
    "https://acme.no/crm": "https://HOST/crm",
    "https://acme.no:8443/crm": "https://HOST:8443/crm",
    "https://kari:x@acme.no/crm": "https://HOST/crm",
    "https://kari@api.hubapi.com/crm": "https://api.hubapi.com/crm",
    "http://[::1]:80/crm": "http://[::1]:80/crm",
    "http://[::1]/crm": "http://[::1]/crm",
    "http://[2001:db8::17]/crm": "http://HOST/crm",
    "http://localhost:0/crm": "http://localhost:0/crm",
    "http:///crm?limit=1": "http:///crm?limit=1",
    "//:80/crm": "//:80/crm",
    "//localhost/crm": "//localhost/crm",
    "ftp://localhost/crm": "TEXT",
    "mailto:kari@acme.no": "EMAIL@",
    "http://localhost:x/": "TEXT",
    "http://[::1": "TEXT",
    "/crm?limit=1&&after=5&": "/crm?limit=1&&after=5&",
    "/crm?limit=1#Kari": "/crm?limit=1",
    "/crm?": "/crm",
    "/crm/v3/objects/our_type": "/crm/v3/objects/our_type",
    "/crm/v3/objects/Kari": "/crm/v3/objects/TEXT",
    "/crm/v3/schemas/our_type": "/crm/v3/schemas/our_type",
    "/crm/v3/object-schemas/our_type": "/crm/v3/object-schemas/our_type",
    "/crm/v3/properties/our_type/our_own": "/crm/v3/properties/our_type/our_own",
    "/crm/v3/properties/our_type/our_own/our_own": "/crm/v3/properties/our_type/our_own/TEXT",
    "/crm/v3/pipelines/our_type/our_own": "/crm/v3/pipelines/our_type/TEXT",
    "/crm/v3/associations/our_type": "/crm/v3/associations/our_type",
    "/crm/v3/custom/our_type": "/crm/v3/custom/our_type",
    "/crm/v3/lists/our_type": "/crm/v3/lists/TEXT",
    "properties/our_type/our_own": "properties/our_type/our_own",
    "/crm/v3/objects/p62515_car": "/crm/v3/objects/p62515_car",
    "/crm/v3/objects/p8812345_car": "/crm/v3/objects/pNUMBER_car",
    "/crm/v3/objects/p8812345_our_12345": "/crm/v3/objects/TEXT",
    f"/crm/v3/objects/p{PORTAL}_car": "/crm/v3/objects/pNUMBER_car",
    f"/portals/{PORTAL}/x": "/TEXT/NUMBER/x",
    "/crm/v99/contacts": "/crm/v99/contacts",
    "/crm/v100/contacts": "/crm/TEXT/contacts",
    "/crm/2026-03/contacts": "/crm/2026-03/contacts",
    "/files/contacts.csv": "/files/contacts.csv",
    "/files/Kari.csv": "/files/TEXT.csv",
    "/files/5.json": "/files/5.json",
    "/files/Kari.txt": "/files/TEXT.txt",
    "/files/Kari.json": "/files/TEXT.json",
    "/files/Kari.xml": "/files/TEXT.xml",
    "/files/contacts.exe": "/files/TEXT",
    "/files/contactscsv": "/files/TEXT",
    "/files/csv": "/files/csv",
    "/our_own/crm/properties": "/TEXT/crm/properties",
    "/files/.csv": "/files/.csv",
    "/oauth/v1/access-tokens/abc": "/oauth/v1/access-tokens/REDACTED",
    "/oauth/v1/refresh-tokens/abc/x": "/oauth/v1/refresh-tokens/REDACTED/x",
    "/oauth/v1/access-tokens/": "/oauth/v1/access-tokens/",
    "/oauth/v1/access-tokens/REDACTED": "/oauth/v1/access-tokens/REDACTED",
    "/crm/%76%33/contacts": "/crm/%76%33/contacts",
    "/crm/a%2Fb": "/crm/a%2Fb",
    "/crm/%4b%61%72%69": "/crm/TEXT",
    "/crm/kari@acme.no": "/crm/EMAIL@",
    "/crm/kari%40acme.no": "/crm/EMAIL%40",
    "/crm/kari%2540acme.no": "/crm/EMAIL%40",
    "/crm/713802347732": "/crm/713802347732",
}


def test_url(cases: Cases) -> None:
    for before, after in URLS.items():
        with cases.case(before):
            assert shown(redactor().url(before)) == after


def test_the_last_segment_of_a_path_is_a_value_of_the_property(cases: Cases) -> None:
    expected = {
        ("/crm/5", "city"): "/crm/Place-NAME",
        ("/5/5", "city"): "/5/Place-NAME",
        ("/crm/5", ""): "/crm/5",
        ("/crm/5", "hs_n"): "/crm/5",
        ("/crm/5?limit=1", "city"): "/crm/Place-NAME?limit=1",
    }
    for (before, name), after in expected.items():
        with cases.case(
            before,
        ):
            assert shown(redactor().url(before, name)) == after


def test_a_token_in_a_path_is_counted_once() -> None:
    texts = redactor()

    texts.url("/oauth/v1/access-tokens/abc?code=abc&hapikey=abc&code=")

    assert texts.secrets_found == {"token in a path": 1, "named secret": 2}


MESSAGES = {
    "": "",
    "...": "...",
    "resource not found": "resource not found",
    "resource not found!": "resource not found!",
    "Kari resource not found": "TEXT resource not found",
    "(Kari) resource not found": "(TEXT) resource not found",
    "Karl's cat: resource not found; Åse": "TEXT: resource not found; TEXT",
    "xresource not found": "TEXT",
    "Contact already exists. Existing ID: 12345": "Contact already exists. Existing ID: 12345",
    "Contact already exists. Existing ID: kari-n": "Contact already exists. Existing ID: TEXT",
    'Property "our_own" does not exist': 'Property "our_own" does not exist',
    'Property "Kari" does not exist': 'Property "TEXT" does not exist',
    "At least one of these properties is required: email, our_own, Kari": (
        "At least one of these properties is required: email, our_own, TEXT"
    ),
    "Duplicate IDs found in batch input: [1, 2, kari]. IDs must be unique": (
        "Duplicate IDs found in batch input: [1, 2, TEXT]. IDs must be unique"
    ),
    "was not one of the allowed options: [lead, Kari]": "was not one of the allowed options: [lead, TEXT]",
    "The OAuth token used to make this call expired 7 second(s) ago.": (
        "The OAuth token used to make this call expired 7 second(s) ago."
    ),
    "This request is longer than 3000 characters": "This request is longer than 3000 characters",
    "You have reached your secondly limit.": "You have reached your secondly limit.",
    "You have reached your kari limit.": "You have reached your TEXT limit.",
    "Cannot deserialize value of type `java.lang.String` from Object value (token `JsonToken.START_OBJECT`)": (
        "Cannot deserialize value of type `java.lang.String` from Object value (token `JsonToken.START_OBJECT`)"
    ),
    "The API key provided is invalid. View or manage your API key here: https://app.hubspot.com/l/api-key/.": (
        "The API key provided is invalid. View or manage your API key here: https://app.hubspot.com/l/api-key/."
    ),
    "The API key provided is invalid. View or manage your API key here: https://acme.no/x).": (
        "The API key provided is invalid. View or manage your API key here: https://HOST/x)."
    ),
    "The API key provided is invalid. View or manage your API key here: https://acme.no/KARIX": (
        "The API key provided is invalid. View or manage your API key here: https://HOST/TEXT"
    ),
    "HTTP ERROR 404": "HTTP ERROR 404",
    "Kari: resource not found. Ola: internal error. Per": "TEXT: resource not found. TEXT: internal error. TEXT",
    "No lead`kari is associated with lead 5.": "No TEXT is associated with lead 5.",
    "No lead`deal$deals is associated with lead 5.": "No lead`deal$deals is associated with lead 5.",
    "Object not found. https://api.hubapi.com/crm/X": "Object not found. TEXT",
    "Invalid input JSON on line 1, column 2: Input data was truncated": (
        "Invalid input JSON on line 1, column 2: Input data was truncated"
    ),
    "resource not found".ljust(5_000): "resource not found".ljust(5_000),
    "resource not found".ljust(5_001): "TEXT".ljust(4 + 5_001 - 18),
    "token=abcdef7": "TEXT=REDACTED",
    "ring +47 912 34 567 now": "TEXT PHONE TEXT",
    "write to kari@acme.no, please": "TEXT EMAIL@, TEXT",
    "±resource not found§": "resource not found",
    "± §": "± §",
    f"portal {PORTAL} is": "TEXT NUMBER TEXT",
    "x" * 6_000: "TEXT",
    "resource not found " * 300: "TEXT ",
    # pages
    "<h1>Bad Gateway</h1>Kari<p>": "<h1>Bad Gateway</h1>TEXT<p>",
    "<!DOCTYPE html><title>Kari</title>": "<!DOCTYPE html><title>TEXT</title>",
    '<p name="error">x</p>': '<p name="error">TEXT</p>',
    '<p name="Kari">5</p>': "<p>TEXT</p>",
    "<P>5</P>": "<P>TEXT</P>",
    '<span name="error">5</span>': '<span name="error">TEXT</span>',
    "<p/><kari><p></kari><p>": "<p/><p><p>",
    '<a link="/x"></a>': '<a link="/x"></a>',
    '<A HREF="kari"></A kari>': "<A></A>",
    "<!-- kari --><p>": "<p>",
    "<p>token=abcdef7</p>token=abcdef7": "<p>TEXT=REDACTED</p>TEXT=REDACTED",
    "kari <p> kari": "TEXT <p> TEXT",
    "<p>...</p>": "<p>...</p>",
    "a < b > c": "TEXT",
}


def test_message(cases: Cases) -> None:
    for before, after in MESSAGES.items():
        with cases.case(f"{before:.80}"):
            assert shown(redactor().message(before)) == after


def test_a_token_that_is_a_word_of_hubspots_messages_is_no_exception() -> None:
    """In a message and between the tags of a page."""
    texts = redactor("cloudflare")

    assert texts.message("<p>cloudflare</p>") == "<p>REDACTED</p>"
    assert texts.message("cloudflare") == "REDACTED"


def test_nothing_stays_nothing_by_every_rule(cases: Cases) -> None:
    for rule in (*RULES, "host"):
        with cases.case(rule):
            texts = redactor()
            assert texts.by_rule(rule, "") == ""
            assert not texts.people_found


def test_a_long_text_becomes_a_long_placeholder(cases: Cases) -> None:
    for length, times in ((1, 1), (60, 1), (61, 12), (600, 12), (601, 120), (6_000, 120), (6_001, 600)):
        with cases.case(length):
            assert len(Pseudonyms(b"key").give(PersonalData.TEXT, "x" * length).split()) == times


NUMBERS = {
    "1": 4, "1234567": 4, "12345678": 5, "1234567890": 7, "1" * 40: 37, "1" * 50: 37,
}  # fmt: skip


def test_a_number_keeps_its_length_and_its_decimals(cases: Cases) -> None:
    for before, digits in NUMBERS.items():
        with cases.case(before):
            assert re.fullmatch(rf"999\d{{{digits}}}", Pseudonyms(b"key").give(PersonalData.NUMBER, before))
    for before, decimals in {"1.5": 1, "1.123456": 6, "1.1234567": 6}.items():
        with cases.case(before):
            assert re.fullmatch(rf"999\d+\.\d{{{decimals}}}", Pseudonyms(b"key").give(PersonalData.NUMBER, before))
    for before in ("1.", "1.5e3", "1e3"):
        with cases.case(before):
            assert re.fullmatch(r"999\d+", Pseudonyms(b"key").give(PersonalData.NUMBER, before))


def test_dates_are_real_and_spread() -> None:
    """A pseudonym of each can be parsed, and a thousand people do not share a birthday."""
    days, clocks = set(), set()
    for number in range(1_000):
        day = Pseudonyms(b"key").give(PersonalData.DATE, f"1980-01-{number}")
        time = Pseudonyms(b"key").give(PersonalData.DATE, f"1980-01-{number}T00:00:00Z")
        found = re.fullmatch(r"1900-(\d\d)-(\d\d)", day)
        assert found is not None
        days.add((int(found[1]), int(found[2])))
        clock = re.fullmatch(r"1900-\d\d-\d\dT(\d\d):(\d\d):(\d\d)Z", time)
        assert clock is not None
        clocks.add(tuple(map(int, clock.groups())))
    assert {month for month, _ in days} == set(range(1, 13))
    assert {day for _, day in days} == set(range(1, 29))
    assert len(days) > 300
    for part, end in enumerate((24, 60, 60)):
        assert {clock[part] for clock in clocks} == set(range(end)), part


HEADERS = {
    ("Retry-After", "12345678"): "12345678",
    ("Retry-After", "12345678901"): "TEXT",
    ("Server", "12345678"): "TEXT",
    ("Content-Type", "text/plain;charset=iso-8859-40"): "text/plain;charset=iso-8859-40",
    ("Content-Type", "text/plain;charset=iso-8859-404"): "TEXT",
    ("Strict-Transport-Security", "max-age=31536000; includeSubDomains; preload"): (
        "max-age=31536000; includeSubDomains; preload"
    ),
    ("Cache-Control", "max-age=31536000, s-maxage=0"): "TEXT",
    ("Cache-Control", "private, max-age=31536000"): "private, max-age=31536000",
    ("X-HubSpot-RateLimit-Daily", "1000000"): "1000000",
    ("X-RateLimit-Reset", "1762104088"): "1762104088",
    ("RateLimit-Remaining", "1000000"): "1000000",
    ("RateLimit-Policy", "1000000;w=60"): "1000000;w=60",
    ("RateLimit-Policy", "1000000;w=60, 2000000"): "TEXT",
    ("Content-Type", "text/html; charset=utf-8"): "text/html; charset=utf-8",
    ("Content-Type", "text/html; charset=iso-8859-1"): "text/html; charset=iso-8859-1",
    ("Content-Type", "text/kari"): "TEXT",
    ("Date", "Mon, 02 Mar 2026 10:00:00 GMT"): "Mon, 02 Mar 2026 10:00:00 GMT",
    ("X-HubSpot-Correlation-Id", UUID): UUID,
    ("X-HubSpot-Correlation-Id", "123456789"): "TEXT",
    ("Vary", "accept;q=0.9, origin;q=1.000, */*"): "accept;q=0.9, origin;q=1.000, */*",
    ("Vary", "origin"): "origin",
    ("Server", "123/456"): "123/456",
    ("Server", "123/456/7"): "TEXT",
    ("Location", "/crm/v3/objects/contacts/Kari"): "/crm/v3/objects/contacts/TEXT",
    ("Location", "https://acme.no/crm"): "https://HOST/crm",
    ("LOCATION", "/crm?limit=1"): "/crm?limit=1",
    ("Link", '</crm?page=2>; rel="next"'): '</crm?page=2>; rel="next"',
    ("LINK", '</crm?page=2>; rel="next", </crm?page=9&q=a>;rel=last'): (
        '</crm?page=2>; rel="next", </crm?page=9&q=TEXT>; rel="last"'
    ),
    ("Link", '</crm?ids=1,2>; rel="next"'): '</crm?ids=1,2>; rel="next"',
    ("Link", "</crm>; rel=kari"): "</TEXT",
    ("Link", "Kari"): "TEXT",
}  # fmt: skip


def answer(headers: dict[str, str], body: Any = None, status: int = 200) -> tuple[str, dict[str, str]]:
    """Return the body and the headers of an answer after redaction."""
    given: dict[str, tuple[str, ...]] = {name: (value,) for name, value in headers.items()}
    one = interaction(answer=body, status=status, headers=given)
    found = Redactor(b"key").redact((one,)).interactions[0].response
    return shown(found.body.decode()), {name: shown(values[0]) for name, values in found.headers.items()}


def test_header(cases: Cases) -> None:
    for (name, before), after in HEADERS.items():
        with cases.case(f"{name}: {before}"):
            assert answer({name: before})[1] == {name: after}


def test_table(cases: Cases) -> None:
    """CSV is a list of objects, whatever its delimiter and its last line; what is no table is one text."""
    tables = {
        "id,city\n5,Oslo\n": "id,city\n5,Place-NAME\n",
        "id,city\n5,Oslo": "id,city\n5,Place-NAME",
        "id;city\r\n5;Oslo\r\n": "id;city\r\n5;Place-NAME\r\n",
        "id;city\r\n5;Oslo": "id;city\r\n5;Place-NAME",
        "id\tcity\n5\tOslo\n": "id\tcity\n5\tPlace-NAME\n",
        "id|city\n5|Oslo\n6|\n": "id|city\n5|Place-NAME\n6|\n",
        'id,city\n5,"Oslo, Norway"\n': "id,city\n5,Place-NAME\n",
        "id\n5\n": "id\n5\n",
        "id,city\n": "id,city\n",
        "": "",
        "id,city\n5\n": "TEXT",
        "id,id\n5,6\n": "TEXT",
        'id,city\n5,"Oslo\n': "TEXT",
        "id,kari@acme.no\n5,6\n": "id,EMAIL@\n5,NUMBER\n",
    }
    for before, after in tables.items():
        with cases.case(before):
            assert answer({"Content-Type": "text/csv"}, before.encode())[0] == after
    with cases.case("an error"):
        assert answer({"Content-Type": "text/csv"}, b"id,city\n5,Oslo\n", status=400)[0] == "TEXT\n"
    with cases.case("another kind"):
        assert answer({"Content-Type": "text/plain"}, b"id,city\n5,Oslo\n")[0] == "TEXT"


def test_what_is_told_of_a_table_and_of_a_whole_recording() -> None:
    changed = interaction(answer=b"id,city\n5,Oslo\n", headers={"Content-Type": ("text/csv",)})
    same = interaction(answer=b"id\n5\n", headers={"Content-Type": ("text/csv; charset=utf-8",)})

    redacted = Redactor(b"key").redact((changed, same))

    assert [(one.interaction, one.place) for one in redacted.changes] == [(0, "response body")]
    assert redacted.people == {"address": 1}


def test_the_body_of_a_request_is_no_message_of_hubspots() -> None:
    """Only an error keeps HubSpot's words."""
    for status, kept in ((200, "TEXT"), (399, "TEXT"), (400, "resource not found")):
        one = interaction(method="POST", body=b"resource not found", answer=b"resource not found", status=status)

        found = Redactor(b"key").redact((one,)).interactions[0]

        assert shown(found.request.body.decode()) == "TEXT"
        assert shown(found.response.body.decode()) == kept


def test_portals_have_the_same_pseudonyms_in_whatever_order_they_are_met() -> None:
    """And those of several answers are known in all of them."""
    first = interaction(answer={"message": "portal 8812345 and 4711471"}, status=400)
    links = [interaction(answer={"link": f"https://app.hubspot.com/contacts/{n}/x"}) for n in (8812345, 4711471)]
    named = interaction(answer=json.dumps({"message": '{"portalId": 5512345}', "hubId": 6612345}).encode())

    one, other = (
        Redactor(b"key").redact(tuple(order)).interactions for order in ((first, *links), (first, *links[::-1]))
    )
    pair = Redactor(b"key").redact((named, interaction("http://localhost/crm/5512345/6612345"))).interactions[1]

    assert one[0] == other[0]
    assert shown(one[0].response.body.decode()) == '{"message":"TEXT NUMBER TEXT NUMBER"}'
    assert shown(pair.request.uri) == "http://localhost/crm/NUMBER/NUMBER"


KEYS = {
    "updatedAt": "updatedAt", "Kari": "KEY", "kari@acme.no": "EMAIL@", "token=abcdef7": "KEY", "REDACTED": "REDACTED",
    "key_0123456789": "KEY", "x" * 100: "x" * 100, "x" * 101: "KEY", "our-secret-1": "KEY", "x": "x",
}  # fmt: skip


def test_key(cases: Cases) -> None:
    for before, after in KEYS.items():
        with cases.case(before):
            assert shown(redactor("secret-1").key(before)) == after
    with cases.case("the token itself"):
        assert redactor("abcsecret").key("abcsecret") == "REDACTED"


VALUES = {
    "Kari": "TEXT", "kari@acme.no": "EMAIL@", "REDACTED": "REDACTED", "Text0123456789": "TEXT", "token=abcdef7": "TEXT",
    "pat-na1-00000000-1111-4222-8333-444444444444": "REDACTED",
}  # fmt: skip


def test_value_without_a_name(cases: Cases) -> None:
    for before, after in VALUES.items():
        with cases.case(before):
            assert shown(redactor().value(before)) == after


def test_what_stands_for_something_is_kept_and_not_counted(cases: Cases) -> None:
    """As a value, with a name, and as a key; a portal that is known is no find."""
    made = [Pseudonyms(b"key").give(kind, "kari@acme.no") for kind in PersonalData]
    for text in (*made, "REDACTED"):
        with cases.case(text):
            texts = redactor()
            found = (texts.value(text), texts.field("our", text), texts.field("token", text), texts.key(text))
            assert found == (text,) * 4
            assert (texts.people_found, texts.secrets_found) == ({}, {})
    with cases.case("portal"):
        texts = redactor()
        assert shown(texts.portal(PORTAL)) == "NUMBER"
        assert texts.people_found == {}


def test_bytes_that_are_no_text_are_told_apart() -> None:
    assert redactor().url("/crm/%fe") != redactor().url("/crm/%ff")


def test_a_value_that_is_known_keeps_its_pseudonym_and_is_counted() -> None:
    texts = redactor()
    place = texts.field("city", "Oslo")

    assert texts.value("Oslo") == place
    assert texts.known("Oslo") == place
    assert texts.people_found == {"address": 2}


CURSORS = {
    "": "", "REDACTED": "REDACTED", "52": "52", "2026-03-12": "2026-03-12", "cursor-0123456789": "CURSOR",
    "4111111111111111": "NUMBER", "kari": "CURSOR", "kari@acme.no": "EMAIL@", "token=abcdef7": "TEXT",
    "Text0123456789": "TEXT",
}  # fmt: skip


def test_cursor(cases: Cases) -> None:
    for before, after in CURSORS.items():
        with cases.case(before):
            assert shown(redactor().cursor(before)) == after
    with cases.case("one cursor, however often it is encoded"):
        texts = redactor()
        assert len({texts.cursor(one) for one in ("a b=", "a%20b%3D", "a%2520b%253D", "a%252520b=")}) == 1
        assert texts.people_found == {"cursor": 4}
    with cases.case("the token of the recording"):
        assert shown(redactor("kari").cursor("kari")) == "REDACTED"


def test_known_values_are_replaced_the_longest_first_and_only_as_whole_words(cases: Cases) -> None:
    texts = redactor()
    for one in ("Anna", "Anna Lie", "Anna-K", "Anna Berg", "Berg", "Bo", "Kim", "y" * 1_000, "x" * 1_001):
        texts.field("our", one)
    expected = {
        "see Anna": "see TEXT",
        "see Annas": "see Annas",
        "see Anna_": "see Anna_",
        "see Anna Lie, Anna": "see TEXT, TEXT",
        "see Anna Lies": "see TEXT Lies",
        "see Anna Lie_": "see TEXT Lie_",
        "see Anna Berg, Berg": "see TEXT, TEXT",
        "see Bo": "see Bo",
        "see Kim": "see Kim",
        "see " + "y" * 1_000: "see TEXT",
        "see " + "x" * 1_001: "see " + "x" * 1_001,
        '"Anna"': '"TEXT"',
        "{Anna": "{TEXT",
        "Anna": "Anna",
    }
    for before, after in expected.items():
        with cases.case(f"{before:.40}"):
            assert shown(texts.redact(before)) == after
    with cases.case("values that begin alike"):
        for number in range(60):
            texts.field("our", f"Otto {number:02d}")
            if number == 30:  # those that are known are not counted again
                assert shown(texts.redact("see Otto 30")) == "see TEXT"
        assert shown(texts.redact("see Otto 49")) == "see TEXT"
        assert shown(texts.redact("see Otto 50")) == "see Otto 50"
    with cases.case("a new one"):
        texts.field("our", "Nina")
        assert shown(texts.redact("see Nina")) == "see TEXT"


def test_a_portal_is_replaced_as_a_number_of_its_own(cases: Cases) -> None:
    expected = {
        f"a {PORTAL}": "a NUMBER",
        f"a {PORTAL}1": f"a {PORTAL}1",
        f"a1{PORTAL}": f"a1{PORTAL}",
        f"p{PORTAL}_": "pNUMBER_",
    }
    for before, after in expected.items():
        with cases.case(before):
            assert re.sub(r"999\d{4}(?!\d)", "NUMBER", redactor().redact(before)) == after
    with cases.case("none is known"):
        assert TextRedactor(Pseudonyms(b"key")).redact(f"a {PORTAL}") == f"a {PORTAL}"


def test_a_later_request_says_that_an_id_in_an_earlier_message_is_somebodys() -> None:
    """The number stands in the message first; which property it is a value of is known from a later request."""
    message = interaction(answer={"message": "Contact already exists. Existing ID: 4711"}, status=409)
    batch = interaction(method="POST", body={"idProperty": "our_number", "inputs": [{"id": "4711"}]})

    redacted = Redactor(b"key").redact((message, batch)).interactions

    assert shown(redacted[0].response.body.decode()) == '{"message":"Contact already exists. Existing ID: NUMBER"}'
    assert shown(redacted[1].request.body.decode()) == '{"idProperty":"our_number","inputs":[{"id":"NUMBER"}]}'


def test_what_is_no_document_is_told_by_its_place() -> None:
    """The method, the time of the recording, the reason; and nothing where nothing changes."""
    one = interaction(method="get", answer={"id": "1"})
    odd = replace(
        one,
        request=replace(one.request, method="KARI"),
        response=replace(one.response, reason="Kari"),
        recorded_at="yesterday",
    )

    redacted = Redactor(b"key").redact((one, odd))

    assert {change.place for change in redacted.changes} == {"request method", "recorded_at", "reason phrase"}
    assert {change.interaction for change in redacted.changes} == {1}
    assert redacted.interactions[1].recorded_at is None
    assert shown(redacted.interactions[1].request.method) == "TEXT"
    assert shown(redacted.interactions[1].response.reason) == "TEXT"
    assert redacted.interactions[0] == one
