"""The users of the account: those behind its owners, with the roles and teams that an account has.

A user that is made is an owner as well. Source: docs (user provisioning, 2026-03); that a user who is removed is an
archived owner is assumed, and so are the roles and teams that there are.
"""

from collections.abc import Mapping
from functools import partial
from typing import NotRequired, TypedDict

import msgspec

from fake_hubspot.context import Operation, Param, RateClass, RequestContext, Response, Route
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.parameters import parse_integer, parse_limit, resource_not_found
from fake_hubspot.crm.shapes import Paging
from fake_hubspot.crm.versions import PATHS
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.paging import page_by_id, page_of
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.owners import Owner
from fake_hubspot.scopes import USERS_READ, USERS_WRITE

__all__ = ["routes"]

PREFIXES = PATHS["users"]
DETAILS = "users"
ROLES = {"1001": "Sales", "1002": "Marketing", "1003": "Service"}
TEAMS = {"2001": "North", "2002": "South"}


class UserResponse(TypedDict):
    """One user."""

    id: str
    email: str
    firstName: str
    lastName: str
    roleIds: list[str]
    superAdmin: bool
    roleId: NotRequired[str]
    primaryTeamId: NotRequired[str]
    secondaryTeamIds: NotRequired[list[str]]


class NewUser(msgspec.Struct, rename="camel"):
    """A user to make."""

    email: str
    first_name: str = ""
    last_name: str = ""
    role_id: str | int | None = None
    primary_team_id: str | int | None = None
    secondary_team_ids: list[str | int] = []
    send_welcome_email: bool = False


class UserChange(msgspec.Struct, rename="camel"):
    """What to change of a user."""

    first_name: str | None = None
    last_name: str | None = None
    role_id: str | int | None = None
    primary_team_id: str | int | None = None
    secondary_team_ids: list[str | int] | None = None


class UserPage(TypedDict):
    """One page of users."""

    results: list[UserResponse]
    paging: NotRequired[Paging]


def routes() -> list[Route]:
    """Return the routes of this family."""
    route = partial(Route, rate_class=RateClass.GENERAL)
    listing = Operation((Param("limit", "integer"), Param("after")), response=UserPage)
    by = (Param("idProperty", "string", "`USER_ID` or `EMAIL`."),)
    reading, gone = Operation(by, response=UserResponse), Operation(by, statuses=(204,))
    making = Operation(body=NewUser, response=UserResponse, statuses=(201,))
    changing = Operation(by, body=UserChange, response=UserResponse)
    rows = [
        ("list", "GET", "", list_users, listing, "List users"),
        ("create", "POST", "", create_user, making, "Make a user"),
        ("roles", "GET", "/roles", list_roles, Operation(response=dict), "List the roles of users"),
        ("teams", "GET", "/teams", list_teams, Operation(response=dict), "List the teams of users"),
        ("read", "GET", "/{userId}", read_user, reading, "Read a user"),
        ("update", "PUT", "/{userId}", update_user, changing, "Change a user"),
        ("archive", "DELETE", "/{userId}", archive_user, gone, "Remove a user"),
    ]
    return [
        route(
            f"users.{name}",
            method,
            f"{prefix}{tail}",
            handler,
            scope=USERS_READ if method == "GET" else USERS_WRITE,
            summary=summary,
            operation=operation,
            page_of=page_of if name == "list" else None,
        )
        for prefix in PREFIXES
        for name, method, tail, handler, operation, summary in rows
    ]


def to_wire(context: RequestContext, owner: Owner) -> UserResponse:
    """Render one user.

    Source: docs (user provisioning, 2026-03) for the keys; that every user without a role is a super admin is assumed.
    """
    kept = context.portal.resources.find(DETAILS, str(owner.user_id))
    wire: UserResponse = {
        "id": str(owner.user_id),
        "email": owner.email,
        "firstName": owner.first_name,
        "lastName": owner.last_name,
        "roleIds": [],
        "superAdmin": kept is None,
    }
    for name, value in (kept.fields if kept else {}).items():
        wire[name] = value  # type: ignore[literal-required]  # the fields were made below
    return wire


def list_users(context: RequestContext) -> Response:
    """Return one page of users.

    Source: docs for the rows and the paging; default and maximum of 100 are assumed.
    """
    limit = parse_limit(context, default=100, maximum=100)
    after = parse_integer(context.request, "after", largest=2**53) or 0
    found, bound = context.portal.owners.page(from_id=after, limit=limit, archived=False, email=None)
    return page_by_id(context, [to_wire(context, owner) for owner in found], limit=limit, after=bound)


def read_user(context: RequestContext) -> Response:
    """Return one user, by id or by e-mail address."""
    return Response.of(to_wire(context, _known(context)))


def _known(context: RequestContext) -> Owner:
    text, owners = context.params["userId"], context.portal.owners
    if context.request.first("idProperty") == "EMAIL":
        owner = _by_email(context, text)
    else:
        owner = owners.find(parse_id(text), by_user=True, archived=False)
    if owner is None:
        raise resource_not_found()
    return owner


def _by_email(context: RequestContext, email: str) -> Owner | None:
    found, _ = context.portal.owners.page(from_id=0, limit=1, archived=False, email=email)
    return found[0] if found else None


def create_user(context: RequestContext) -> Response:
    """Make a user, who is an owner too. An address that is taken is refused; status and text are assumed."""
    given, portal = read_body(context, NewUser), context.portal
    if "@" not in given.email:
        raise HubSpotError(400, f"{given.email[:100]!r} is no e-mail address", category="VALIDATION_ERROR")
    if _by_email(context, given.email) is not None:
        raise HubSpotError(409, "There is a user with this e-mail address", category="CONFLICT")
    now, largest = portal.clock.now_ms(), max((max(one.id, one.user_id) for one in portal.owners.stored), default=0)
    owner = Owner(
        id=largest + 1,
        email=given.email,
        first_name=given.first_name,
        last_name=given.last_name,
        user_id=largest + 2,
        created_ms=now,
        updated_ms=now,
    )
    _keep(context, owner, given)
    portal.owners.put(owner)
    return Response.of(to_wire(context, owner), status=201)


def _keep(context: RequestContext, owner: Owner, given: NewUser | UserChange) -> None:
    """Keep the role and the teams of a user.

    Raises:
        HubSpotError: 400 for those that do not exist. Source: assumed.
    """
    known = context.portal.resources.find(DETAILS, str(owner.user_id))
    fields = dict(known.fields) if known else {}
    if given.role_id is not None:
        _check(str(given.role_id), ROLES, "role")
        fields |= {"roleId": str(given.role_id), "roleIds": [str(given.role_id)]}
    if given.primary_team_id is not None:
        _check(str(given.primary_team_id), TEAMS, "team")
        fields["primaryTeamId"] = str(given.primary_team_id)
    if given.secondary_team_ids:
        for one in given.secondary_team_ids:
            _check(str(one), TEAMS, "team")
        fields["secondaryTeamIds"] = [str(one) for one in given.secondary_team_ids]
    context.portal.resources.add(DETAILS, fields, resource_id=str(owner.user_id))


def _check(wanted: str, known: Mapping[str, str], noun: str) -> None:
    if wanted not in known:
        raise HubSpotError(400, f"There is no {noun} {wanted[:50]}", category="VALIDATION_ERROR")


def update_user(context: RequestContext) -> Response:
    """Change the name, the role or the teams of a user."""
    owner, given = _known(context), read_body(context, UserChange)
    _keep(context, owner, given)
    changed = msgspec.structs.replace(
        owner,
        first_name=owner.first_name if given.first_name is None else given.first_name,
        last_name=owner.last_name if given.last_name is None else given.last_name,
        updated_ms=context.portal.clock.now_ms(),
    )
    context.portal.owners.put(changed)
    return Response.of(to_wire(context, changed))


def archive_user(context: RequestContext) -> Response:
    """Remove a user; the owner is archived."""
    owner, now = _known(context), context.portal.clock.now_ms()
    context.portal.owners.put(msgspec.structs.replace(owner, archived_ms=now, updated_ms=now))
    return Response.empty()


def list_roles(_: RequestContext) -> Response:
    """Return the roles that users can have."""
    rows = [{"id": key, "name": name, "requiresBillingWrite": False} for key, name in ROLES.items()]
    return Response.of({"results": rows})


def list_teams(context: RequestContext) -> Response:
    """Return the teams with the users in them."""
    details = {one.id: one.fields for one in context.portal.resources.all(DETAILS)}
    rows = [
        {
            "id": key,
            "name": name,
            "userIds": [one for one, fields in details.items() if fields.get("primaryTeamId") == key],
            "secondaryUserIds": [one for one, fields in details.items() if key in fields.get("secondaryTeamIds", ())],
        }
        for key, name in TEAMS.items()
    ]
    return Response.of({"results": rows})
