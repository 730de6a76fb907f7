"""Fields for the properties of a record, and the values that a form gives to them."""

from collections.abc import Mapping
from dataclasses import dataclass

from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.types import ObjectType

__all__ = ["BEFORE", "PROPERTY", "PropertyField", "changed_values", "property_field", "typed_values"]

PROPERTY, BEFORE = "p.", "was."
MOST_OPTIONS = 500
LONG = 80


@dataclass(frozen=True, slots=True)
class PropertyField:
    """A field for one property.

    Attributes:
        kind: text, long or choice.
        type: What HubSpot calls the type of the property.
    """

    name: str
    label: str
    type: str
    value: str
    kind: str
    choices: list[tuple[str, str]]


def property_field(portal: Portal, kind: ObjectType, name: str, value: str) -> PropertyField:
    """Return the field of a property."""
    definition = portal.definitions.get(kind.type_id, name)
    if definition is None:
        return PropertyField(name, name, "string", value, _text_kind(value), [])
    choices = [(one.value, one.label) for one in definition.options[:MOST_OPTIONS]]
    if definition.type == "bool" and not choices:
        choices = [("true", "Yes"), ("false", "No")]
    # Several options of one property are joined by `;`, which a list of single choices cannot express.
    is_choice = bool(choices) and definition.field_type != "checkbox"
    kind_of_field = (
        "choice" if is_choice else "long" if definition.field_type in ("textarea", "html") else _text_kind(value)
    )
    return PropertyField(name, definition.label, definition.type, value, kind_of_field, choices)


def _text_kind(value: str) -> str:
    return "long" if len(value) > LONG or "\n" in value else "text"


def typed_values(form: Mapping[str, str]) -> dict[str, str]:
    """Return the properties that a form gives a value: from its fields, and from pairs of name and value."""
    found = {name.removeprefix(PROPERTY): value for name, value in form.items() if name.startswith(PROPERTY) and value}
    return found | _pairs(form)


def changed_values(form: Mapping[str, str]) -> dict[str, str]:
    """Return the properties that a form changes: what somebody else has changed meanwhile stays as it is."""
    found = {}
    for field, value in form.items():
        name = field.removeprefix(PROPERTY)
        if field.startswith(PROPERTY) and value != form.get(BEFORE + name, ""):
            found[name] = value
    return found | _pairs(form)


def _pairs(form: Mapping[str, str]) -> dict[str, str]:
    numbers = (field.removeprefix("name") for field in form if field.startswith("name") and field[4:].isdigit())
    named = ((form[f"name{number}"].strip(), form.get(f"value{number}", "")) for number in numbers)
    return {name: value for name, value in named if name}
