"""Redacting free text."""

import re

from contract_bench.cassettes.redaction.people import PersonalData, Pseudonyms
from contract_bench.cassettes.redaction.texts import TextRedactor
from tests.support.cases import for_each

TOKEN = "CPa/0+b"  # short, so that only the recorder knows that it is secret


def texts(*, secrets: tuple[str, ...] = (), portals: tuple[str, ...] = (), **known: str) -> TextRedactor:
    """Return a redactor that knows these values by their pseudonyms."""
    pseudonyms = Pseudonyms(b"key")
    pseudonyms.given.update({value: pseudonym for pseudonym, value in known.items()})
    return TextRedactor(pseudonyms, secrets=secrets, portal_ids=portals)


def test_token_of_the_recording_is_replaced_in_both_spellings() -> None:
    """As it is, and as it is in a URL."""
    redactor = texts(secrets=("", TOKEN, "other"))

    assert redactor.redact(f"a {TOKEN} b {TOKEN}") == "a REDACTED b REDACTED"
    assert redactor.redact("a CPa%2F0%2Bb b") == "a REDACTED b"
    assert redactor.redact("another") == "anREDACTED"
    assert redactor.redact("a") == "a"
    assert redactor.secrets_found == {"the recording's token": 3}


@for_each(
    ("text", "pattern", "count"),
    [
        ("call +47 912 34 567, please", r"call \+1555\d{7}, please", 1),
        ("+47 912 34 567 +4791234568", r"\+1555\d{7} \+1555\d{7}|\+1555\d{7}", None),
        ("(+4791234567)", r"\(\+1555\d{7}\)", 1),
        ("+12345678", r"\+1555\d{7}", 1),
        ("+1234567", r"\+1234567", 0),
        ("1+12345678 a+12345678", r"1\+12345678 a\+12345678", 0),
        ("+12345678a", r"\+12345678a", 0),
    ],
)
def test_phone_number_in_a_text(text: str, pattern: str, count: int | None) -> None:
    redactor = texts()

    assert re.fullmatch(pattern, redactor.redact(text))
    assert count is None or redactor.people_found["phone number"] == count


def test_address_in_a_text_or_a_url() -> None:
    redactor = texts()

    plain = redactor.redact("mail jane@acme.no or <x@example.com>")
    encoded = redactor.redact("/contacts/jane%40acme.no/x")

    assert re.fullmatch(r"mail person-[0-9a-f]{10}@example\.com or <x@example\.com>", plain)
    assert encoded == f"/contacts/{plain.split()[1].replace('@', '%40')}/x"
    assert redactor.people_found == {"e-mail address": 2}


def test_portal_id_is_replaced_where_it_is_a_number_of_its_own() -> None:
    redactor = texts(portals=("1478",))

    assert re.fullmatch(
        r"portal 999\d{4}, 14780 and 21478 x999\d{4}y", redactor.redact("portal 1478, 14780 and 21478 x1478y")
    )


def test_known_value_is_replaced_in_a_message() -> None:
    redactor = texts(Text1="Jane", Text2="Roe", First3="Å.b?")

    assert redactor.redact("Jane is no Janes, no Roe, no Å.b?") == "Text1 is no Janes, no Roe, no First3"
    assert redactor.redact('"Jane"') == '"Text1"'
    assert redactor.redact("{Jane}") == "{Text1}"
    assert redactor.redact("Jane") == "Jane"  # a word may be anything; fields are looked up
    assert redactor.redact("Åxb? or") == "Åxb? or"
    assert redactor.people_found == {}


def test_known_text_has_its_pseudonym_and_an_unknown_one_is_redacted() -> None:
    redactor = texts(Text1="AB-1")

    assert redactor.known("AB-1") == "Text1"
    assert redactor.known("AB-2") == "AB-2"
    assert redactor.known("jane@acme.no").endswith("@example.com")


def test_pseudonym_is_counted_once_and_given_once() -> None:
    redactor = texts()

    first = redactor.pseudonym(PersonalData.PLACE, "Oslo")

    assert redactor.pseudonym(PersonalData.PLACE, first) == first
    assert redactor.pseudonym(PersonalData.PLACE, "Oslo") == first
    assert redactor.people_found == {"address": 2}


@for_each(
    ("name", "value", "pattern"),
    [
        ("city", "Oslo", "Place[0-9a-f]{10}"),
        ("city", "123", "Place[0-9a-f]{10}"),
        ("anything", "Oslo", "Text[0-9a-f]{10}"),
        ("hs_lead_status", "Jane", "Text[0-9a-f]{10}"),
        ("hs_lead_status", "open", "open"),
        ("anything", "12345678", r"999\d{5}"),
        ("anything", "123", r"999\d{4}"),
        ("anything", "1478", r"999\d{4}"),
        ("city", "Text0123456789", "Text0123456789"),
        ("city", "jane@acme.no", r"person-[0-9a-f]{10}@example\.com"),
        ("email", "nobody", "Text[0-9a-f]{10}"),
    ],
)
def test_named_value(name: str, value: str, pattern: str) -> None:
    assert re.fullmatch(pattern, texts(portals=("1478",)).field(name, value))
