"""Lists (segments) of records."""

from functools import partial
from typing import Any, TypedDict

import msgspec

from fake_hubspot.context import ANY_SCOPE, Operation, Param, RateClass, RequestContext, Response, Route
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.parameters import infer_type
from fake_hubspot.crm.versions import PATHS
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.lists import RecordList

__all__ = ["PREFIXES", "known_list", "routes"]

PREFIXES = PATHS["lists"]


class ListResponse(TypedDict):
    """One list."""

    listId: str
    listVersion: int
    name: str
    objectTypeId: str
    processingType: str
    processingStatus: str
    createdAt: str
    updatedAt: str
    size: int


class OneList(TypedDict):
    """One list, wrapped in an object."""

    list: ListResponse


class ListsFound(TypedDict):
    """Lists by their ids."""

    lists: list[ListResponse]


class ListSearch(TypedDict):
    """One page of lists."""

    offset: int
    hasMore: bool
    lists: list[ListResponse]
    total: int


class NewList(msgspec.Struct, frozen=True, rename="camel"):
    """A list to create."""

    name: str
    object_type_id: str
    processing_type: str


class ListQuery(msgspec.Struct, frozen=True, rename="camel"):
    """Which lists to find."""

    query: str | None = None
    offset: int = 0
    count: int = 20
    processing_types: list[str] | None = None


def routes() -> list[Route]:
    """Return the routes of this family."""
    route = partial(Route, scope=ANY_SCOPE, rate_class=RateClass.GENERAL)
    making, reading = Operation(body=NewList, response=OneList), Operation(response=OneList)
    searching = Operation(body=ListQuery, response=ListSearch)
    many = Operation((Param("listIds", "array"),), response=ListsFound)
    found = []
    for prefix in PREFIXES:
        one = f"{prefix}/{{listId}}"
        found += [
            route("lists.list", "GET", prefix, read_lists, summary="Read lists", operation=many),
            route("lists.create", "POST", prefix, create_list, summary="Create a list", operation=making),
            route("lists.search", "POST", f"{prefix}/search", search_lists, summary="Find lists", operation=searching),
            route("lists.read", "GET", one, read_list, summary="Read a list", operation=reading),
            route(
                "lists.delete",
                "DELETE",
                one,
                delete_list,
                summary="Delete a list",
                operation=Operation(statuses=(204,)),
            ),
        ]
    return found


def known_list(context: RequestContext) -> RecordList:
    """Return the list in the path.

    Raises:
        HubSpotError: 404. Source: recording (`/crm/v3/lists/-1`).
    """
    list_id = context.params["listId"]
    known = context.portal.lists.get(list_id)
    if known is None:
        raise HubSpotError(
            404,
            f"List does not exist with ID {list_id}.",
            context={"listId": [list_id]},
            category="OBJECT_NOT_FOUND",
            sub_category="ListError.LIST_ID_DOES_NOT_EXIST",
        )
    return known


def _wire(known: RecordList) -> dict[str, Any]:
    """Render one list.

    Source: docs for the keys; their order is assumed.
    """
    return {
        "listId": str(known.list_id),
        "listVersion": 1,
        "name": known.name,
        "objectTypeId": known.object_type_id,
        "processingType": known.processing_type,
        "processingStatus": "COMPLETE",
        "createdAt": format_time(known.created_ms),
        "updatedAt": format_time(known.updated_ms),
        "size": len(known.members),
    }


def read_lists(context: RequestContext) -> Response:
    """Return several lists.

    Source: docs.
    """
    found = [context.portal.lists.get(one) for one in context.request.all("listIds")]
    return Response.of({"lists": [_wire(one) for one in found if one is not None]})


def read_list(context: RequestContext) -> Response:
    """Return one list.

    Source: docs.
    """
    return Response.of({"list": _wire(known_list(context))})


def create_list(context: RequestContext) -> Response:
    """Create a list.

    Source: docs.
    """
    given = read_body(context, NewList)
    kind = infer_type(context.portal, given.object_type_id)
    made = context.portal.lists.create(given.name, kind.type_id, given.processing_type)
    return Response.of({"list": _wire(made)})


def search_lists(context: RequestContext) -> Response:
    """Return one page of lists.

    Source: recording (`{offset, hasMore, lists, total}`).
    """
    wanted = read_body(context, ListQuery)
    text = (wanted.query or "").casefold()
    kinds = wanted.processing_types
    found = [
        one
        for one in context.portal.lists.current()
        if text in one.name.casefold() and (not kinds or one.processing_type in kinds)
    ]
    start = max(wanted.offset, 0)
    end = start + min(max(wanted.count, 0), 500)
    page = [_wire(one) for one in found[start:end]]
    offset = start + len(page)
    return Response.of({"offset": offset, "hasMore": offset < len(found), "lists": page, "total": len(found)})


def delete_list(context: RequestContext) -> Response:
    """Delete a list.

    Source: docs (204).
    """
    context.portal.lists.delete(known_list(context))
    return Response.empty()
