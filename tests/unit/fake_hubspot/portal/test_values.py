"""What may be written to a property, and in which format it is stored."""

import pytest

from fake_hubspot.portal.definitions import Option, PropertyDefinition
from fake_hubspot.portal.errors import InvalidValue
from fake_hubspot.portal.values import WireValue, to_stored


def definition(kind: str, **more: object) -> PropertyDefinition:
    """Return a property of this type."""
    given = {"name": "p", "label": "P", "type": kind, "field_type": "text", "group_name": "g"} | more
    return PropertyDefinition(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
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


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("number", "x", "INVALID_INTEGER"),
        ("number", "nan", "INVALID_INTEGER"),
        ("number", "inf", "INVALID_INTEGER"),
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
