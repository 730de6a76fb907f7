"""The users of the account: those behind its owners. They cannot be changed here."""

from functools import partial
from typing import NotRequired, TypedDict

from fake_hubspot.context import Operation, Param, RateClass, RequestContext, Response, Route
from fake_hubspot.crm.parameters import parse_integer, parse_limit, resource_not_found
from fake_hubspot.crm.shapes import Paging
from fake_hubspot.crm.versions import PATHS
from fake_hubspot.paging import page_by_id, page_of
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.owners import Owner
from fake_hubspot.scopes import USERS_READ

__all__ = ["routes"]

PREFIXES = PATHS["users"]


class UserResponse(TypedDict):
    """One user."""

    id: str
    email: str
    firstName: str
    lastName: str
    roleIds: list[str]
    superAdmin: bool


class UserPage(TypedDict):
    """One page of users."""

    results: list[UserResponse]
    paging: NotRequired[Paging]


def routes() -> list[Route]:
    """Return the routes of this family."""
    route = partial(Route, scope=USERS_READ, rate_class=RateClass.GENERAL)
    listing = Operation((Param("limit", "integer"), Param("after")), response=UserPage)
    reading = Operation((Param("idProperty", "string", "`USER_ID` or `EMAIL`."),), response=UserResponse)
    found = []
    for prefix in PREFIXES:
        found.append(
            route("users.list", "GET", prefix, list_users, summary="List users", operation=listing, page_of=page_of)
        )
        path = f"{prefix}/{{userId}}"
        found.append(route("users.read", "GET", path, read_user, summary="Read a user", operation=reading))
    return found


def to_wire(owner: Owner) -> UserResponse:
    """Render one user.

    Source: docs (user provisioning, 2026-03) for the keys; that every user is a super admin without roles is assumed.
    """
    return {
        "id": str(owner.user_id),
        "email": owner.email,
        "firstName": owner.first_name,
        "lastName": owner.last_name,
        "roleIds": [],
        "superAdmin": True,
    }


def list_users(context: RequestContext) -> Response:
    """Return one page of users.

    Source: docs for the rows and the paging; default and maximum of 100 are assumed.
    """
    limit = parse_limit(context, default=100, maximum=100)
    after = parse_integer(context.request, "after", largest=2**53) or 0
    found, bound = context.portal.owners.page(from_id=after, limit=limit, archived=False, email=None)
    return page_by_id(context, [to_wire(owner) for owner in found], limit=limit, after=bound)


def read_user(context: RequestContext) -> Response:
    """Return one user, by id or by e-mail address.

    Source: docs.
    """
    text, owners = context.params["userId"], context.portal.owners
    if context.request.first("idProperty") == "EMAIL":
        found, _ = owners.page(from_id=0, limit=1, archived=False, email=text)
        owner = found[0] if found else None
    else:
        owner = owners.find(parse_id(text), by_user=True, archived=False)
    if owner is None:
        raise resource_not_found()
    return Response.of(to_wire(owner))
