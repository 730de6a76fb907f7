"""What a recording keeps: keywords, ids, cursors, times, names of the schema. Nothing that only resembles them."""

from contract_bench.cassettes.redaction.words import (
    is_choice,
    is_cursor,
    is_id,
    is_key,
    is_known_host,
    is_name_of_the_schema,
    is_time,
    is_word,
    is_words,
)
from tests.support.cases import for_each


@for_each(
    "text",
    [
        "OBJECT_NOT_FOUND", "crm.associations.INVALID_ASSOCIATION_TYPE", "application/json",
        "HUBSPOT_DEFINED", "marketingqualifiedlead", "lineItems", "VALIDATION_ERROR", "max-age", "v3", "404", "a-b_c",
        "utf-8",
    ],
)  # fmt: skip
def test_keyword(text: str) -> None:
    assert is_word(text)
    assert is_words(text)


@for_each(
    "text",
    [
        "KARI", "Kari", "OBJECT_KARI", "Max", "MAX", "Per", "Grant",
        "912 34 567", "912-34-567", "9 1 2 3", "K a r i", "1980-01-01", "192.0.2.17",
        "contactKari",
        "kontakt@acme.no", "x" * 301, "é", "٤", "OBJECT\nNOT_FOUND\x00",
    ],
)  # fmt: skip
def test_no_keyword(text: str) -> None:
    assert not is_word(text)
    assert not is_choice(text)


@for_each("text", ["1", "713802347732", "-1", "0-1", "2-123456789", "0a1b2c3d-aaaa-4bbb-8ccc-dddddddddddd", "abc"])
def test_id(text: str) -> None:
    assert is_id(text)


@for_each(
    "text",
    [
        "01018012345x", "15076500565", "198001019804", "4111111111111111",
        "5500000000000004", "AB-1234", "1" * 20, "1.5", "+4791234567", "", "12 34",
    ],
)  # fmt: skip
def test_no_id(text: str) -> None:
    """Among them an identity number of Norway and of Sweden and two card numbers, with the right check digits."""
    assert not is_id(text)


def test_wrong_check_digit_is_an_id() -> None:
    """HubSpot's ids have as many digits."""
    assert is_id("15076500566")
    assert is_id("4111111111111112")


@for_each("text", ["52", "MC0yLTc1MDI%3D", "NTI1Cg==", "NTI1Cg%3D%3D", "1:2", "713802347733", "abc"])
def test_cursor_of_numbers(text: str) -> None:
    assert is_cursor(text)


@for_each("text", ["kari", "a2FyaQ==", "hunter2", "=", "MTIz" * 40, "Kari 12", "\u0661"])
def test_cursor_that_may_hold_anything(text: str) -> None:
    assert not is_cursor(text)


@for_each(
    "text",
    [
        "firstname", "hs_v2_date_entered_1234567890", "-createdate", "our_own_2", "0-1", "2-123456789", "line_items",
        "myProperty",
        "no_such_property_at_all",
    ],
)  # fmt: skip
def test_name_of_the_schema(text: str) -> None:
    assert is_name_of_the_schema(text)


@for_each(
    "text",
    [
        "Kari", "kari nordmann", "kari@acme.no", "n15076500565", "hs_15076500565", "sk_live_51H0000000000000",
        "w6VCQkJCQg",
        "x0123456789abcdef", "a1b2c3d4", "", "-", "ølglass", "x" * 102,
    ],
)  # fmt: skip
def test_no_name_of_the_schema(text: str) -> None:
    assert not is_name_of_the_schema(text)


@for_each("text", ["updatedAt", "is-contact", "api key", "expire time", "hs_object_id", "_id", "$type"])
def test_key(text: str) -> None:
    assert is_key(text)


@for_each("text", ["Kari", "Kari Nordmann", "12345", "kari@acme.no", "w6VCQkJCQg", "Å"])
def test_no_key(text: str) -> None:
    assert not is_key(text)


@for_each(
    "text",
    ["2026-03-12", "2026-03-12T07:34:24Z", "2026-03-12T07:34:24.123+01:00", "1762104088373", "1762104088",
     "Mon, 02 Mar 2026 10:00:00 GMT"],
)  # fmt: skip
def test_time(text: str) -> None:
    assert is_time(text)


@for_each("text", ["2026", "12.03.2026", "2026-03-12 Kari", "Mon, 02 Kar 2026 10:00:00 GMT", "07:34:24", ""])
def test_no_time(text: str) -> None:
    assert not is_time(text)


@for_each(
    ("host", "expected"),
    [
        ("api.hubapi.com", True), ("api-eu1.hubapi.com", True), ("app-na2.hubspot.com", True), ("127.0.0.1", True),
        ("fake-hubspot.test", True), ("localhost", True), ("acme.hubspot.com", False), ("kari.hs-sites.com", False),
        ("192.0.2.17", False), ("api.hubapi.com.acme.no", False), ("acme.no", False), ("", False),
    ],
)  # fmt: skip
def test_host(host: str, expected: bool) -> None:
    assert is_known_host(host) is expected
