"""How pages name records and their properties. Pure but for the portal that it reads."""

from collections.abc import Iterable

from fake_hubspot.portal.definitions import PropertyDefinition
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.store import Record
from fake_hubspot.portal.types import ObjectType

__all__ = ["is_editable", "label_of", "names_of", "plural_of", "record_path", "singular_of", "title_of"]

RECORDS = "/_fake/ui/records"


def singular_of(kind: ObjectType) -> str:
    """Return what people call one record."""
    return (kind.labels[0] if kind.labels else kind.singular).replace("_", " ").lower()


def plural_of(kind: ObjectType) -> str:
    """Return what people call several records."""
    return (kind.labels[1] if kind.labels else kind.plural).replace("_", " ").lower()


def title_of(kind: ObjectType, record: Record) -> str:
    """Return what a person would call the record: its name, or its id."""
    values = record.properties
    name = " ".join(values.get(each, "") for each in ("firstname", "lastname")).strip() if kind.type_id == "0-1" else ""
    return (
        name or values.get("email", "") or values.get(kind.display_property, "") or f"{singular_of(kind)} {record.id}"
    )


def record_path(kind: ObjectType, record_id: object = "") -> str:
    """Return the path of the page of a type or of a record, not encoded."""
    return f"{RECORDS}/{kind.wire_name}" + (f"/{record_id}" if record_id else "")


def label_of(portal: Portal, kind: ObjectType, name: str) -> str:
    """Return the label of a property, or its name."""
    definition = portal.definitions.get(kind.type_id, name)
    return definition.label if definition else name


def is_editable(definition: PropertyDefinition | None) -> bool:
    """Return whether a person may set the property."""
    return definition is None or not (definition.read_only_value or definition.calculated)


def names_of(portal: Portal, kind: ObjectType) -> Iterable[str]:
    """Return the names of all properties of a type, in their order."""
    return (one.name for one in portal.definitions.of(kind.type_id))
