"""HubSpot's object types and how they differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import msgspec

from service.decoding import Name, decode_body
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
    def association_key(self) -> str:
        """The name of the type among a record's associations.

        A standard type has the name that HubSpot's list uses, with a blank in `line items`. HubSpot does not document
        the name of a custom type there, so it gets its qualified name.

        Source: recording (list of deals with line items).
        """
        return self.name if self.type_id else self.name.replace("_", " ")

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
    ObjectType("feedback_submissions", other_names=("feedback_submission", "0-19")),
    ObjectType("goal_targets", other_names=("goal_target", "0-74")),
    ObjectType("discounts", other_names=("discount", "0-84")),
    ObjectType("fees", other_names=("fee", "0-85")),
    ObjectType("taxes", other_names=("tax", "0-86")),
    ObjectType("commerce_payments", other_names=("commerce_payment", "0-101")),
    ObjectType("users", other_names=("user", "0-115")),
    ObjectType("services", other_names=("service", "0-162")),
    ObjectType("courses", other_names=("course", "0-410")),
    ObjectType("listings", other_names=("listing", "0-420")),
    ObjectType("appointments", other_names=("appointment", "0-421")),
    ObjectType("projects", other_names=("project", "0-970")),
    ObjectType("deal_splits", other_names=("deal_split",)),
    ObjectType("contracts", other_names=("contract", "0-721")),
    ObjectType("partner_clients", other_names=("partner_client",)),
    ObjectType("partner_services", other_names=("partner_service",)),
)
"""Source: docs (object type ids, guide to contracts, 2025 to 2026), reader (names and ids in HubSpot's own clients).

Only the modified date of contacts is `lastmodifieddate`. HubSpot does not publish the ids of deal splits, partner
clients and partner services.
"""


_MAX_CUSTOM_TYPES = 500  # HubSpot allows ten, for the largest accounts a few more


class _Schema(msgspec.Struct, rename="camel"):
    name: Name
    object_type_id: Name
    fully_qualified_name: Name = ""


class _Schemas(msgspec.Struct):
    results: Annotated[list[_Schema], msgspec.Meta(max_length=_MAX_CUSTOM_TYPES)]


def find_type(name: str, types: Sequence[ObjectType]) -> ObjectType | None:
    """Find an object type by any of its names, in upper or lower case, with blanks or underscores.

    A name that another type has exactly as given comes first.
    """
    exact = next((known for known in types if name == known.name or name in known.other_names), None)
    plain = _plain(name)
    return exact or next((known for known in types if plain in map(_plain, (known.name, *known.other_names))), None)


def _plain(name: str) -> str:
    return name.lower().replace(" ", "_")


def parse_custom_types(body: bytes) -> tuple[ObjectType, ...]:
    """Parse the list of the portal's custom object types.

    Raises:
        MismatchError: The body is not such a list.

    Shape: `{"results": [{"name": "car", "objectTypeId": "2-123", "fullyQualifiedName": "p62515_car"}]}`.
    Source: docs (schemas API).
    """
    try:
        schemas = decode_body(body, _Schemas).results
    except ValueError as error:
        raise MismatchError(f"HubSpot's list of custom object types is malformed: {error}.") from None
    return tuple(
        ObjectType(
            schema.fully_qualified_name or schema.object_type_id,
            other_names=(schema.name, f"p_{schema.name}", schema.object_type_id),
            type_id=schema.object_type_id,
        )
        for schema in schemas
    )
