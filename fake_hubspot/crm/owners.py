"""The users who own records."""

from functools import partial
from typing import NotRequired, TypedDict

from fake_hubspot.context import Operation, Param, RateClass, RequestContext, Response, Route
from fake_hubspot.crm.parameters import parse_bool, parse_integer, parse_limit, resource_not_found
from fake_hubspot.crm.shapes import Paging
from fake_hubspot.crm.versions import PATHS
from fake_hubspot.paging import page_by_id, page_of
from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.owners import Owner
from fake_hubspot.scopes import OWNERS_READ

__all__ = ["routes"]

PREFIXES = PATHS["owners"]


class OwnerResponse(TypedDict):
    """One owner; the ids of the user are numbers."""

    id: str
    email: str
    type: str
    firstName: str
    lastName: str
    userId: int
    userIdIncludingInactive: int
    createdAt: str
    updatedAt: str
    archived: bool


class OwnerPage(TypedDict):
    """One page of owners."""

    results: list[OwnerResponse]
    paging: NotRequired[Paging]


def routes() -> list[Route]:
    """Return the routes of this family."""
    route = partial(Route, scope=OWNERS_READ, rate_class=RateClass.GENERAL)
    archived = Param("archived", "boolean", "Only former owners.")
    listing = Operation(
        (Param("limit", "integer"), Param("after"), Param("email"), archived),
        response=OwnerPage,
    )
    reading = Operation((Param("idProperty", "string", "`id` or `userId`."), archived), response=OwnerResponse)
    found = []
    for prefix in PREFIXES:
        found.append(
            route(
                "owners.list",
                "GET",
                prefix,
                list_owners,
                summary="List owners",
                operation=listing,
                page_of=page_of,
            )
        )
        path = f"{prefix}/{{ownerId}}"
        found.append(route("owners.read", "GET", path, read_owner, summary="Read an owner", operation=reading))
    return found


def to_wire(owner: Owner) -> OwnerResponse:
    """Render one owner.

    Source: recording (2025-03 and 2026-03).
    """
    return {
        "id": str(owner.id),
        "email": owner.email,
        "type": "PERSON",
        "firstName": owner.first_name,
        "lastName": owner.last_name,
        "userId": owner.user_id,
        "userIdIncludingInactive": owner.user_id,
        "createdAt": format_time(owner.created_ms),
        "updatedAt": format_time(owner.updated_ms),
        "archived": owner.archived_ms is not None,
    }


def list_owners(context: RequestContext) -> Response:
    """Return one page of owners.

    Source: recording for the rows; default 100, at most 500: reader.
    """
    request = context.request
    limit = parse_limit(context, default=100, maximum=500)
    after = parse_integer(request, "after", largest=2**53) or 0
    archived = parse_bool(request, "archived")
    found, bound = context.portal.owners.page(
        from_id=after, limit=limit, archived=archived, email=request.first("email")
    )
    return page_by_id(context, [to_wire(owner) for owner in found], limit=limit, after=bound)


def read_owner(context: RequestContext) -> Response:
    """Return one owner.

    Source: docs.
    """
    text, request = context.params["ownerId"], context.request
    archived = parse_bool(request, "archived")
    by_user = request.first("idProperty") == "userId"
    owner = context.portal.owners.find(parse_id(text), by_user=by_user, archived=archived)
    if owner is None:
        raise resource_not_found()
    return Response.of(to_wire(owner))
