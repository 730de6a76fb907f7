"""What is personal data, by name and by value, and the pseudonyms."""

import hashlib
import hmac
import re

from contract_bench.cassettes.redaction import people
from contract_bench.cassettes.redaction.people import (
    PersonalData,
    Pseudonyms,
    email_or,
    is_any_pseudonym,
    is_machine_value,
    is_pseudonym,
    kind_of_property,
)
from tests.support.cases import for_each

KINDS = {
    PersonalData.EMAIL: ["email", "work_email", "hs_additional_emails", "mail", "email_address", "EMAIL"],
    PersonalData.FIRST_NAME: ["firstname", "first_name", "given_name", "givenname", "FirstName"],
    PersonalData.LAST_NAME: ["lastname", "last_name", "surname", "sur_name", "family_name", "familyname"],
    PersonalData.PHONE: [
        "phone", "mobilephone", "hs_searchable_calculated_phone_number", "mobile", "fax", "home_fax", "tel", "tel_home",
        "telephone", "hs_whatsapp_phone_number", "whatsapp", "msisdn",
    ],
    PersonalData.PLACE: [
        "address", "street_address_2", "street", "city", "zip", "postal_code", "state", "home_state", "country",
        "hs_country_region_code", "latitude", "longitude", "ip", "ip_city", "hs_ip_timezone", "last_ip",
    ],
    PersonalData.TEXT: [
        "birthday", "dob", "dob_year", "gender", "marital_status", "salutation", "passport_no", "ssn", "national_id",
        "nationalid", "personnummer", "iban", "nickname", "hs_body", "note_1", "text", "content", "subject", "title",
        "description", "message", "comments", "preview", "summary", "html", "topic", "company", "website", "url",
        "handle", "linkedin", "twitter", "facebook", "referrer", "query", "answer", "reason_detail",
    ],
    PersonalData.DOMAIN: ["hs_email_domain"],
}  # fmt: skip


@for_each(("kind", "name"), [(kind, name) for kind, names in KINDS.items() for name in names])
def test_name_says_what_the_value_is(kind: PersonalData, name: str) -> None:
    """Whether the value looks like a word or like a number."""
    assert kind_of_property(name, "lead") is kind
    assert kind_of_property(name, "12345") is kind


@for_each("name", sorted({name for names in KINDS.values() for name in names}))
def test_flag_is_a_flag_under_every_name_but_that_of_a_phone(name: str) -> None:
    for flag in ("true", "false"):
        expected = PersonalData.PHONE if name in KINDS[PersonalData.PHONE] else None
        assert kind_of_property(name, flag) is expected


@for_each(
    "name",
    [
        "hs_object_id", "object_id", "ticket_id", "hs_ticket_id", "unique_creation_key", "hs_all_contact_vids",
        "all_contact_vids", "hubspot_owner_id", "associated_ids", "hs_all_owner_ids",
        "associatedcompanyid",
    ],
)  # fmt: skip
@for_each(
    ("value", "expected"),
    [
        ("123456789012", None), ("1;2;309706358493", None), ("OPEN_DEAL", None), ("a-b_c", None), ("a;B", None),
        ("Jane Roe", PersonalData.TEXT), ("1; 2", PersonalData.TEXT), ("Jane", PersonalData.TEXT),
    ],
)  # fmt: skip
def test_ids_are_kept_and_what_is_no_id_is_not(name: str, value: str, expected: PersonalData | None) -> None:
    assert kind_of_property(name, value) is expected


@for_each(
    "name",
    [
        "hs_lead_status", "hubspot_score", "num_notes", "notes_last_contacted", "recent_deal_amount", "days_to_close",
        "total_revenue", "lifecyclestage", "leadstatus", "lead_status", "pipeline", "dealstage", "dealtype", "priority",
        "currency", "archived",
    ],
)  # fmt: skip
def test_chosen_and_computed_values_are_kept_and_texts_are_not(name: str) -> None:
    for value in ("lead", "OPEN_DEAL", "a-b;c_d", "12345678", "-12345678.25"):
        assert kind_of_property(name, value) is None, value
    for value in ("Jane", "jane roe", "1,5", "15076500565", "4111111111111111"):
        assert kind_of_property(name, value) is PersonalData.TEXT, value


@for_each(
    ("value", "kind"),
    [
        ("12345678", PersonalData.NUMBER), ("-1234567.5", PersonalData.NUMBER), ("vip", PersonalData.TEXT),
        ("OPEN", PersonalData.TEXT), ("123456", PersonalData.NUMBER), ("7.5", PersonalData.NUMBER), ("", None),
        ("1980-01-01", PersonalData.DATE), ("2026-03-12T07:34:24Z", PersonalData.DATE), ("true", None),
        ("0a1b2c3d-aaaa-4bbb-8ccc-dddddddddddd", PersonalData.TEXT),
    ],
)  # fmt: skip
def test_name_that_no_rule_knows_holds_personal_data(value: str, kind: PersonalData | None) -> None:
    assert kind_of_property("our_own", value) is kind


@for_each(
    "value",
    [
        "", "true", "false", "0", "-123456", "123456.789", "1980-01-01", "2026-03-12T07:34:24Z",
        "2026-03-12T07:34:24.123+01:00", "2026-03-12T07:34:24-0100", "1762104088373",
        "0a1b2c3d-aaaa-4bbb-8ccc-dddddddddddd", "0A1B2C3D-AAAA-4BBB-8CCC-DDDDDDDDDDDD",
    ],
)  # fmt: skip
def test_value_of_a_machine(value: str) -> None:
    assert is_machine_value(value)


@for_each(
    "value",
    [
        "1234567", "True", "Jane", "1980-01", "1980-01-01 Jane", "27621040883730", "2762104088373", "176210408837",
        "0a1b2c3d-aaaa-4bbb-8ccc-ddddddddddd", "x 123", "2026-03-12T07:34", "+123",
    ],
)  # fmt: skip
def test_value_that_may_be_somebodys(value: str) -> None:
    assert not is_machine_value(value)


@for_each(
    ("kind", "value", "pattern"),
    [
        (PersonalData.EMAIL, "Jane.Roe@acme.no", r"person-[0-9a-f]{10}@example\.com"),
        (PersonalData.FIRST_NAME, "Jane", "First[0-9a-f]{10}"),
        (PersonalData.LAST_NAME, "Roe", "Last[0-9a-f]{10}"),
        (PersonalData.PHONE, "+47 912 34 567", r"\+1555\d{7}"),
        (PersonalData.PLACE, "Storgata 1", "Place[0-9a-f]{10}"),
        (PersonalData.DOMAIN, "acme.no", r"example\.com"),
        (PersonalData.NUMBER, "12345678901", r"999\d{8}"),
        (PersonalData.NUMBER, "1234567", r"999\d{4}"),
        (PersonalData.NUMBER, "12", r"999\d{4}"),
        (PersonalData.TEXT, "Jane is ill", "Text[0-9a-f]{10}"),
    ],
)
def test_pseudonym_has_the_format_of_its_kind(kind: PersonalData, value: str, pattern: str) -> None:
    pseudonyms = Pseudonyms(b"key")

    given = pseudonyms.give(kind, value)

    assert re.fullmatch(pattern, given)
    assert pseudonyms.given == {value: given}
    assert is_pseudonym(kind, given)
    assert is_any_pseudonym(given)
    assert pseudonyms.give(kind, given) == given
    assert Pseudonyms(b"key").give(kind, value.upper()) == given
    if kind is not PersonalData.NUMBER:  # it is as long as its value
        assert Pseudonyms(b"key").give(kind, f" {value} ") == given
    if kind is not PersonalData.DOMAIN:
        assert Pseudonyms(b"other").give(kind, value) != given


def test_pseudonym_is_a_keyed_hash() -> None:
    """So that nobody can try out values without the key, and the next recording has the same pseudonyms."""
    digest = hmac.new(b"key", b"EMAIL\0jane@acme.no", hashlib.sha256).hexdigest()

    assert Pseudonyms(b"key").give(PersonalData.EMAIL, "Jane@acme.no") == f"person-{digest[:10]}@example.com"


def test_kinds_have_different_pseudonyms_for_one_value() -> None:
    """Nobody can tell from a pseudonym that a first name is also a place."""
    pseudonyms = Pseudonyms(b"key")

    first, last = (pseudonyms.give(kind, "Jane") for kind in (PersonalData.FIRST_NAME, PersonalData.LAST_NAME))

    assert first.removeprefix("First") != last.removeprefix("Last")


def test_list_of_addresses_keeps_its_length() -> None:
    pseudonyms = Pseudonyms(b"key")

    given = pseudonyms.give(PersonalData.EMAIL, "a@acme.no; b@acme.no;c@example.com")

    assert given.split(";")[2] == "c@example.com"
    assert given.split(";")[:2] == [pseudonyms.give(PersonalData.EMAIL, f"{one}@acme.no") for one in "ab"]
    assert is_pseudonym(PersonalData.EMAIL, given)
    assert set(pseudonyms.given) == {"a@acme.no", "b@acme.no"}


def test_list_of_texts_is_one_text() -> None:
    given = Pseudonyms(b"key").give(PersonalData.TEXT, "a;b")

    assert re.fullmatch("Text[0-9a-f]{10}", given)


@for_each(
    "value",
    [
        "x@example.com", "x@example.org", "x@example.net", "x@sub.example.com", "x@y.test", "x@y.invalid", "",
        "x@y.example", "x%40example.com", "bh%40hubspot.com", "bh@hubspot.com", "emailmaria@hubspot.com",
        "CoolRobot@hubspot.com", "a@example.com;b@x.test", ";", "a@example.com;",
    ],
)  # fmt: skip
def test_address_of_nobody(value: str) -> None:
    assert is_pseudonym(PersonalData.EMAIL, value)


@for_each(
    "value",
    [
        "x@acme.no", "x@example.no", "x@myexample.com", "x@example.com.no", "jane@acme.no;x@example.com",
        "x@example.com;jane@acme.no", "Jane Roe x@example.com", "jane@hubspot.com", "First0123456789",
        "X",
    ],
)  # fmt: skip
def test_address_that_may_be_somebodys(value: str) -> None:
    assert not is_pseudonym(PersonalData.EMAIL, value)


@for_each("value", ["Jane", "Texas", "Textile", "First", "Lastly", "Place", "+1556", "99", "12345678"])
def test_value_that_only_begins_like_a_pseudonym(value: str) -> None:
    assert not is_any_pseudonym(value)


@for_each(
    ("kind", "value", "expected"),
    [
        (PersonalData.TEXT, "jane@acme.no", PersonalData.EMAIL),
        (PersonalData.PHONE, "jane@acme.no", PersonalData.EMAIL),
        (PersonalData.EMAIL, "a@acme.no;b@acme.no", PersonalData.EMAIL),
        (PersonalData.EMAIL, "Jane jane@acme.no", PersonalData.EMAIL),
        (PersonalData.EMAIL, "no address at all", PersonalData.TEXT),
        (PersonalData.TEXT, "Jane jane@acme.no", PersonalData.TEXT),
        (PersonalData.TEXT, "@home", PersonalData.TEXT),
        (PersonalData.PHONE, "912", PersonalData.PHONE),
    ],
)
def test_address_is_an_address_under_every_name(kind: PersonalData, value: str, expected: PersonalData) -> None:
    assert email_or(kind, value) is expected


def test_a_pseudonym_of_some_kind_is_one_of_a_kind() -> None:
    """The one pattern of all kinds says the same as the patterns of each."""
    made = [Pseudonyms(b"key").give(kind, "9-Ada") for kind in PersonalData]
    odd = [
        "",
        ";",
        ";;",
        "a;",
        "a@b.example;",
        ";a%40b.test",
        "bh@hubspot.com",
        "First12",
        "Text1234 Text12345",
        "99912345.6",
    ]
    shapes = [text for each in (*made, *odd) for text in (each, f"{each} ", f"x{each}", f"{each}\n", each.upper())]

    for text in shapes:
        assert is_any_pseudonym(text) == any(is_pseudonym(kind, text) for kind in PersonalData), text
    assert all(map(is_any_pseudonym, made))


@for_each(
    ("name", "plain"),
    [
        ("FødselsDato", "fodsels_dato"),
        ("straße", "strasse"),
        ("Đường phố", "duong_pho"),
        ("ære", "aere"),
        ("Prénom/2", "prenom_2"),
        ("x" * 300, "x" * 200),
    ],
)
def test_a_name_of_a_property_is_looked_up_without_accents(name: str, plain: str) -> None:
    assert people._plain_name(name) == plain
