"""The bounds of what is a keyword, an id, a cursor, a name, a secret and a person's number.

Each case has a neighbour on the other side of its bound.
"""

import pytest

from contract_bench.cassettes.redaction.json_text import JsonObject, differences, parse_json, to_json
from contract_bench.cassettes.redaction.people import (
    PersonalData,
    Pseudonyms,
    email_or,
    is_any_pseudonym,
    is_pseudonym,
    kind_of_property,
    kind_of_pseudonym,
)
from contract_bench.cassettes.redaction.secrets import find_secrets, is_secret_key, scrub_secrets
from contract_bench.cassettes.redaction.words import (
    METHODS,
    REASONS,
    is_choice,
    is_cursor,
    is_id,
    is_key,
    is_known_host,
    is_name_of_the_schema,
    is_plain_cursor,
    is_time,
    is_word,
    is_words,
)
from tests.support.cases import Cases

WORDS = {
    "": True, "lead": True, "LEAD": True, "kari": False, "qq": False, "q": True, "Q": True,
    # the length of the whole
    "lead " * 59 + "leads": True, "lead " * 59 + "ticket": False,
    # digits
    "404": True, "4040": False, "40 4": True, "404 1": False, "1.2.3": True, "1.2.3.4": False, "iso 8859 404": True,
    "utf-8": True, "9": True, "v3": True, "v33": False, "vv3": False,
    # single letters
    "a-b_c-d": True, "a-b-c-d-e": False, "a-b-c-d-1": True, "a lead": True, "a b lead": False, "A. lead": True,
    # names that are keywords in small letters
    "max": True, "Max": False, "MAX": False, "min": True, "Min": False, "per": True, "Per": False,
    # camel case
    "lineItems": True, "leadOpenDeal": True, "leadKari": False, "kariLead": False, "lineItemX": False,
    "lineItem3": False,
    "lineITEM": True, "lineKARI": False, "LineItem": True, "line_Item": True, "line+item": False, "line@item": False,
    # separators
    "lead;deal,open:won/lost.x_a-b": True, "lead|deal": False, "lead\tdeal": False, "lead\ndeal": False,
    "lead  deal": True,
    "d\xe9al": False, "\u0661": False, "\xb2": False,
    # from other APIs
    "vendors": True, "warehouses": True, "articles": True,
}  # fmt: skip


def test_words(cases: Cases) -> None:
    for text, expected in WORDS.items():
        with cases.case(text):
            assert is_words(text) is expected
            assert is_word(text) is (expected and " " not in text)


CHOICES = {
    "lead": True, "lead;deal": True, "lead.deal_x-3": True, "lead deal": False, "lead/deal": False, "lead:deal": False,
    ";lead": False, "_lead": False, "kari": False, "": False,
}  # fmt: skip


def test_choices(cases: Cases) -> None:
    for text, expected in CHOICES.items():
        with cases.case(text):
            assert is_choice(text) is expected


# Made-up numbers with the right check digits.
PEOPLE = {
    # Norway: the day, the day of a D number, the month, and those of test and of synthetic persons
    "01010000110": True, "31010000052": True, "32010000091": False, "00010000181": False, "41010000023": True,
    "71010000046": True, "72010000085": False, "40010000094": False, "01120000078": True, "01130000068": False,
    "13111111175": True, "13111111256": True, "13111111175"[:-1] + "6": False, "13111111255": False,
    "01200100057": False, "04010100068": True,
    "01000000120": False, "01410000012": True, "01810000186": True, "01010000111": False, "01010000120": False,
    # Sweden: the century, the month, the day, the check digit
    "198001019804": True, "200101019800": True, "188001019804": False, "218001019804": False, "198012019801": True,
    "198013019800": False, "198000019805": False, "198001319808": True, "198001329807": False, "198001009805": False,
    "198001019805": False, "198911121112": True, "198911121138": True, "198911121139": False,
    # France, with and without its key
    "1800175116001": True, "2800175116001": True, "3800175116001": False, "1801275116001": True, "1801375116001": False,
    "1800075116001": False, "0800175116001": False, "180017511600146": True, "180017511600147": False,
    "380017511600143": False, "280017511600193": True,
    # cards
    "1111111111111117": False, "2111111111111115": True, "3111111111111113": True, "4111111111111111": True,
    "5111111111111118": True, "6111111111111116": True, "7111111111111114": False, "4111111111111112": False,
    "4929123457898765": True, "4929123457898764": False, "4242424242424242": True,
    "5555555555554444": True, "411111111111111": False, "41111111111111111": False,
}  # fmt: skip


def test_numbers_of_people_are_no_ids(cases: Cases) -> None:
    """Neither as ids nor as cursors, nor in names."""
    for number, is_somebodys in PEOPLE.items():
        with cases.case(number):
            assert is_id(number) is not is_somebodys
            assert is_plain_cursor(number) is not is_somebodys or is_time(number)
            assert is_name_of_the_schema(f"hs_{number}") is not is_somebodys
            assert is_key(f"hs_{number}") is not is_somebodys
            if len(number) <= 12:
                assert is_name_of_the_schema(f"2-{number}") is not is_somebodys


IDS = {
    "0": True, "-1": True, "--1": False, "1" * 19: True, "1" * 20: False, "2-1": True, "1234-1": True, "12345-1": False,
    "2-" + "1" * 19: True, "2-" + "1" * 20: False, "-2-1": False, "0A1B2C3D-AAAA-4BBB-8CCC-DDDDDDDDDDDD": True,
    "0a1b2c3d-aaaa-4bbb-8ccc-ddddddddddd": False, "0a1b2c3d-aaaa-4bbb-dddddddddddd": False, "abc": True,
    "butterflies": True, "no_such_property_at_all": True, "abcd": False,
}  # fmt: skip


def test_ids(cases: Cases) -> None:
    for text, expected in IDS.items():
        with cases.case(text):
            assert is_id(text) is expected


CURSORS = {
    "1" * 19: True, "1" * 20: False, "1:2,3.4|5_6-7": True, "12:": True, ":12": False, "12 ": True, "1 2": False,
    "MTIz": True, "MTIzNA==": True, "MTIzNA": True, "MTIzNA%3D%3D": True, "MTIz!": False, "a2FyaQ==": False,
    # sixty and sixty-one digits in base64
    "MTExMTEx" * 10: True, "MTExMTEx" * 10 + "MQ==": False, "": False, "abc": True, "butterflies": True,
    "no_such_property_at_all": True, "abd": False, "\ud800": False,
}  # fmt: skip


def test_cursors(cases: Cases) -> None:
    for text, expected in CURSORS.items():
        with cases.case(text):
            assert is_cursor(text) is expected
    for text, expected in {"52": True, "2026-03-12": True, "1762104088373": True, "kari": False, "1:2": True}.items():
        with cases.case(text):
            assert is_plain_cursor(text) is expected


NAMES = {
    "email": True, "our_own_name": True, "x" * 100: True, "x" * 101: False, "-" + "x" * 100: True, "Email": False,
    "1email": False, "_email": False, "our-own": False, "0-1": True, "2-" + "1" * 12: True, "2-" + "1" * 13: False,
    "12345-1": False, "no_such_property_at_all": True,
    # long numbers
    "our_1234": True, "our_12345": False, "hs_12345": True, "hubspot_12345": True, "key_12345": True, "hs12345": False,
    # hexadecimal
    "abcdefabcdef0abcdef": False,
    "our_abcdef0123456789": False, "hs_abcdef0a1b2c3d4e": True, "abcdefabcdefabcdef": True, "abcdef0a1b2c3d4": False,
    # letters and digits by turns
    "ab1cd2": True, "ab1cd2ef3": False, "ab12cd3": True,
    # capital and small letters by turns
    "abCde": True, "abCd": False, "abcDefGhi": True, "aBcDe": False, "aBcD_efghi": True,
    "aBcD_efg": True, "abcde": True, "ab": True,
    # secrets
    "sk_live_00000000": False, "sk_live_abcdefgh": False,
}  # fmt: skip


def test_names_of_the_schema(cases: Cases) -> None:
    for text, expected in NAMES.items():
        with cases.case(text):
            assert is_name_of_the_schema(text) is expected


KEYS = {
    "updatedAt": True, "$type": True, "_id": True, "our-key": True, "our key": False, "@odata.count": True,
    "@odata.nextLink": True, "@type": True, "@kari": False, "x" * 100: True, "x" * 101: False, "our_12345": False,
    "Kari": False, "LEAD": True, "404": True,
}  # fmt: skip


def test_keys(cases: Cases) -> None:
    for text, expected in KEYS.items():
        with cases.case(text):
            assert is_key(text) is expected


def test_hosts(cases: Cases) -> None:
    expected = {
        "API.HubAPI.com": True, "developers.hubspot.com": True, "hubspot.com": True, "hubapi.com": True, "::1": True,
        "host-0123456789.example": True, "x.invalid": True, "api-eu12.hubapi.com": False, "xhubspot.com": False,
        "127.0.0.2": False, "x.y.test": False,
    }  # fmt: skip
    for text, known in expected.items():
        with cases.case(text):
            assert is_known_host(text) is known


def test_methods_and_reasons_of_http() -> None:
    assert {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} == METHODS
    assert {"OK", "Not Found", "Gateway Time-out", "Continue", "Web Server Is Down"} <= REASONS
    assert not {"", "Kari", "Not  Found"} & REASONS - {""}


SECRET_NAMES = {
    "authorization": True, "Authorization": True, "cookie": True, "Set-Cookie": True, "credentials": True, "jwt": True,
    "private_key": True, "hubspotutk": True, "myToken": True, "client_secret": True, "password": True, "passwd": True,
    "api-key": True, "sessionId": True, "signature": True,
    "x-hubspot-signature": True, "tokens": False, "cookies": False,
    "my_jwt": False, "secrets": False,
    "private": False, "page_token": False, "nextPageToken": False, "pagetokenx": False,
    "next-page-token": False, "$skiptoken": False,
    "user_page_token": True, "": False,
}  # fmt: skip


def test_names_of_secrets(cases: Cases) -> None:
    for name, expected in SECRET_NAMES.items():
        with cases.case(name):
            assert is_secret_key(name) is expected


SECRETS: dict[str, list[tuple[str, str]]] = {
    "-----BEGIN PRIVATE KEY-----\nA\nB\n-----END PRIVATE KEY----- c": [
        ("private key", "-----BEGIN PRIVATE KEY-----\nA\nB\n-----END PRIVATE KEY-----")
    ],
    "PAT-NA1-00000000-1111-4222-8333-444444444444 x": [
        ("private app token", "PAT-NA1-00000000-1111-4222-8333-444444444444")
    ],
    "pat-na1-0a1b2c3d": [("private app token", "pat-na1-0a1b2c3d")],
    "PAT-EU1-0A1B2C3D": [("private app token", "PAT-EU1-0A1B2C3D")],
    "BEARER abcdefg1 x": [("authorization header", "abcdefg1")],
    "bearer abcdefgh": [],
    "bearer abcdef1": [],
    "BASIC dXM6cGFzcw== x": [("authorization header", "dXM6cGFzcw==")],
    "basic dXNlcnBhc3M=": [],
    "basic information": [],
    "hubspotapi-csrf=abc;x": [("cookie", "abc")],
    "x_session_y=abc": [("cookie", "abc")],
    "http://a:b@c": [("password in a URL", "b")],
    "http://a:REDACTED@c": [],
    "TOKEN=abcdef x": [("named secret", "abcdef")],
    "token=abcde": [],
    "Api-Key: 'abcdef'": [("named secret", "abcdef")],
    "/access-tokens/abc/x": [("token in a path", "abc")],
    "my password is hunter2 x": [("password in a text", "hunter2")],
    "Passwort IST geheim12": [("password in a text", "geheim12")],
    "password is secret": [],
    "key 0123456789abcdef0123456789abcdef": [("hexadecimal key", "0123456789abcdef0123456789abcdef")],
    "key abcdefabcdefabcdefabcdefabcdefab": [],
    "key x0123456789abcdef0123456789abcdef": [],
    # three of each kind of letter make a token, two do not
    "ABCabc123" + "-" * 31: [("opaque token", "ABCabc123" + "-" * 31)],
    "ABabc123" + "-" * 32: [],
    "ABCab123" + "-" * 32: [],
    "ABCabc12" + "-" * 32: [],
    "ABCabc123" + "-" * 30: [],
    # what redaction writes is no secret
    "token=Text0123456789": [], "token=First0123456789": [], "token=9991234567": [], "token=key_0123456789": [],
    "token=REDACTED\nx": [], "token=xREDACTED": [("named secret", "xREDACTED")],
    "-----BEGIN PRIVATE KEY-----\ntoken=abcdef\n-----END PRIVATE KEY-----": [
        ("private key", "-----BEGIN PRIVATE KEY-----\ntoken=abcdef\n-----END PRIVATE KEY-----")
    ],
    "Bearer abcdefg1 -----BEGIN PRIVATE KEY-----\ntoken=abcdef\n-----END PRIVATE KEY-----": [
        ("private key", "-----BEGIN PRIVATE KEY-----\ntoken=abcdef\n-----END PRIVATE KEY-----"),
        ("authorization header", "abcdefg1"),
    ],
    # several: each once, the more certain kind first, side by side and within each other
    "token=abcdef token=ghijkl": [("named secret", "abcdef"), ("named secret", "ghijkl")],
    "token=eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2ln": [("JWT", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2ln")],
    "token=abcdef Bearer abcdefg1 /access-tokens/xyz": [
        ("authorization header", "abcdefg1"), ("named secret", "abcdef"), ("token in a path", "xyz"),
    ],
    "secret=abcpat-na1-00000000-1111-4222-8333-444444444444xyz": [
        ("private app token", "pat-na1-00000000-1111-4222-8333-444444444444")
    ],
    "Bearer abcdefg1": [("authorization header", "abcdefg1")],
}  # fmt: skip


def test_secrets(cases: Cases) -> None:
    for text, expected in SECRETS.items():
        with cases.case(text):
            found = find_secrets(text)
            assert [(one.kind, text[one.start : one.end]) for one in found] == expected
            counted: list[str] = []
            scrubbed = scrub_secrets(text, counted.append)
            assert sorted(counted) == sorted(kind for kind, _ in expected)
            for _, secret in expected:
                text = text.replace(secret, "REDACTED")
            assert scrubbed == text


# Names whose kind hangs on one way of spelling, one alternative or one exception.
NAMED = {
    ("hs_whatsapp_id", "4791234567"): PersonalData.PHONE,
    ("hs_email_domain", "acme.no"): PersonalData.DOMAIN,
    ("hs_email_domains", "acme.no"): PersonalData.TEXT,
    ("birthplace_score", "5"): PersonalData.TEXT,
    ("hs_object_id", "5"): None,
    ("hs_object_id", "5;6"): None,
    ("hs_object_id", "5,6"): PersonalData.TEXT,
    ("hs_object_id", "5;Kari"): PersonalData.TEXT,
    ("all_contact_vids", "5"): None,
    ("our_all_contact_vids", "5"): PersonalData.NUMBER,
    ("e_mail", "5"): PersonalData.EMAIL,
    ("first_name", "5"): PersonalData.FIRST_NAME,
    ("last_name", "5"): PersonalData.LAST_NAME,
    ("homeAddress", "5"): PersonalData.PLACE,
    ("vatNumber", "5"): PersonalData.TEXT,
    ("xvatnumber", "5"): PersonalData.NUMBER,
    ("f\xf8dt", "5"): PersonalData.TEXT,
    ("kj\xf8nn", "5"): PersonalData.TEXT,
    ("stra\xdfe", "5"): PersonalData.PLACE,
    ("\u0111ni", "5"): PersonalData.TEXT,
    ("pin\xe6", "5"): PersonalData.NUMBER,
    ("pin\xf1", "5"): PersonalData.NUMBER,
    ("pin x", "5"): PersonalData.TEXT,
    ("passNr", "5"): PersonalData.TEXT,
    ("F\xd8DSEL", "5"): PersonalData.TEXT,
    # so long a name is looked at
    ("x" * 194 + "f\xf8dsel", "5"): PersonalData.TEXT,
    ("x" * 195 + "f\xf8dsel", "5"): PersonalData.NUMBER,
    ("pr\xe9nom", "5"): PersonalData.FIRST_NAME,
    ("PHONE", "true"): PersonalData.PHONE,
    ("city", "true"): None,
    ("city", "false"): None,
    ("city", ""): PersonalData.PLACE,
    ("our", "true"): None,
    ("our", "false"): None,
    ("our", ""): None,
    ("our", "1980-01-01"): PersonalData.DATE,
    ("our", "1980-01-01T00:00:00+0100"): PersonalData.DATE,
    ("our", "1980-01-01 x"): PersonalData.TEXT,
    ("our", "1e5"): PersonalData.NUMBER,
    ("hs_n", "12345678.5"): None,
    ("hs_n", "-15076500565"): None,
    ("hs_n", "15076500565"): PersonalData.TEXT,
    ("hs_n", "15076500566"): None,
    ("hs_n", "0A1B2C3D-AAAA-4BBB-8CCC-DDDDDDDDDDDD"): None,
    ("hs_n", "lead"): None,
    ("hs_n", "2026-03-12"): None,
    ("hs_n", "Kari"): PersonalData.TEXT,
    ("HS_N", "5"): None,
    ("lifecyclestage", "lead"): None,
    ("our_lifecyclestage", "lead"): PersonalData.TEXT,
}


def test_kind_of_property(cases: Cases) -> None:
    for (name, value), kind in NAMED.items():
        with cases.case(f"{name}={value}"):
            assert kind_of_property(name, value) is kind


# With one key they are the same in each version, so that a new recording can be compared with an old one.
PSEUDONYMS = {
    PersonalData.EMAIL: ("jane@acme.no", "person-6e6dc173e7@example.com"),
    PersonalData.FIRST_NAME: ("Jane", "First8795c0cf77"),
    PersonalData.LAST_NAME: ("Roe", "Lastd21434ae7b"),
    PersonalData.PHONE: ("912", "+15555955043"),
    PersonalData.PLACE: ("Oslo", "Place6cf2a67efc"),
    PersonalData.DOMAIN: ("acme.no", "example.com"),
    PersonalData.NUMBER: ("12345678.25", "99929487978.92"),
    PersonalData.TEXT: ("Jane is ill", "Text4915ad50e6"),
    PersonalData.DATE: ("1980-01-01T00:00:00Z", "1900-09-20T19:39:21Z"),
    PersonalData.CURSOR: ("kari", "cursor-658d2ab142"),
    PersonalData.HOST: ("acme.no", "host-baabebeff2.example"),
    PersonalData.KEY: ("Kari", "key_5b32dac9c2"),
}


def test_pseudonyms_are_the_same_in_each_version(cases: Cases) -> None:
    for kind, (value, expected) in PSEUDONYMS.items():
        with cases.case(kind.name):
            given = Pseudonyms(b"key").give(kind, value)
            assert given == expected
            assert is_pseudonym(kind, given)
            assert is_any_pseudonym(given)
            assert kind_of_pseudonym(given) is kind
            assert Pseudonyms(b"key").give(kind, given) == given
            assert not is_pseudonym(kind, f"{given}x")
            assert is_pseudonym(kind, "")
    assert set(PSEUDONYMS) == set(PersonalData)


def test_addresses(cases: Cases) -> None:
    for kind, value, expected in (
        (PersonalData.TEXT, "a@b.c", PersonalData.EMAIL),
        (PersonalData.TEXT, "a@b", PersonalData.TEXT),
        (PersonalData.EMAIL, "a@b", PersonalData.EMAIL),
        (PersonalData.EMAIL, "ab", PersonalData.TEXT),
        (PersonalData.PLACE, "ab", PersonalData.PLACE),
        (PersonalData.PLACE, "a@b.c;d@e.f", PersonalData.PLACE),
        (PersonalData.EMAIL, "a@b.c;d@e.f", PersonalData.EMAIL),
    ):
        with cases.case(f"{kind.name} {value}"):
            assert email_or(kind, value) is expected


def nested(levels: int) -> str:
    return "[" * levels + "]" * levels


def test_json_keeps_what_python_does_not(cases: Cases) -> None:
    for text in (
        '{"a":1,"a":2}', "1.50", "1e400", "NaN", "-Infinity", "123456789012345678901234567890", '"\\ud800"', '"\xe9"',
        '"\\\\"', "[true,false,null]", "[]", "{}",
    ):  # fmt: skip
        with cases.case(text):
            assert to_json(parse_json(text)) == text
    with cases.case("the last of two values"):
        assert parse_json('{"a":1,"a":2,"b":3}').get("a") == "2"
        assert parse_json('{"a":1}').get("b") is None
        assert "a" in parse_json('{"a":1}')
        assert "b" not in parse_json('{"a":1}')


def test_json_that_is_nested_too_deep_is_refused() -> None:
    """However deep; a nested object counts like a nested list."""
    assert parse_json(nested(60)) is not None
    for text in (nested(61), nested(100_000), '{"a":' * 61 + "1" + "}" * 61):
        with pytest.raises(ValueError, match="nested"):
            parse_json(text)
    assert isinstance(parse_json('{"a":' * 59 + "{}" + "}" * 59), JsonObject)


def test_differences_are_named(cases: Cases) -> None:
    for old, new, expected in (
        ('{"a":[1,{"b":2}],"c":3}', '{"a":[1,{"b":9}],"c":4}', ["$.a[1].b", "$.c"]),
        ('{"a":1}', '{"b":1}', ["$"]),
        ('{"x":{"a":1}}', '{"x":{"b":1}}', ["$.x"]),
        ("1", '"1"', ["$"]),
        ("1", "1", []),
        ("[1,2]", "[1,3]", ["$[1]"]),
        ('[["a"]]', '[["b"]]', ["$[0][0]"]),
    ):
        with cases.case(f"{old} {new}"):
            assert differences(parse_json(old), parse_json(new)) == expected
