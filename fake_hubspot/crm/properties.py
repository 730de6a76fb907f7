"""The properties of an object type."""

from functools import partial
from typing import Any, NotRequired, TypedDict

import msgspec

from fake_hubspot.context import ANY_SCOPE, Operation, Param, RateClass, RequestContext, Response, Route
from fake_hubspot.crm.batches import batch_response, batch_statuses, check_size
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.parameters import object_type, parse_bool
from fake_hubspot.crm.shapes import BatchResponse
from fake_hubspot.crm.versions import PATHS
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.definitions import Option, PropertyDefinition
from fake_hubspot.portal.owners import ACTING_USER_ID
from fake_hubspot.portal.types import ObjectType

__all__ = ["PREFIXES", "property_not_found", "routes", "to_wire"]

PREFIXES = PATHS["properties"]


class PropertyResponse(TypedDict):
    """One property. Some have no times."""

    updatedAt: NotRequired[str]
    createdAt: NotRequired[str]
    archivedAt: NotRequired[str]
    name: str
    label: str
    type: str
    fieldType: str
    description: str
    groupName: str
    options: list[dict[str, Any]]
    createdUserId: NotRequired[str]
    updatedUserId: NotRequired[str]
    referencedObjectType: NotRequired[str]
    displayOrder: int
    calculated: bool
    externalOptions: bool
    archived: NotRequired[bool]
    hasUniqueValue: bool
    hidden: bool
    hubspotDefined: NotRequired[bool]
    showCurrencySymbol: NotRequired[bool]
    modificationMetadata: dict[str, bool]
    formField: bool
    calculationFormula: NotRequired[str]
    dateDisplayHint: NotRequired[str]
    dataSensitivity: str


class PropertyList(TypedDict):
    """Every property at once: there are no pages."""

    results: list[PropertyResponse]


class NewOption(msgspec.Struct, frozen=True, rename="camel"):
    """An option of a property to define."""

    label: str
    value: str
    display_order: int | None = None
    hidden: bool = False
    description: str | None = None


class NewProperty(msgspec.Struct, frozen=True, rename="camel"):
    """A property to define."""

    name: str
    label: str
    type: str
    field_type: str
    group_name: str
    description: str = ""
    options: tuple[NewOption, ...] = ()
    display_order: int = -1
    has_unique_value: bool = False
    hidden: bool = False
    form_field: bool = False
    external_options: bool = False
    referenced_object_type: str | None = None
    calculation_formula: str | None = None
    show_currency_symbol: bool | None = None
    data_sensitivity: str = "non_sensitive"


class PropertyChange(msgspec.Struct, frozen=True, rename="camel"):
    """What to change of a property."""

    label: str | None = None
    type: str | None = None
    field_type: str | None = None
    group_name: str | None = None
    description: str | None = None
    options: tuple[NewOption, ...] | None = None
    display_order: int | None = None
    hidden: bool | None = None
    form_field: bool | None = None
    calculation_formula: str | None = None
    show_currency_symbol: bool | None = None


class NameInput(msgspec.Struct, frozen=True):
    """A property by its name."""

    name: str


class BatchNames(msgspec.Struct, frozen=True):
    """Properties by their names."""

    inputs: list[NameInput]
    archived: bool = False


class BatchNew(msgspec.Struct, frozen=True):
    """Properties to define."""

    inputs: list[NewProperty]


# Source: docs (sensitive data).
SENSITIVITIES = ("non_sensitive", "sensitive", "highly_sensitive")
NOT_IN_A_BATCH = frozenset({"updatedAt", "createdAt", "createdUserId", "updatedUserId", "archived"})
TYPES = frozenset(
    {"string", "number", "date", "datetime", "enumeration", "bool", "phone_number", "object_coordinates", "json"}
)


def routes() -> list[Route]:
    """Return the routes of this family."""
    return [route for prefix in PREFIXES for route in _routes_under(f"{prefix}/{{objectType}}")]


def _routes_under(many: str) -> list[Route]:
    route = partial(Route, scope=ANY_SCOPE, rate_class=RateClass.GENERAL)
    one, batch = f"{many}/{{propertyName}}", f"{many}/batch"
    archived = (Param("archived", "boolean", "Only archived properties."),)
    listing = Operation((*archived, Param("dataSensitivity")), response=PropertyList)
    reading = Operation(archived, response=PropertyResponse)
    creating = Operation(body=NewProperty, response=PropertyResponse, statuses=(201,))
    updating = Operation(body=PropertyChange, response=PropertyResponse)
    batch_read = Operation(body=BatchNames, response=BatchResponse, statuses=batch_statuses(batch))
    batch_new = Operation(body=BatchNew, response=BatchResponse, statuses=batch_statuses(batch, 201))
    batch_drop = Operation(body=BatchNames, statuses=(204,))
    return [
        route("properties.list", "GET", many, list_properties, summary="List properties", operation=listing),
        route("properties.create", "POST", many, create_property, summary="Define a property", operation=creating),
        route("properties.read", "GET", one, read_property, summary="Read a property", operation=reading),
        route("properties.update", "PATCH", one, update_property, summary="Change a property", operation=updating),
        route(
            "properties.archive",
            "DELETE",
            one,
            archive_property,
            summary="Archive",
            operation=Operation(statuses=(204,)),
        ),
        route("properties.batch.read", "POST", f"{batch}/read", read_many, summary="Read", operation=batch_read),
        route("properties.batch.create", "POST", f"{batch}/create", create_many, summary="Define", operation=batch_new),
        route(
            "properties.batch.archive",
            "POST",
            f"{batch}/archive",
            archive_many,
            summary="Archive",
            operation=batch_drop,
        ),
    ]


def to_wire(definition: PropertyDefinition) -> dict[str, Any]:
    """Render one property.

    Source: recording (key order: Nango 2026-03); the position of `archivedAt` is assumed.
    """
    wire: dict[str, Any] = {}
    if definition.updated_ms is not None and definition.created_ms is not None:
        wire["updatedAt"] = format_time(definition.updated_ms)
        wire["createdAt"] = format_time(definition.created_ms)
    if definition.archived_ms is not None:
        wire["archivedAt"] = format_time(definition.archived_ms)
    return wire | {
        "name": definition.name,
        "label": definition.label,
        "type": definition.type,
        "fieldType": definition.field_type,
        "description": definition.description,
        "groupName": definition.group_name,
        "options": [_option(option) for option in definition.options],
        **_present(
            createdUserId=definition.created_user_id,
            updatedUserId=definition.updated_user_id,
            referencedObjectType=definition.referenced_object_type,
        ),
        "displayOrder": definition.display_order,
        "calculated": definition.calculated,
        "externalOptions": definition.external_options,
        **_archived(definition),
        "hasUniqueValue": definition.has_unique_value,
        "hidden": definition.hidden,
        **({"hubspotDefined": True} if definition.hubspot_defined else {}),
        **_present(showCurrencySymbol=definition.show_currency_symbol),
        "modificationMetadata": _modification(definition),
        "formField": definition.form_field,
        **_present(calculationFormula=definition.calculation_formula, dateDisplayHint=definition.date_display_hint),
        "dataSensitivity": definition.data_sensitivity,
    }


def _present(**keys: Any) -> dict[str, Any]:
    return {name: value for name, value in keys.items() if value is not None}


def _archived(definition: PropertyDefinition) -> dict[str, bool]:
    """Return `archived` for the properties whose responses have it: a portal's own ones.

    Source: recording (Nango 2026-03, amp-labs 2025-11); that an archived one has it too: assumed.
    """
    is_archived = definition.archived_ms is not None
    shows = is_archived or definition.shows_archived or not definition.hubspot_defined
    return {"archived": is_archived} if shows else {}


def _modification(definition: PropertyDefinition) -> dict[str, bool]:
    fixed = definition.read_only_definition
    return {
        "archivable": definition.archivable,
        "readOnlyDefinition": definition.hubspot_defined if fixed is None else fixed,
        **_present(readOnlyOptions=definition.read_only_options),
        "readOnlyValue": definition.read_only_value,
    }


def _option(option: Option) -> dict[str, Any]:
    """Render one option.

    Source: recording.
    """
    wire: dict[str, Any] = {"label": option.label, "value": option.value}
    if option.description is not None:
        wire["description"] = option.description
    return wire | {"displayOrder": option.display_order, "hidden": option.hidden}


def property_not_found(name: str) -> HubSpotError:
    """Return the response for an undefined property.

    Source: the text is assumed.
    """
    return HubSpotError(
        404, f"Property named {name} not found.", context={"propertyName": [name]}, category="OBJECT_NOT_FOUND"
    )


def _known(context: RequestContext, kind: ObjectType, name: str, *, archived: bool = False) -> PropertyDefinition:
    definition = context.portal.definitions.get(kind.type_id, name)
    if definition is None or (definition.archived_ms is not None) != archived:
        raise property_not_found(name)
    return definition


def list_properties(context: RequestContext) -> Response:
    """Return every property of a type.

    Source: recording (no paging, `results` alone).
    """
    kind, wanted = object_type(context), _sensitivity(context)
    found = context.portal.definitions.of(kind.type_id, archived=parse_bool(context.request, "archived"))
    return Response.of({"results": [to_wire(one) for one in found if one.data_sensitivity == wanted]})


def _sensitivity(context: RequestContext) -> str:
    """Return how sensitive the data of the properties is that are asked for.

    Source: docs (dataSensitivity is `non_sensitive` by default); that another text is refused is assumed.
    """
    wanted = context.request.first("dataSensitivity") or SENSITIVITIES[0]
    if wanted not in SENSITIVITIES:
        raise HubSpotError(400, f"{wanted[:50]} is not one of {', '.join(SENSITIVITIES)}", category="VALIDATION_ERROR")
    return wanted


def read_property(context: RequestContext) -> Response:
    """Return one property."""
    kind = object_type(context)
    archived = parse_bool(context.request, "archived")
    return Response.of(to_wire(_known(context, kind, context.params["propertyName"], archived=archived)))


def create_property(context: RequestContext) -> Response:
    """Define a custom property.

    Source: recording (201 with `Location`: hubspot-api-ruby; 409 for a taken name: docs).
    """
    kind = object_type(context)
    made = _checked(context, kind, read_body(context, NewProperty))
    location = f"{context.request.origin}{context.request.path.rstrip('/')}/{made.name}".encode()
    wire = to_wire(context.portal.definitions.put(kind.type_id, made))
    return Response.of(wire, status=201, headers=[(b"location", location)])


def _checked(context: RequestContext, kind: ObjectType, given: NewProperty) -> PropertyDefinition:
    """Return the property to define.

    Raises:
        HubSpotError: 400, or 409 if the name is taken.
    """
    portal = context.portal
    _check(given.type, given.name)
    if given.group_name not in {group.name for group in portal.definitions.groups(kind.type_id)}:
        text = f"Property group {given.group_name} does not exist"
        raise HubSpotError(400, text, category="VALIDATION_ERROR")
    known = portal.definitions.get(kind.type_id, given.name)
    if known is not None and known.archived_ms is None:
        raise _taken(given.name)
    now = portal.clock.now_ms()
    fields = msgspec.structs.asdict(given) | {"options": _ordered(given.options)}
    return PropertyDefinition(
        **fields, created_ms=now, updated_ms=now, created_user_id=ACTING_USER_ID, updated_user_id=ACTING_USER_ID
    )


def _taken(name: str) -> HubSpotError:
    """Return the response to a name that another property has.

    Source: recording (amp-labs 2026-02, in a batch); that a single one is answered alike: assumed.
    """
    return HubSpotError(
        409,
        f"A property named '{name}' already exists.",
        context={"name": [name]},
        category="OBJECT_ALREADY_EXISTS",
        sub_category="Properties.PROPERTY_WITH_NAME_EXISTS",
    )


def _ordered(options: tuple[NewOption, ...]) -> tuple[Option, ...]:
    """Return the options, those without a display order after the others.

    Source: recording (amp-labs 2026-02: the one without an order got the next number); the first number is assumed.
    """
    last = max((one.display_order for one in options if one.display_order is not None), default=-1)
    found = []
    for one in options:
        order = one.display_order
        if order is None:
            order = last = last + 1
        found.append(Option(**(msgspec.structs.asdict(one) | {"display_order": order})))
    return tuple(found)


def _check(kind: str, name: str) -> None:
    """Check the definition of a property.

    Raises:
        HubSpotError: 400. Source: docs for the rules; the texts are assumed.
    """
    is_name = name.isascii() and name.replace("_", "").isalnum() and name == name.lower() and not name[0].isdecimal()
    if name.strip("_") == "" or not is_name:
        text = f"{name!r} is no property name: lower-case letters, digits and underscores, a letter first"
        raise HubSpotError(400, text, category="VALIDATION_ERROR")
    if kind not in TYPES:
        raise HubSpotError(400, f"{kind} is not one of {', '.join(sorted(TYPES))}", category="VALIDATION_ERROR")


def update_property(context: RequestContext) -> Response:
    """Change a property.

    Source: docs.
    """
    kind, portal = object_type(context), context.portal
    known = _known(context, kind, context.params["propertyName"])
    given = read_body(context, PropertyChange)
    changes = {name: value for name, value in msgspec.structs.asdict(given).items() if value is not None}
    if given.options is not None:
        changes["options"] = _ordered(given.options)
    if not known.hubspot_defined:
        changes["updated_user_id"] = ACTING_USER_ID
    _check(changes.get("type", known.type), known.name)
    changed = msgspec.structs.replace(known, **changes, updated_ms=portal.clock.now_ms())
    return Response.of(to_wire(portal.definitions.put(kind.type_id, changed)))


def archive_property(context: RequestContext) -> Response:
    """Archive a property.

    Source: docs (204).
    """
    kind = object_type(context)
    _archive(context, kind, _known(context, kind, context.params["propertyName"]))
    return Response.empty()


def _archive(context: RequestContext, kind: ObjectType, known: PropertyDefinition) -> None:
    if known.hubspot_defined:
        text = f"Property {known.name} is defined by HubSpot and cannot be archived"
        raise HubSpotError(400, text, category="VALIDATION_ERROR")
    portal = context.portal
    portal.definitions.put(kind.type_id, msgspec.structs.replace(known, archived_ms=portal.clock.now_ms()))


def read_many(context: RequestContext) -> Response:
    """Return several properties; missing ones make it a 207.

    Source: docs.
    """
    kind = object_type(context)
    wanted = read_body(context, BatchNames)
    check_size(len(wanted.inputs))
    names = [one.name for one in wanted.inputs]
    found = [context.portal.definitions.get(kind.type_id, name) for name in names]
    results = [to_wire(one) for one in found if one and (one.archived_ms is not None) == wanted.archived]
    told = {row["name"] for row in results}
    errors = [property_not_found(name).body("") for name in names if name not in told]
    for error in errors:
        del error["correlationId"]
    return batch_response(context, results, errors)


def create_many(context: RequestContext) -> Response:
    """Define several properties; taken names are errors among the results.

    Source: recording (amp-labs 2026-02: 207, and the rows have neither times nor users; in 2025-09 they had).
    """
    kind = object_type(context)
    inputs = read_body(context, BatchNew).inputs
    check_size(len(inputs))
    made: dict[str, PropertyDefinition] = {}
    errors: list[dict[str, Any]] = []
    for one in inputs:
        try:
            checked = _checked(context, kind, one)
            if one.name in made:
                raise _taken(one.name)
        except HubSpotError as error:
            if error.status != 409:
                raise
            errors.append(_batch_error(error))
        else:
            made[one.name] = checked
    results = [_without_times(to_wire(context.portal.definitions.put(kind.type_id, one))) for one in made.values()]
    return batch_response(context, results, errors, status=201)


def _without_times(wire: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in wire.items() if name not in NOT_IN_A_BATCH}


def _batch_error(error: HubSpotError) -> dict[str, Any]:
    """Render an error among the results of a batch.

    Source: recording (amp-labs 2026-02: the key order).
    """
    return {
        "status": "error",
        "category": error.category,
        "subCategory": error.sub_category,
        "message": error.message,
        "context": error.context,
    }


def archive_many(context: RequestContext) -> Response:
    """Archive several properties; missing ones are not an error.

    Source: docs (204).
    """
    kind = object_type(context)
    for one in read_body(context, BatchNames).inputs:
        known = context.portal.definitions.get(kind.type_id, one.name)
        if known is not None and known.archived_ms is None:
            _archive(context, kind, known)
    return Response.empty()
