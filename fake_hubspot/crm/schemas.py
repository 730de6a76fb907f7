"""Custom object types."""

from functools import partial
from typing import Any, TypedDict

import msgspec

from fake_hubspot.context import ANY_SCOPE, Operation, RateClass, RequestContext, Response, Route
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.parameters import object_type, resource_not_found
from fake_hubspot.crm.properties import to_wire as property_to_wire
from fake_hubspot.crm.versions import PATHS
from fake_hubspot.errors import UsageError
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.definitions import Option, PropertyDefinition
from fake_hubspot.portal.pipelines import SEEDED_MS
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.types import ObjectType

__all__ = ["define_type", "routes"]

PREFIXES = PATHS["schemas"]


class SchemaResponse(TypedDict):
    """One object type."""

    id: str
    objectTypeId: str
    name: str
    labels: dict[str, str]
    fullyQualifiedName: str
    primaryDisplayProperty: str
    requiredProperties: list[str]
    searchableProperties: list[str]
    secondaryDisplayProperties: list[str]
    properties: list[dict[str, Any]]
    associations: list[dict[str, Any]]
    archived: bool
    createdAt: str
    updatedAt: str


class SchemaList(TypedDict):
    """Every custom object type."""

    results: list[SchemaResponse]


class Labels(msgspec.Struct, frozen=True):
    """The labels of a type."""

    singular: str
    plural: str


class TypeProperty(msgspec.Struct, frozen=True, rename="camel"):
    """A property of a new type."""

    name: str
    label: str
    type: str = "string"
    field_type: str = "text"
    has_unique_value: bool = False
    options: tuple[Option, ...] = ()


class NewType(msgspec.Struct, frozen=True, rename="camel"):
    """An object type to define."""

    name: str
    labels: Labels
    properties: list[TypeProperty]
    required_properties: list[str] = []
    primary_display_property: str | None = None


def routes() -> list[Route]:
    """Return the routes of this family."""
    route = partial(Route, scope=ANY_SCOPE, rate_class=RateClass.GENERAL)
    making = Operation(body=NewType, response=SchemaResponse, statuses=(201,))
    found = []
    for prefix in PREFIXES:
        one = f"{prefix}/{{objectType}}"
        found += [
            route(
                "schemas.list",
                "GET",
                prefix,
                list_schemas,
                summary="List custom object types",
                operation=Operation(response=SchemaList),
            ),
            route("schemas.create", "POST", prefix, create_schema, summary="Define an object type", operation=making),
            route(
                "schemas.read",
                "GET",
                one,
                read_schema,
                summary="Read an object type",
                operation=Operation(response=SchemaResponse),
            ),
            route(
                "schemas.archive",
                "DELETE",
                one,
                drop_schema,
                summary="Delete an object type",
                operation=Operation(statuses=(204,)),
            ),
        ]
    return found


def _wire(portal: Portal, kind: ObjectType) -> dict[str, Any]:
    """Render one object type.

    Source: docs for the keys; their order is assumed.
    """
    made = format_time(SEEDED_MS)
    return {
        "id": kind.type_id.partition("-")[2],
        "objectTypeId": kind.type_id,
        "name": kind.singular,
        "labels": {"singular": kind.singular, "plural": kind.plural},
        "fullyQualifiedName": kind.qualified_name or f"p{portal.id}_{kind.singular}",
        "primaryDisplayProperty": kind.display_property,
        "requiredProperties": [],
        "searchableProperties": [kind.display_property],
        "secondaryDisplayProperties": [],
        "properties": [property_to_wire(one) for one in portal.definitions.of(kind.type_id)],
        "associations": [],
        "archived": False,
        "createdAt": made,
        "updatedAt": made,
    }


def define_type(portal: Portal, given: NewType) -> ObjectType:
    """Define an object type with its properties.

    Raises:
        HubSpotError: 400 or 409. Source: docs for the rules; the texts are assumed.
    """
    name, plural = given.name, given.labels.plural.lower().replace(" ", "_")
    if not (name.isascii() and name.replace("_", "").isalnum()) or not given.properties or not plural:
        text = "A type needs a name of letters, digits and underscores, a plural label and at least one property"
        raise HubSpotError(400, text, category="VALIDATION_ERROR")
    display = given.primary_display_property or given.properties[0].name
    kind = ObjectType(
        portal.new_type_id(),
        name,
        plural,
        tuple(sorted({display, "hs_createdate", "hs_lastmodifieddate", "hs_object_id"})),
        created_property="hs_createdate",
        display_property=display,
        is_custom=True,
    )
    if plural == name:
        raise HubSpotError(400, "The plural label must differ from the name", category="VALIDATION_ERROR")
    try:
        kind = portal.add_type(kind)
    except UsageError as error:
        raise HubSpotError(409, str(error), category="OBJECT_ALREADY_EXISTS") from error
    for one in given.properties:
        fields = msgspec.structs.asdict(one)
        portal.definitions.put(kind.type_id, PropertyDefinition(**fields, group_name="information"))
    return kind


def list_schemas(context: RequestContext) -> Response:
    """Return every custom object type."""
    portal = context.portal
    return Response.of({"results": [_wire(portal, kind) for kind in portal.custom_types]})


def create_schema(context: RequestContext) -> Response:
    """Define an object type.

    Source: docs (201).
    """
    kind = define_type(context.portal, read_body(context, NewType))
    return Response.of(_wire(context.portal, kind), status=201)


def _known(context: RequestContext) -> ObjectType:
    return object_type(context)


def read_schema(context: RequestContext) -> Response:
    """Return one object type; HubSpot's own can be read as well.

    Source: docs.
    """
    return Response.of(_wire(context.portal, _known(context)))


def drop_schema(context: RequestContext) -> Response:
    """Delete a custom object type.

    Source: docs (204).
    """
    kind = _known(context)
    if not kind.is_custom:
        raise resource_not_found()
    context.portal.drop_type(kind)
    return Response.empty()
