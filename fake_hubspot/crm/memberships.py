"""The members of lists."""

from functools import partial
from typing import Any, NotRequired, TypedDict
from urllib.parse import unquote

from fake_hubspot.context import ANY_SCOPE, Operation, Param, RateClass, RequestContext, Response, Route
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.cursors import decode_cursor, encode_cursor
from fake_hubspot.crm.lists import PREFIXES, known_list
from fake_hubspot.crm.parameters import infer_type, parse_limit
from fake_hubspot.crm.shapes import Paging
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.paging import hand_out, page_of
from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.decimal_id import parse_id

__all__ = ["routes"]


class MemberResponse(TypedDict):
    """One member."""

    membershipTimestamp: str
    recordId: str


class MemberPage(TypedDict):
    """One page of members."""

    results: list[MemberResponse]
    paging: NotRequired[Paging]
    total: int


class Added(TypedDict):
    """The result of adding members; HubSpot's spelling of its keys varies."""

    recordsIdsAdded: list[str]
    recordIdsMissing: NotRequired[list[str]]


class Removed(TypedDict):
    """The result of removing members; HubSpot's spelling of its key varies."""

    recordIdsRemoved: list[str]
    recordIdsMissing: NotRequired[list[str]]


def routes() -> list[Route]:
    """Return the routes of this family."""
    route = partial(Route, scope=ANY_SCOPE, rate_class=RateClass.GENERAL)
    listing = Operation((Param("limit", "integer"), Param("after")), response=MemberPage)
    adding, removing = (
        Operation(body=list[str | int], response=Added),
        Operation(body=list[str | int], response=Removed),
    )
    found = []
    for prefix in PREFIXES:
        path = f"{prefix}/{{listId}}/memberships"
        found += [
            route(
                "memberships.list",
                "GET",
                path,
                list_members,
                summary="List members",
                operation=listing,
                page_of=page_of,
            ),
            route("memberships.add", "PUT", f"{path}/add", add_members, summary="Add members", operation=adding),
            route("memberships.remove", "PUT", f"{path}/remove", remove_members, summary="Remove", operation=removing),
        ]
    return found


def list_members(context: RequestContext) -> Response:
    """Return one page of members in the order of their ids.

    Source: recording.
    """
    known, request = known_list(context), context.request
    limit = parse_limit(context, default=100, maximum=250)
    start = decode_cursor(request.first("after"))
    if start is None:
        raise HubSpotError(400, "Unable to parse value for query parameter: after")
    ids = sorted((one for one in known.members if int(one) >= start), key=int)
    rows = [{"membershipTimestamp": format_time(known.members[one]), "recordId": one} for one in ids[:limit]]
    page: dict[str, Any] = {"results": rows}
    if len(ids) > limit:
        after = encode_cursor(int(ids[limit]), type_id=known.object_type_id)
        hand_out(context, unquote(after))
        link = f"{request.origin}/crm/lists/v3/{known.list_id}/memberships?limit={limit}&after={after}"
        page["paging"] = {"next": {"after": after, "link": link}}
    return Response.of(page | {"total": len(known.members)})


def _wanted(context: RequestContext) -> list[str]:
    return list(dict.fromkeys(str(one) for one in read_body(context, list[str | int])))


def add_members(context: RequestContext) -> Response:
    """Add records to a list.

    Source: recording (the spelling of the keys).
    """
    known, portal = known_list(context), context.portal
    kind = infer_type(portal, known.object_type_id)
    wanted = _wanted(context)
    there = [one for one in wanted if portal.records.find(kind, parse_id(one)) is not None]
    now = portal.clock.now_ms()
    added = [one for one in there if one not in known.members]
    portal.lists.set_members(known, known.members | dict.fromkeys(added, now))
    missing = [one for one in wanted if one not in there]
    return Response.of({"recordsIdsAdded": added} | ({"recordIdsMissing": missing} if missing else {}))


def remove_members(context: RequestContext) -> Response:
    """Remove records from a list.

    Source: recording (the spelling of the keys).
    """
    known = known_list(context)
    wanted = _wanted(context)
    removed = [one for one in wanted if one in known.members]
    left = {one: at for one, at in known.members.items() if one not in removed}
    context.portal.lists.set_members(known, left)
    missing = [one for one in wanted if one not in removed]
    return Response.of({"recordIdsRemoved": removed} | ({"recordIdsMissing": missing} if missing else {}))
