"""The properties APIs of versions 1 and 2, and the earlier paths inside of contacts, companies and deals."""

from typing import Any

import msgspec

from fake_hubspot.context import RequestContext, Response
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.parameters import infer_type
from fake_hubspot.legacy.errors import LegacyError
from fake_hubspot.legacy.row import NO_CONTENT, Row
from fake_hubspot.portal.definitions import Option, PropertyDefinition, PropertyGroup
from fake_hubspot.portal.owners import ACTING_USER_ID
from fake_hubspot.portal.types import ObjectType

__all__ = ["ROWS"]

FORM = "form"
# Source: reader (airbyte-source-hubspot 5.7.0 needs at least one); which ones a form has is assumed.
FORM_PROPERTIES = tuple(
    PropertyDefinition(
        name=name, label=label, type=kind, field_type=field, group_name="forminformation", hubspot_defined=True
    )
    for name, label, kind, field in (
        ("hs_createdate", "Create date", "datetime", "date"),
        ("hs_lastmodifieddate", "Last modified date", "datetime", "date"),
        ("hs_name", "Name", "string", "text"),
        ("hs_object_id", "Record ID", "number", "number"),
    )
)
# The paths of properties and groups, and the type that they are about if the path does not name it.
# Source: docs for the first two; recording (2022-08) and reader (tap-hubspot 4.5) for the earlier ones.
PREFIXES = {
    "v1": ("/properties/v1/{objectType}", None),
    "v2": ("/properties/v2/{objectType}", None),
    "contacts-v1": ("/contacts/v1", "contacts"),
    "contacts-v2": ("/contacts/v2", "contacts"),
    "companies": ("/companies/v2", "companies"),
    "deals": ("/deals/v1", "deals"),
}
DETAILS = (
    *("externalOptionsReferenceType", "optionSortStrategy", "numberDisplayHint", "optionsAreMutable"),
    *("searchTextAnalysisMode", "currencyPropertyName", "textDisplayHint"),
)


class OldOption(msgspec.Struct, frozen=True, rename="camel"):
    """An option of a property to define."""

    label: str
    value: str
    display_order: int = -1
    hidden: bool = False
    description: str | None = None


class OldProperty(msgspec.Struct, frozen=True, rename="camel"):
    """A property to define or to change; what is absent stays."""

    name: str | None = None
    label: str | None = None
    description: str | None = None
    group_name: str | None = None
    type: str | None = None
    field_type: str | None = None
    options: tuple[OldOption, ...] | None = None
    form_field: bool | None = None
    display_order: int | None = None
    hidden: bool | None = None
    has_unique_value: bool | None = None


class OldGroup(msgspec.Struct, frozen=True, rename="camel"):
    """A group to create or to change."""

    name: str | None = None
    display_name: str | None = None
    display_order: int | None = None


def to_wire(definition: PropertyDefinition) -> dict[str, Any]:
    """Render one property.

    Source: recording (hubspot-api-ruby 2022-08 and 2022-09).
    """
    return {
        "name": definition.name,
        "label": definition.label,
        "description": definition.description,
        "groupName": definition.group_name,
        "type": definition.type,
        "fieldType": definition.field_type,
        "fieldLevelPermission": None,
        "options": [_option(one) for one in definition.options],
        "deleted": None if definition.hubspot_defined else definition.archived_ms is not None,
        "updatedAt": definition.updated_ms,
        "createdAt": definition.created_ms,
        "readOnlyDefinition": _is_fixed(definition),
        "formField": definition.form_field,
        "displayOrder": definition.display_order,
        "readOnlyValue": definition.read_only_value,
        "mutableDefinitionNotDeletable": False,
        "favorited": False,
        "favoritedOrder": -1,
        "calculated": definition.calculated,
        "externalOptions": definition.external_options,
        "displayMode": "current_value",
        "showCurrencySymbol": definition.show_currency_symbol,
        "hubspotDefined": True if definition.hubspot_defined else None,
        "hidden": definition.hidden,
        "referencedObjectType": definition.referenced_object_type,
        **dict.fromkeys(DETAILS),
        "createdUserId": _number(definition.created_user_id),
        "searchableInGlobalSearch": False,
        "hasUniqueValue": definition.has_unique_value,
        "isCustomizedDefault": False,
        "updatedUserId": _number(definition.updated_user_id),
    }


def _is_fixed(definition: PropertyDefinition) -> bool:
    fixed = definition.read_only_definition
    return definition.hubspot_defined if fixed is None else fixed


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)


def _option(option: Option) -> dict[str, Any]:
    """Render one option.

    Source: docs.
    """
    return {
        "label": option.label,
        "value": option.value,
        "description": option.description or "",
        "displayOrder": option.display_order,
        "doubleData": 0.0,
        "hidden": option.hidden,
        "readOnly": False,
    }


def _group(group: PropertyGroup) -> dict[str, Any]:
    """Render one group.

    Source: recording (2022-08: groups of an account, which have no `fulcrumPortalId`).
    """
    return {
        "name": group.name,
        "displayName": group.label,
        "displayOrder": group.display_order,
        "hubspotDefined": group.display_order <= 0,
    }


def _kind(context: RequestContext) -> ObjectType:
    named = context.params.get("objectType")
    if named is None:
        path = context.request.path
        named = next(kind for prefix, kind in PREFIXES.values() if kind and path.startswith(f"{prefix}/"))
    return infer_type(context.portal, named)


def _is_of_forms(context: RequestContext) -> bool:
    """Whether the request is about the properties of forms, which are no object type.

    Source: reader (airbyte-source-hubspot 5.7.0).
    """
    return context.params.get("objectType") == FORM


def list_properties(context: RequestContext) -> Response:
    """Return every property of a type.

    Source: recording (2022-08).
    """
    if _is_of_forms(context):
        return Response.of([to_wire(one) for one in FORM_PROPERTIES])
    found = context.portal.definitions.of(_kind(context).type_id)
    return Response.of([to_wire(one) for one in found])


def _known(context: RequestContext) -> tuple[ObjectType, PropertyDefinition]:
    """Return the property in the path, with its type.

    Raises:
        LegacyError: 404. Source: recording (2022-08).
    """
    kind, name = _kind(context), context.params["propertyName"]
    known = context.portal.definitions.get(kind.type_id, name)
    if known is None or known.archived_ms is not None:
        text = f"Couldn't find a Property with the given name '{name}'"
        raise LegacyError(404, text, tail={"propertiesErrorCode": "PROPERTY_NOT_FOUND"})
    return kind, known


def read_property(context: RequestContext) -> Response:
    """Return one property. Source: recording (2022-09)."""
    return Response.of(to_wire(_known(context)[1]))


def create_property(context: RequestContext) -> Response:
    """Define a property.

    Source: recording (2022-08: 200); the errors: docs for a taken name (409), assumed for their texts.
    """
    kind, given, portal = _kind(context), read_body(context, OldProperty), context.portal
    name = given.name or ""
    missing = [field for field, value in (("name", name), ("groupName", given.group_name)) if not value]
    if missing:
        raise LegacyError(400, f"Property validation failed: {', '.join(missing)} must be set")
    known = portal.definitions.get(kind.type_id, name)
    if known is not None and known.archived_ms is None:
        tail = {"propertiesErrorCode": "PROPERTY_EXISTS"}
        raise LegacyError(409, f"The Property named '{name}' already exists.", tail=tail)
    _check_group(context, kind, given)
    now = portal.clock.now_ms()
    made = PropertyDefinition(
        name=name,
        label=given.label or name,
        type=given.type or "string",
        field_type=given.field_type or "text",
        group_name=given.group_name or "",
        created_ms=now,
        updated_ms=now,
        created_user_id=ACTING_USER_ID,
        updated_user_id=ACTING_USER_ID,
    )
    made = msgspec.structs.replace(made, **_changes(given))
    return Response.of(to_wire(portal.definitions.put(kind.type_id, made)))


def _check_group(context: RequestContext, kind: ObjectType, given: OldProperty) -> None:
    known = {group.name for group in context.portal.definitions.groups(kind.type_id)}
    if given.group_name is not None and given.group_name not in known:
        raise _no_group(given.group_name)


def _changes(given: OldProperty) -> dict[str, Any]:
    changes = {name: value for name, value in msgspec.structs.asdict(given).items() if value is not None}
    changes.pop("name", None)
    if given.options is not None:
        changes["options"] = tuple(Option(**msgspec.structs.asdict(one)) for one in given.options)
    return changes


def update_property(context: RequestContext) -> Response:
    """Change a property. Source: recording (2022-08); that what is absent stays: assumed."""
    kind, known = _known(context)
    given = read_body(context, OldProperty)
    _check_group(context, kind, given)
    now = context.portal.clock.now_ms()
    changed = msgspec.structs.replace(known, **_changes(given), updated_ms=now)
    return Response.of(to_wire(context.portal.definitions.put(kind.type_id, changed)))


def delete_property(context: RequestContext) -> Response:
    """Archive a property. Source: recording (2022-08: 204); the text for HubSpot's own is assumed."""
    kind, known = _known(context)
    if known.hubspot_defined:
        raise LegacyError(400, f"Property {known.name} is defined by HubSpot and cannot be deleted")
    now = context.portal.clock.now_ms()
    context.portal.definitions.put(kind.type_id, msgspec.structs.replace(known, archived_ms=now))
    return Response.empty()


def list_groups(context: RequestContext) -> Response:
    """Return every group of a type, with its properties if `includeProperties` says so. Source: recording, docs."""
    kind, definitions = _kind(context), context.portal.definitions
    rows = [_group(one) for one in definitions.groups(kind.type_id)]
    if (context.request.first("includeProperties") or "").lower() == "true":
        found = list(definitions.of(kind.type_id))
        for row in rows:
            row["properties"] = [to_wire(one) for one in found if one.group_name == row["name"]]
    return Response.of(rows)


def _no_group(name: str) -> LegacyError:
    """Return the response to a missing group. Source: recording (2022-08)."""
    text = f"Couldn't find a Group with the given name '{name}'."
    return LegacyError(404, text, tail={"groupsErrorCode": "GROUP_NOT_FOUND"})


def _known_group(context: RequestContext) -> tuple[ObjectType, PropertyGroup]:
    kind, name = _kind(context), context.params["groupName"]
    for group in context.portal.definitions.groups(kind.type_id):
        if group.name == name:
            return kind, group
    raise _no_group(name)


def read_group(context: RequestContext) -> Response:
    """Return one group. Source: recording (2022-09)."""
    return Response.of(_group(_known_group(context)[1]))


def create_group(context: RequestContext) -> Response:
    """Create a group. Source: recording (2022-08); the response to a taken name: docs for 409, its text assumed."""
    kind, given, portal = _kind(context), read_body(context, OldGroup), context.portal
    if not given.name:
        raise LegacyError(400, "Group validation failed: name must be set")
    if given.name in {one.name for one in portal.definitions.groups(kind.type_id)}:
        raise LegacyError(
            409, f"The Group named '{given.name}' already exists.", tail={"groupsErrorCode": "GROUP_EXISTS"}
        )
    order = -1 if given.display_order is None else given.display_order
    made = PropertyGroup(name=given.name, label=given.display_name or "", display_order=order)
    portal.definitions.put_group(kind.type_id, made)
    return Response.of(
        {
            "portalId": portal.id,
            "name": made.name,
            "displayName": made.label,
            "displayOrder": made.display_order,
            "deleted": False,
        }
    )


def update_group(context: RequestContext) -> Response:
    """Change a group. Source: recording (2022-08)."""
    kind, known = _known_group(context)
    given = read_body(context, OldGroup)
    label = known.label if given.display_name is None else given.display_name
    order = known.display_order if given.display_order is None else given.display_order
    changed = msgspec.structs.replace(known, label=label, display_order=order)
    return Response.of(_group(context.portal.definitions.put_group(kind.type_id, changed)))


def delete_group(context: RequestContext) -> Response:
    """Archive a group. Source: recording (2022-08: 204)."""
    kind, known = _known_group(context)
    context.portal.definitions.put_group(kind.type_id, msgspec.structs.replace(known, archived=True))
    return Response.empty()


def _rows(key: str, prefix: str) -> list[Row]:
    many, groups = f"{prefix}/properties", f"{prefix}/groups"
    one, group = f"{many}/named/{{propertyName}}", f"{groups}/named/{{groupName}}"
    return [
        Row(f"properties.{key}.list", "GET", many, list_properties),
        Row(f"properties.{key}.create", "POST", many, create_property, body=OldProperty),
        Row(f"properties.{key}.read", "GET", one, read_property),
        Row(f"properties.{key}.update", "PUT", one, update_property, body=OldProperty),
        Row(f"properties.{key}.patch", "PATCH", one, update_property, body=OldProperty),
        Row(f"properties.{key}.delete", "DELETE", one, delete_property, statuses=NO_CONTENT),
        Row(f"groups.{key}.list", "GET", groups, list_groups, ("includeProperties",)),
        Row(f"groups.{key}.create", "POST", groups, create_group, body=OldGroup),
        Row(f"groups.{key}.read", "GET", group, read_group),
        Row(f"groups.{key}.update", "PUT", group, update_group, body=OldGroup),
        Row(f"groups.{key}.delete", "DELETE", group, delete_group, statuses=NO_CONTENT),
    ]


ROWS = tuple(row for key, (prefix, _) in PREFIXES.items() for row in _rows(key, prefix))
