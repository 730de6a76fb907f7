"""HubSpot's object types and how they differ."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from service.decoding import decode_json
from service.errors import MismatchError

__all__ = ["STANDARD_TYPES", "ObjectType", "find_type", "parse_custom_types"]


@dataclass(frozen=True, slots=True)
class ObjectType:
    """A type of record.

    Attributes:
        name: Its name in a route, `/get_<name>`.
        modified_property: The property with the time of the last change, for searches.
        other_names: Other accepted names: singular, id, plain name.
        type_id: The id of a custom type. It is the one name that HubSpot accepts in every path.
    """

    name: str
    modified_property: str = "hs_lastmodifieddate"
    other_names: tuple[str, ...] = ()
    type_id: str = ""

    @property
    def path_name(self) -> str:
        """The name to use in HubSpot's paths."""
        return self.type_id or self.name


STANDARD_TYPES = (
    ObjectType("contacts", "lastmodifieddate", ("contact", "0-1")),
    ObjectType("companies", other_names=("company", "0-2")),
    ObjectType("deals", other_names=("deal", "0-3")),
    ObjectType("tickets", other_names=("ticket", "0-5")),
    ObjectType("products", other_names=("product", "0-7")),
    ObjectType("line_items", other_names=("line_item", "0-8")),
    ObjectType("quotes", other_names=("quote", "0-14")),
    ObjectType("calls", other_names=("call", "0-48")),
    ObjectType("emails", other_names=("email", "0-49")),
    ObjectType("meetings", other_names=("meeting", "0-47")),
    ObjectType("notes", other_names=("note", "0-46")),
    ObjectType("tasks", other_names=("task", "0-27")),
    ObjectType("communications", other_names=("communication", "0-18")),
    ObjectType("postal_mail", other_names=("0-116",)),
    ObjectType("leads", other_names=("lead", "0-136")),
    ObjectType("orders", other_names=("order", "0-123")),
    ObjectType("carts", other_names=("cart", "0-142")),
    ObjectType("invoices", other_names=("invoice", "0-53")),
    ObjectType("subscriptions", other_names=("subscription", "0-69")),
)
"""Source: docs (object type ids, 2026). Only the modified date of contacts is `lastmodifieddate`."""


class _Schema(msgspec.Struct, rename="camel"):
    name: str
    object_type_id: str
    fully_qualified_name: str = ""


class _Schemas(msgspec.Struct):
    results: list[_Schema]


def find_type(name: str, types: Sequence[ObjectType]) -> ObjectType | None:
    """Find an object type by any of its names."""
    return next((known for known in types if name == known.name or name in known.other_names), None)


def parse_custom_types(body: bytes) -> tuple[ObjectType, ...]:
    """Parse the list of the portal's custom object types.

    Raises:
        MismatchError: The body is not such a list.

    Shape: `{"results": [{"name": "car", "objectTypeId": "2-123", "fullyQualifiedName": "p62515_car"}]}`.
    Source: docs (schemas API).
    """
    try:
        schemas = decode_json(body, _Schemas).results
    except ValueError as error:
        raise MismatchError(f"HubSpot's list of custom object types is malformed: {error}.") from None
    return tuple(
        ObjectType(
            schema.fully_qualified_name or schema.object_type_id,
            other_names=(schema.name, schema.object_type_id),
            type_id=schema.object_type_id,
        )
        for schema in schemas
    )
