"""Custom object types."""

from functools import partial
from typing import Any, NotRequired, TypedDict

import msgspec

from fake_hubspot.context import ANY_SCOPE, Operation, Param, RateClass, RequestContext, Response, Route
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.parameters import infer_type, object_type, resource_not_found
from fake_hubspot.crm.properties import to_wire as property_to_wire
from fake_hubspot.crm.versions import PATHS
from fake_hubspot.errors import UsageError
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.portal.associations import AssociationType
from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.definitions import Option, PropertyDefinition
from fake_hubspot.portal.owners import ACTING_USER_ID
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.store import Candidates
from fake_hubspot.portal.types import ObjectType, custom_type

__all__ = ["define_type", "routes"]

PREFIXES = PATHS["schemas"]

# Source: recording (amp-labs 2025-03).
DESCRIPTIONS = {"0-1": "Any person who interacts with a HubSpot user’s business."}
MOST_LINKS = 10_000
# What people see first of a record, and beside it. Source: recording (amp-labs 2025-11).
PRIMARY = {"0-1": "firstname"}
SECONDARY = {
    "0-1": ("lastname", "email", "phone"),
    "0-3": ("amount", "dealstage", "closedate"),
    "0-5": ("createdate", "closed_date", "hubspot_owner_id", "hs_pipeline_stage"),
}


class SchemaResponse(TypedDict):
    """One object type; some have no description."""

    labels: dict[str, str]
    requiredProperties: list[str]
    searchableProperties: list[str]
    primaryDisplayProperty: str
    secondaryDisplayProperties: list[str]
    description: NotRequired[str]
    allowsSensitiveProperties: bool
    archived: bool
    restorable: bool
    metaType: str
    id: str
    fullyQualifiedName: str
    createdAt: str
    updatedAt: str
    createdByUserId: NotRequired[int | None]
    updatedByUserId: NotRequired[int | None]
    objectTypeId: str
    properties: NotRequired[list[dict[str, Any]]]
    associations: NotRequired[list[dict[str, Any]]]
    name: str


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
    searchable_properties: list[str] | None = None
    secondary_display_properties: list[str] = []
    associated_objects: list[str] = []
    description: str | None = None


class TypeChange(msgspec.Struct, frozen=True, rename="camel"):
    """What to change of an object type."""

    labels: Labels | None = None
    required_properties: list[str] | None = None
    primary_display_property: str | None = None
    searchable_properties: list[str] | None = None
    secondary_display_properties: list[str] | None = None
    description: str | None = None


class SchemaNames(msgspec.Struct, frozen=True, rename="camel"):
    """The object types to read at once, and which parts of them; the parts are required.

    Source: reader (models of hubspot-sdk 0.1.0a9).
    """

    inputs: list[str]
    include_property_definitions: bool
    include_association_definitions: bool
    include_audit_metadata: bool


class NewAssociation(msgspec.Struct, frozen=True, rename="camel"):
    """Another type with which a custom type is to be associated."""

    from_object_type_id: str
    to_object_type_id: str
    name: str | None = None


class Parts(msgspec.Struct, frozen=True):
    """Which parts of object types a response has."""

    properties: bool = True
    associations: bool = True
    audit: bool = True


PARTS = tuple(
    Param(name, "boolean", f"`false` leaves out {what}.")
    for name, what in (
        ("includePropertyDefinitions", "`properties`"),
        ("includeAssociationDefinitions", "`associations`"),
        ("includeAuditMetadata", "the ids of users"),
    )
)


def _asked_parts(context: RequestContext) -> Parts:
    """Return the parts that the query asks for.

    Source: reader (parameters of hubspot-sdk 0.1.0a9); that parts are there unless they are refused: recording (v3).
    """
    return Parts(*((context.request.first(one.name) or "").lower() != "false" for one in PARTS))


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
                operation=Operation(PARTS, response=SchemaList),
            ),
            route("schemas.create", "POST", prefix, create_schema, summary="Define an object type", operation=making),
            route(
                "schemas.read",
                "GET",
                one,
                read_schema,
                summary="Read an object type",
                operation=Operation(PARTS, response=SchemaResponse),
            ),
            route(
                "schemas.batch.read",
                "POST",
                f"{prefix}/batch/read",
                read_schemas,
                summary="Read object types",
                operation=Operation(body=SchemaNames, response=SchemaList),
            ),
            route(
                "schemas.update",
                "PATCH",
                one,
                update_schema,
                summary="Change an object type",
                operation=Operation(body=TypeChange, response=SchemaResponse),
            ),
            route(
                "schemas.associate",
                "POST",
                f"{one}/associations",
                associate,
                summary="Associate an object type",
                operation=Operation(body=NewAssociation, statuses=(201,)),
            ),
            route(
                "schemas.dissociate",
                "DELETE",
                f"{one}/associations/{{associationIdentifier}}",
                dissociate,
                summary="Remove an association",
                operation=Operation(statuses=(204,)),
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


def _wire(portal: Portal, kind: ObjectType, parts: Parts | None = None) -> dict[str, Any]:
    """Render one object type.

    Source: recording (amp-labs 2025-11: contacts, deals and tickets; grouparoo 2022: the key order).
    """
    parts = parts or Parts()
    name = kind.singular if kind.is_custom else kind.upper_name
    user = int(ACTING_USER_ID) if kind.is_custom else None
    searchable, description = kind.searchable_properties, DESCRIPTIONS.get(kind.type_id, kind.description)
    wire: dict[str, Any] = {
        "labels": _labels(kind),
        "requiredProperties": list(kind.required_properties),
        "searchableProperties": [_display(kind)] if searchable is None else list(searchable),
        "primaryDisplayProperty": _display(kind),
        "secondaryDisplayProperties": list(SECONDARY.get(kind.type_id, kind.secondary_properties)),
        **({} if description is None else {"description": description}),
        "allowsSensitiveProperties": not kind.is_custom,
        "archived": False,
        "restorable": True,
        "metaType": "PORTAL_SPECIFIC" if kind.is_custom else "HUBSPOT",
        "id": kind.type_id.partition("-")[2],
        "fullyQualifiedName": kind.qualified_name or name,
        "createdAt": format_time(kind.created_ms),
        "updatedAt": format_time(kind.updated_ms),
        **({"createdByUserId": user, "updatedByUserId": user} if parts.audit else {}),
        "objectTypeId": kind.type_id,
    }
    if parts.properties:
        wire["properties"] = [property_to_wire(one) for one in portal.definitions.of(kind.type_id)]
    if parts.associations:
        wire["associations"] = [_link_wire(portal, kind, one) for one in _links(portal, kind)]
    return wire | {"name": name}


def _labels(kind: ObjectType) -> dict[str, str]:
    singular, plural = kind.labels or (_readable(kind.singular), _readable(kind.plural))
    return {"singular": singular, "plural": plural}


def _readable(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _display(kind: ObjectType) -> str:
    return PRIMARY.get(kind.type_id, kind.display_property)


def _links(portal: Portal, kind: ObjectType) -> list[AssociationType]:
    """Return the types of link that an object type can have: of a custom one those that it was associated with.

    Source: recording (amp-labs 2025-03: those of contacts); which of them HubSpot lists is only partly known.
    """
    own = [portal.associations.types(kind, portal.types[other])[0] for other in kind.associated_types]
    others = [one for one in portal.custom_types if kind.type_id in one.associated_types and one is not kind]
    back = [portal.associations.types(kind, one)[0] for one in others if one.type_id not in kind.associated_types]
    return [*portal.associations.defined_from(kind, portal.types), *own, *back]


def _link_wire(portal: Portal, kind: ObjectType, link: AssociationType) -> dict[str, Any]:
    """Render one type of link.

    Source: recording (amp-labs 2025-03: keys, names in upper case, one end of several types); that the other end of a
    primary type is a single record follows from the recorded type 931; the name of an own one is assumed.
    """
    name = dict(kind.association_names).get(link.to_type) or link.name
    most = 1 if link.is_primary and link.name.startswith(f"{kind.singular}_to_company") else MOST_LINKS
    least = 1 if link.is_primary and most != 1 else MOST_LINKS
    limit = portal.associations.limit(link)
    return {
        "fromObjectTypeId": kind.type_id,
        "toObjectTypeId": link.to_type,
        "name": name if kind.is_custom else name.upper(),
        "cardinality": _cardinality(most),
        "inverseCardinality": _cardinality(least),
        "hasUserEnforcedMaxToObjectIds": limit is not None,
        "hasUserEnforcedMaxFromObjectIds": False,
        "maxToObjectIds": most if limit is None else limit,
        "maxFromObjectIds": least,
        "id": str(link.type_id),
        "createdAt": None,
        "updatedAt": None,
    }


def _cardinality(most: int) -> str:
    return "ONE_TO_ONE" if most == 1 else "ONE_TO_MANY"


def define_type(portal: Portal, given: NewType) -> ObjectType:
    """Define an object type with its properties.

    Raises:
        HubSpotError: 400 or 409. Source: docs for the rules; the texts are assumed.
    """
    name = given.name
    if not (name.isascii() and name.replace("_", "").isalnum()) or not given.properties or not given.labels.plural:
        text = "A type needs a name of letters, digits and underscores, a plural label and at least one property"
        raise HubSpotError(400, text, category="VALIDATION_ERROR")
    display = given.primary_display_property or given.properties[0].name
    kind = custom_type(
        portal.new_type_id(),
        name,
        (given.labels.singular, given.labels.plural),
        display_property=display,
        required_properties=tuple(given.required_properties),
        searchable_properties=None if given.searchable_properties is None else tuple(given.searchable_properties),
        secondary_properties=tuple(given.secondary_display_properties),
        description=given.description,
        associated_types=tuple(_associated(portal, given.associated_objects)),
        created_ms=portal.clock.now_ms(),
        updated_ms=portal.clock.now_ms(),
    )
    _check_named(kind, {one.name for one in given.properties})
    if kind.plural == name:
        raise HubSpotError(400, "The plural label must differ from the name", category="VALIDATION_ERROR")
    try:
        kind = portal.add_type(kind)
    except UsageError as error:
        raise HubSpotError(409, str(error), category="OBJECT_ALREADY_EXISTS") from error
    for one in given.properties:
        fields = msgspec.structs.asdict(one)
        portal.definitions.put(kind.type_id, PropertyDefinition(**fields, group_name="information"))
    return kind


def _associated(portal: Portal, names: list[str]) -> list[str]:
    return [infer_type(portal, name).type_id for name in names]


def _check_named(kind: ObjectType, names: set[str]) -> None:
    """Check that the properties that a type names are among its own.

    Raises:
        HubSpotError: 400. Source: docs for the rule; the text is assumed.
    """
    named = (*kind.required_properties, *(kind.searchable_properties or ()), *kind.secondary_properties)
    unknown = [name for name in (*named, kind.display_property) if name not in names]
    if unknown:
        text = f"These properties are not defined: [{', '.join(dict.fromkeys(unknown))}]"
        raise HubSpotError(400, text, category="VALIDATION_ERROR")


def list_schemas(context: RequestContext) -> Response:
    """Return every custom object type."""
    portal, parts = context.portal, _asked_parts(context)
    return Response.of({"results": [_wire(portal, kind, parts) for kind in portal.custom_types]})


def read_schemas(context: RequestContext) -> Response:
    """Return several object types, those that are not found left out.

    Source: reader (hubspot-sdk 0.1.0a9 for the shapes; that missing ones are left out is assumed).
    """
    portal, wanted = context.portal, read_body(context, SchemaNames)
    parts = Parts(
        wanted.include_property_definitions, wanted.include_association_definitions, wanted.include_audit_metadata
    )
    found = [kind for name in wanted.inputs if (kind := portal.types.find(name)) is not None]
    return Response.of({"results": [_wire(portal, kind, parts) for kind in found]})


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
    return Response.of(_wire(context.portal, _known(context), _asked_parts(context)))


def update_schema(context: RequestContext) -> Response:
    """Change a custom object type; what is not given stays.

    Source: docs.
    """
    kind, portal = _known(context), context.portal
    if not kind.is_custom:
        raise resource_not_found()
    given = read_body(context, TypeChange)
    changes: dict[str, Any] = {"updated_ms": portal.clock.now_ms()}
    if given.labels is not None:
        changes["labels"] = (given.labels.singular, given.labels.plural)
    lists = {
        "required_properties": given.required_properties,
        "searchable_properties": given.searchable_properties,
        "secondary_properties": given.secondary_display_properties,
    }
    changes |= {name: tuple(value) for name, value in lists.items() if value is not None}
    if given.primary_display_property is not None:
        changes["display_property"] = given.primary_display_property
    if given.description is not None:
        changes["description"] = given.description
    changed = msgspec.structs.replace(kind, **changes)
    _check_named(changed, {one.name for one in portal.definitions.of(kind.type_id)})
    return Response.of(_wire(portal, portal.change_type(changed)))


def associate(context: RequestContext) -> Response:
    """Associate a custom object type with another type.

    Source: docs (201).
    """
    kind, portal = _known(context), context.portal
    given = read_body(context, NewAssociation)
    if not kind.is_custom:
        raise resource_not_found()
    other = infer_type(portal, given.to_object_type_id)
    others = tuple(dict.fromkeys((*kind.associated_types, other.type_id)))
    names = dict(kind.association_names) | ({other.type_id: given.name} if given.name else {})
    changed = portal.change_type(
        msgspec.structs.replace(kind, associated_types=others, association_names=tuple(names.items()))
    )
    return Response.of(_link_wire(portal, changed, portal.associations.types(changed, other)[0]), status=201)


def dissociate(context: RequestContext) -> Response:
    """Remove an association of a custom object type; the links between records stay.

    Source: docs (204, 404); that links stay is assumed.
    """
    kind, portal = _known(context), context.portal
    wanted = context.params["associationIdentifier"]
    ids = {
        other: str(portal.associations.types(kind, portal.types[other])[0].type_id) for other in kind.associated_types
    }
    if wanted not in ids.values():
        raise resource_not_found()
    left = tuple(other for other, type_id in ids.items() if type_id != wanted)
    names = tuple(pair for pair in kind.association_names if pair[0] in left)
    portal.change_type(msgspec.structs.replace(kind, associated_types=left, association_names=names))
    return Response.empty()


def drop_schema(context: RequestContext) -> Response:
    """Delete a custom object type; it must have no records.

    Source: docs (204, and the rule); the text is assumed.
    """
    kind = _known(context)
    if not kind.is_custom:
        raise resource_not_found()
    if not context.portal.store.are_at_most(0, kind.type_id, Candidates()):
        text = f"{kind.qualified_name} still has records; delete them first (this text is the fake's own)"
        raise HubSpotError(400, text, category="VALIDATION_ERROR")
    context.portal.drop_type(kind)
    return Response.empty()
