"""The members of lists."""

import base64
from functools import partial
from typing import Any, NotRequired, TypedDict
from urllib.parse import quote, unquote

from fake_hubspot.context import ANY_SCOPE, Operation, Param, RateClass, RequestContext, Response, Route
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.lists import PREFIXES, known_list
from fake_hubspot.crm.parameters import infer_type, parse_limit
from fake_hubspot.crm.shapes import Paging
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.paging import hand_out, page_of
from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.lists import RecordList

__all__ = ["routes"]

CURSOR_BYTES = 8


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

    recordsIdsAdded: NotRequired[list[str]]
    recordIdsMissing: NotRequired[list[str]]


class Removed(TypedDict):
    """The result of removing members; HubSpot's spelling of its key varies."""

    recordIdsRemoved: NotRequired[list[str]]
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
    start = _decode(request.first("after"))
    members = context.portal.lists.members(known)
    ids = sorted((one for one in members if int(one) >= start), key=int)
    rows = [{"membershipTimestamp": format_time(members[one]), "recordId": one} for one in ids[:limit]]
    page: dict[str, Any] = {"results": rows}
    if len(ids) > limit:
        after = _encode(int(ids[limit]))
        hand_out(context, unquote(after))
        link = f"{request.origin}/crm/lists/v3/{known.list_id}/memberships?limit={limit}&after={after}"
        page["paging"] = {"next": {"after": after, "link": link}}
    return Response.of(page | {"total": len(members)})


def _encode(record_id: int) -> str:
    """Return the cursor of a page: the next id as eight bytes.

    Source: recording (`AAAAMoEgcAg%3D`, hubspot-api-ruby 2026-04).
    """
    return quote(base64.b64encode(record_id.to_bytes(8, "big")).decode(), safe="")


def _decode(after: str | None) -> int:
    """Return the id in a cursor, percent-encoded or not; 0 without one.

    Raises:
        HubSpotError: 400 for another text; the text is assumed.
    """
    if not after:
        return 0
    try:
        raw = base64.b64decode(unquote(after), validate=True)
    except ValueError:
        raw = b""
    if len(raw) != CURSOR_BYTES:
        raise HubSpotError(400, "Unable to parse value for query parameter: after")
    return int.from_bytes(raw, "big")


def _told(**ids: list[str]) -> Response:
    """Return the lists of ids that are not empty.

    Source: recording (hubspot-api-ruby 2026-04: `{}` when nothing was added).
    """
    return Response.of({name: found for name, found in ids.items() if found})


def _changeable(context: RequestContext) -> RecordList:
    """Return the list in the path if its members can be set.

    Raises:
        HubSpotError: 400 for a dynamic list. Source: docs for the rule; the text is assumed.
    """
    known = known_list(context)
    if known.is_dynamic:
        text = f"List {known.list_id} is DYNAMIC; its members are set by its filters"
        raise HubSpotError(400, text, category="VALIDATION_ERROR")
    return known


def _wanted(context: RequestContext) -> list[str]:
    return list(dict.fromkeys(str(one) for one in read_body(context, list[str | int])))


def add_members(context: RequestContext) -> Response:
    """Add records to a list.

    Source: recording (the spelling of the keys).
    """
    known, portal = _changeable(context), context.portal
    kind = infer_type(portal, known.object_type_id)
    wanted = _wanted(context)
    there = [one for one in wanted if portal.records.find(kind, parse_id(one)) is not None]
    now = portal.clock.now_ms()
    added = [one for one in there if one not in known.members]
    portal.lists.set_members(known, known.members | dict.fromkeys(added, now))
    missing = [one for one in wanted if one not in there]
    return _told(recordsIdsAdded=sorted(added, key=int), recordIdsMissing=missing)


def remove_members(context: RequestContext) -> Response:
    """Remove records from a list.

    Source: recording (the spelling of the keys).
    """
    known = _changeable(context)
    wanted = _wanted(context)
    removed = [one for one in wanted if one in known.members]
    left = {one: at for one, at in known.members.items() if one not in removed}
    context.portal.lists.set_members(known, left)
    missing = [one for one in wanted if one not in removed]
    return _told(recordIdsRemoved=removed, recordIdsMissing=missing)
