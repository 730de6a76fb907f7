"""The headings under which HubSpot shows properties."""

from functools import partial
from typing import Any, TypedDict

import msgspec

from fake_hubspot.context import ANY_SCOPE, Operation, RateClass, RequestContext, Response, Route
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.parameters import object_type
from fake_hubspot.crm.properties import PREFIXES
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.portal.definitions import PropertyGroup

__all__ = ["routes"]


class GroupResponse(TypedDict):
    """One group."""

    archived: bool
    name: str
    displayOrder: int
    label: str


class GroupList(TypedDict):
    """Every group."""

    results: list[GroupResponse]


class NewGroup(msgspec.Struct, frozen=True, rename="camel"):
    """A group to create."""

    name: str
    label: str
    display_order: int = -1


class GroupChange(msgspec.Struct, frozen=True, rename="camel"):
    """What to change of a group."""

    label: str | None = None
    display_order: int | None = None


def routes() -> list[Route]:
    """Return the routes of this family."""
    route = partial(Route, scope=ANY_SCOPE, rate_class=RateClass.GENERAL)
    creating = Operation(body=NewGroup, response=GroupResponse, statuses=(201,))
    updating = Operation(body=GroupChange, response=GroupResponse)
    found = []
    for prefix in PREFIXES:
        many = f"{prefix}/{{objectType}}/groups"
        one = f"{many}/{{groupName}}"
        found += [
            route(
                "property-groups.list",
                "GET",
                many,
                list_groups,
                summary="List property groups",
                operation=Operation(response=GroupList),
            ),
            route(
                "property-groups.create",
                "POST",
                many,
                create_group,
                summary="Create a property group",
                operation=creating,
            ),
            route(
                "property-groups.read",
                "GET",
                one,
                read_group,
                summary="Read a property group",
                operation=Operation(response=GroupResponse),
            ),
            route(
                "property-groups.update",
                "PATCH",
                one,
                update_group,
                summary="Change a property group",
                operation=updating,
            ),
            route(
                "property-groups.archive",
                "DELETE",
                one,
                archive_group,
                summary="Drop",
                operation=Operation(statuses=(204,)),
            ),
        ]
    return found


def to_wire(group: PropertyGroup) -> dict[str, Any]:
    """Render one group.

    Source: docs for the keys; their order is assumed.
    """
    return {
        "archived": group.archived,
        "name": group.name,
        "displayOrder": group.display_order,
        "label": group.label,
    }


def _known(context: RequestContext) -> PropertyGroup:
    name = context.params["groupName"]
    for group in context.portal.definitions.groups(object_type(context).type_id):
        if group.name == name:
            return group
    raise HubSpotError(404, f"Property group {name} not found.", category="OBJECT_NOT_FOUND")


def list_groups(context: RequestContext) -> Response:
    """Return every group of a type."""
    found = context.portal.definitions.groups(object_type(context).type_id)
    return Response.of({"results": [to_wire(group) for group in found]})


def read_group(context: RequestContext) -> Response:
    """Return one group."""
    return Response.of(to_wire(_known(context)))


def create_group(context: RequestContext) -> Response:
    """Create a group.

    Source: docs (201).
    """
    kind, given = object_type(context), read_body(context, NewGroup)
    taken = {group.name for group in context.portal.definitions.groups(kind.type_id)}
    if given.name in taken:
        raise HubSpotError(409, f"Property group {given.name} already exists", category="OBJECT_ALREADY_EXISTS")
    made = PropertyGroup(name=given.name, label=given.label, display_order=given.display_order)
    return Response.of(to_wire(context.portal.definitions.put_group(kind.type_id, made)), status=201)


def update_group(context: RequestContext) -> Response:
    """Change a group.

    Source: docs.
    """
    kind, known = object_type(context), _known(context)
    given = msgspec.structs.asdict(read_body(context, GroupChange))
    changed = msgspec.structs.replace(known, **{name: value for name, value in given.items() if value is not None})
    return Response.of(to_wire(context.portal.definitions.put_group(kind.type_id, changed)))


def archive_group(context: RequestContext) -> Response:
    """Archive a group.

    Source: docs (204).
    """
    known = msgspec.structs.replace(_known(context), archived=True)
    context.portal.definitions.put_group(object_type(context).type_id, known)
    return Response.empty()
