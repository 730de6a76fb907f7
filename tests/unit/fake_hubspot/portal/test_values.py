"""What may be written to a property, and in which format it is stored."""

from fake_hubspot.portal.definitions import Option, PropertyDefinition
from fake_hubspot.portal.errors import InvalidValue
from fake_hubspot.portal.values import WireValue, to_stored, to_text
from tests.support.cases import for_each


def definition(kind: str, **more: object) -> PropertyDefinition:
    """Return a property of this type."""
    given = {"name": "p", "label": "P", "type": kind, "field_type": "text", "group_name": "g"} | more
    return PropertyDefinition(**given)  # type: ignore[arg-type]


@for_each(
    ("kind", "value", "stored"),
    [
        ("string", "a", "a"),
        ("string", 5, "5"),
        ("string", True, "true"),
        ("string", None, ""),
        ("number", "1e3", "1e3"),
        ("number", 2.5, "2.5"),
        ("number", "", ""),
        ("bool", "TRUE", "true"),
        ("datetime", "1659970341857", "2022-08-08T14:52:21.857Z"),
        ("datetime", 1651568400000, "2022-05-03T09:00:00Z"),
        ("datetime", "2026-01-31", "2026-01-31T00:00:00Z"),
        ("datetime", "2026-01-31T12:00:00+02:00", "2026-01-31T10:00:00Z"),
        ("date", "2026-01-31", "2026-01-31"),
        ("date", "1769817600000", "2026-01-31"),
        ("json", "{}", "{}"),
    ],
)
def test_a_good_value_is_kept_in_hubspots_spelling(kind: str, value: WireValue, stored: str) -> None:
    """As text, whatever type was sent."""
    assert to_stored(definition(kind), value, place="") == stored


@for_each(
    ("kind", "value", "code"),
    [
        ("number", "x", "INVALID_INTEGER"),
        ("number", "nan", "INVALID_INTEGER"),
        ("number", "inf", "INVALID_INTEGER"),
        ("number", "1_000", "INVALID_INTEGER"),
        ("number", "٣", "INVALID_INTEGER"),
        ("bool", "maybe", "INVALID_OPTION"),
        ("datetime", "invalid", "INVALID_LONG"),
        ("datetime", "99999999999999999999", "INVALID_LONG"),
        ("date", "1769817600001", "INVALID_DATE"),
        ("date", "soon", "INVALID_DATE"),
    ],
)
def test_a_wrong_value_has_a_code(kind: str, value: str, code: str) -> None:
    """One for each type."""
    problem = to_stored(definition(kind), value, place="Portal 1")

    assert isinstance(problem, InvalidValue)
    assert problem.code == code


def test_an_enumeration_takes_its_options_and_several_of_them() -> None:
    """Separated by semicolons; without options it accepts anything."""
    closed = definition("enumeration", options=(Option(label="A", value="a"), Option(label="B", value="b")))

    assert to_stored(closed, "a;b", place="") == "a;b"
    assert isinstance(to_stored(closed, "a;c", place=""), InvalidValue)
    assert to_stored(definition("enumeration"), "anything", place="") == "anything"


@for_each(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (-5, "-5"),
        (2.0, "2"),
        (-0.5, "-0.5"),
        (999_999_999_999_999.0, "999999999999999"),
        (-999_999_999_999_999.0, "-999999999999999"),
        (1e15, "1000000000000000.0"),
        (10**20, "100000000000000000000"),
        ("", ""),
        (" a ", " a "),
    ],
)
def test_a_value_becomes_the_text_that_hubspot_stores(value: WireValue, text: str) -> None:
    """A whole number has no fraction, as long as a float is exact."""
    assert to_text(value) == text


@for_each(
    ("kind", "value", "stored"),
    [
        ("number", " 5 ", "5"),
        ("number", "-1.50", "-1.50"),
        ("number", False, None),
        ("number", "-inf", None),
        ("bool", False, "false"),
        ("bool", "False", "false"),
        ("bool", "1", None),
        ("datetime", "-62135596800000", "0001-01-01T00:00:00Z"),
        ("datetime", "-62135596800001", None),
        ("datetime", "253402300799999", "9999-12-31T23:59:59.999Z"),
        ("datetime", "253402300800000", None),
        ("date", "0", "1970-01-01"),
        ("date", "86400000", "1970-01-02"),
        ("date", "86399999", None),
        ("date", "86400001", None),
        ("date", "-62135596800000", "0001-01-01"),
        ("date", "-62135683200000", None),
        ("phone_number", "x", "x"),
    ],
)
def test_a_value_at_its_bound(kind: str, value: WireValue, stored: str | None) -> None:
    """The first and the last millisecond that HubSpot knows; a date is a whole day."""
    found = to_stored(definition(kind), value, place="")

    assert (None if isinstance(found, InvalidValue) else found) == stored


@for_each(
    ("kind", "problem"),
    [
        ("number", InvalidValue("p", "INVALID_INTEGER", "x was not a valid number.")),
        ("bool", InvalidValue("p", "INVALID_OPTION", "x was not one of the allowed options: [true, false]")),
        ("datetime", InvalidValue("p", "INVALID_LONG", "x was not a valid long. Here", terse=True)),
        ("date", InvalidValue("p", "INVALID_DATE", "x was not a valid date. Dates are at midnight UTC.")),
        ("enumeration", InvalidValue("p", "INVALID_OPTION", "x was not one of the allowed options: [a, b]")),
    ],
)
def test_a_problem_names_the_property_and_what_came(kind: str, problem: InvalidValue) -> None:
    """Only that of a time is terse."""
    options = (Option(label="A", value="a"), Option(label="B", value="b")) if kind == "enumeration" else ()

    assert to_stored(definition(kind, options=options), "x", place="Here") == problem


@for_each(("text", "wrong"), [("a", None), (";a;b;", None), ("a;;b", ""), ("c;d;a", "c"), ("a;d;c", "d"), ("A", "A")])
def test_the_first_wrong_option_is_named(text: str, wrong: str | None) -> None:
    """Semicolons around the options do not matter."""
    closed = definition("enumeration", options=(Option(label="A", value="a"), Option(label="B", value="b")))

    found = to_stored(closed, text, place="")

    if wrong is None:
        assert found == text
    else:
        assert isinstance(found, InvalidValue)
        assert found.message.startswith(f"{wrong} was not one of")


@for_each(
    ("address", "is_valid"),
    [
        ("a@example.com", True),
        ("a.b+c@mail.example.co.uk", True),
        ("a@example", False),
        ("@example.com", False),
        ("a b@example.com", False),
        ("a@b@example.com", False),
        ("a@example..com", False),
        ("<a@example.com>", False),
        ("", True),
    ],
)
def test_an_address_has_a_name_and_a_domain(address: str, is_valid: bool) -> None:
    """Only the property `email` is checked, and it may be cleared."""
    found = to_stored(definition("string", name="email"), address, place="")

    expected = InvalidValue("email", "INVALID_EMAIL", f"Email address {address} is invalid")
    assert found == (address if is_valid else expected)
    assert to_stored(definition("string"), address, place="") == address
