"""The members of lists."""

import base64
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NotRequired, TypedDict
from urllib.parse import quote, unquote

import msgspec

from fake_hubspot.context import ANY_SCOPE, Operation, Param, RateClass, RequestContext, Response, Route
from fake_hubspot.crm.batches import batch_response, check_size
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.lists import PREFIXES, known_list, list_by_id
from fake_hubspot.crm.parameters import infer_type, parse_limit
from fake_hubspot.crm.shapes import BatchResponse, Paging
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


class Changed(TypedDict):
    """The result of adding and removing members at once."""

    recordsIdsAdded: NotRequired[list[str]]
    recordIdsRemoved: NotRequired[list[str]]
    recordIdsMissing: NotRequired[list[str]]


class MembershipResponse(TypedDict):
    """One list that a record is in."""

    listId: str
    listVersion: int
    isPublicList: bool
    firstAddedTimestamp: str
    lastAddedTimestamp: str


class MembershipPage(TypedDict):
    """The lists that a record is in."""

    results: list[MembershipResponse]
    total: int


class MemberChanges(msgspec.Struct, frozen=True, rename="camel"):
    """Members to add and to remove."""

    record_ids_to_add: list[str | int] = []
    record_ids_to_remove: list[str | int] = []


class RecordInput(msgspec.Struct, frozen=True, rename="camel"):
    """A record whose lists to read."""

    object_type_id: str
    record_id: str | int


class RecordBatch(msgspec.Struct, frozen=True):
    """The records whose lists to read."""

    inputs: list[RecordInput]


def routes() -> list[Route]:
    """Return the routes of this family."""
    route = partial(Route, scope=ANY_SCOPE, rate_class=RateClass.GENERAL)
    listing = Operation((Param("limit", "integer"), Param("after")), response=MemberPage)
    adding, removing = (
        Operation(body=list[str | int], response=Added),
        Operation(body=list[str | int], response=Removed),
    )
    gone, changing = Operation(statuses=(204,)), Operation(body=MemberChanges, response=Changed)
    of_record = Operation(response=MembershipPage)
    found = []
    for prefix in PREFIXES:
        path = f"{prefix}/{{listId}}/memberships"
        records = f"{prefix}/records"
        lists_of = f"{records}/{{objectTypeId}}/{{recordId}}/memberships"
        reading = Operation(body=RecordBatch, response=BatchResponse)
        found += [
            route(
                "memberships.join-order",
                "GET",
                f"{path}/join-order",
                list_by_time,
                summary="List members by the time when they were added",
                operation=listing,
                page_of=page_of,
            ),
            route("memberships.clear", "DELETE", path, clear_members, summary="Remove all members", operation=gone),
            route(
                "memberships.change",
                "PUT",
                f"{path}/add-and-remove",
                change_members,
                summary="Add and remove members",
                operation=changing,
            ),
            route(
                "memberships.add-from",
                "PUT",
                f"{path}/add-from/{{sourceListId}}",
                add_from,
                summary="Add the members of another list",
                operation=gone,
            ),
            route("memberships.of-record", "GET", lists_of, read_lists_of, summary="Lists", operation=of_record),
            route(
                "memberships.batch.read",
                "POST",
                f"{records}/memberships/batch/read",
                read_lists_of_many,
                summary="Lists of several records",
                operation=reading,
            ),
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
    known = known_list(context)
    members = context.portal.lists.members(known)
    return _page(context, known, members, sorted(members, key=int), int)


def list_by_time(context: RequestContext) -> Response:
    """Return one page of members in the order in which they were added.

    Source: docs; that the cursor is the time and the id of the next member is assumed.
    """
    known = known_list(context)
    members = context.portal.lists.members(known)

    def place(one: str) -> int:
        return (members[one] << 64) + int(one)

    return _page(context, known, members, sorted(members, key=place), place, path="/join-order")


def _page(
    context: RequestContext,
    known: RecordList,
    members: Mapping[str, int],
    ids: list[str],
    place: Callable[[str], int],
    *,
    path: str = "",
) -> Response:
    """Return one page of members, whose cursor is the place of the next one."""
    request = context.request
    limit = parse_limit(context, default=100, maximum=250)
    start = _decode(request.first("after"))
    left = [one for one in ids if place(one) >= start]
    rows = [{"membershipTimestamp": format_time(members[one]), "recordId": one} for one in left[:limit]]
    page: dict[str, Any] = {"results": rows}
    if len(left) > limit:
        after = _encode(place(left[limit]))
        hand_out(context, unquote(after))
        link = f"{request.origin}/crm/lists/v3/{known.list_id}/memberships{path}?limit={limit}&after={after}"
        page["paging"] = {"next": {"after": after, "link": link}}
    return Response.of(page | {"total": len(members)})


def _encode(place: int) -> str:
    """Return the cursor of a page: the next id as eight bytes, or a longer number as sixteen.

    Source: recording (`AAAAMoEgcAg%3D`, hubspot-api-ruby 2026-04).
    """
    size = CURSOR_BYTES if place < 1 << 64 else 2 * CURSOR_BYTES
    return quote(base64.b64encode(place.to_bytes(size, "big")).decode(), safe="")


def _decode(after: str | None) -> int:
    """Return the place in a cursor, percent-encoded or not; 0 without one.

    Raises:
        HubSpotError: 400 for another text; the text is assumed.
    """
    if not after:
        return 0
    try:
        raw = base64.b64decode(unquote(after), validate=True)
    except ValueError:
        raw = b""
    if len(raw) not in (CURSOR_BYTES, 2 * CURSOR_BYTES):
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


def _change(
    context: RequestContext, known: RecordList, *, add: Sequence[str] = (), remove: Sequence[str] = ()
) -> Response:
    """Add records to a list and remove others; those that do not exist, or are not in the list, are told.

    Source: recording (the spelling of the keys).
    """
    portal = context.portal
    kind = infer_type(portal, known.object_type_id)
    there = [one for one in add if portal.records.find(kind, parse_id(one)) is not None]
    added = [one for one in there if one not in known.members]
    removed = [one for one in remove if one in known.members]
    members = known.members | dict.fromkeys(added, portal.clock.now_ms())
    portal.lists.set_members(known, {one: at for one, at in members.items() if one not in removed})
    missing = [one for one in add if one not in there] + [one for one in remove if one not in removed]
    return _told(
        recordsIdsAdded=sorted(added, key=int), recordIdsRemoved=sorted(removed, key=int), recordIdsMissing=missing
    )


def add_members(context: RequestContext) -> Response:
    """Add records to a list.

    Source: recording (the spelling of the keys).
    """
    known = _changeable(context)
    return _change(context, known, add=_wanted(context))


def remove_members(context: RequestContext) -> Response:
    """Remove records from a list.

    Source: recording (the spelling of the keys).
    """
    known = _changeable(context)
    return _change(context, known, remove=_wanted(context))


def change_members(context: RequestContext) -> Response:
    """Add records to a list and remove others.

    Source: docs; that the keys are spelled as for the single operations: reader (the models of HubSpot's clients).
    """
    known, given = _changeable(context), read_body(context, MemberChanges)
    add, remove = (list(dict.fromkeys(map(str, ids))) for ids in (given.record_ids_to_add, given.record_ids_to_remove))
    return _change(context, known, add=add, remove=remove)


def add_from(context: RequestContext) -> Response:
    """Add the members of another list of the same type.

    Source: docs (204); the text of the refusal is assumed.
    """
    known, lists = _changeable(context), context.portal.lists
    source = list_by_id(context.portal, context.params["sourceListId"])
    if source.object_type_id != known.object_type_id:
        text = f"Lists {known.list_id} and {source.list_id} have records of different types"
        raise HubSpotError(400, text, category="VALIDATION_ERROR")
    now = context.portal.clock.now_ms()
    lists.set_members(known, dict.fromkeys(lists.members(source), now) | known.members)
    return Response.empty()


def clear_members(context: RequestContext) -> Response:
    """Remove all members of a list.

    Source: docs (204).
    """
    context.portal.lists.set_members(_changeable(context), {})
    return Response.empty()


def _lists_of(context: RequestContext, type_name: str, record_id: str) -> list[dict[str, Any]]:
    """Render the lists that a record is in.

    Source: docs (segments guide, 2026-09); reader (the models of HubSpot's clients).
    """
    kind = infer_type(context.portal, type_name)
    return [
        {
            "listId": str(one.list_id),
            "listVersion": one.version,
            "isPublicList": True,
            "firstAddedTimestamp": format_time(at_ms),
            "lastAddedTimestamp": format_time(at_ms),
        }
        for one, at_ms in context.portal.lists.of_record(kind.type_id, parse_id(record_id) or 0)
    ]


def read_lists_of(context: RequestContext) -> Response:
    """Return the lists that a record is in; a record that does not exist is in none.

    Source: docs; what is answered for a missing record is assumed.
    """
    rows = _lists_of(context, context.params["objectTypeId"], context.params["recordId"])
    return Response.of({"results": rows, "total": len(rows)})


def read_lists_of_many(context: RequestContext) -> Response:
    """Return the lists that several records are in.

    Source: reader (models of hubspot-sdk 0.1.0a9).
    """
    inputs = read_body(context, RecordBatch).inputs
    check_size(len(inputs))
    rows = [
        {
            "objectTypeId": infer_type(context.portal, one.object_type_id).type_id,
            "recordId": str(one.record_id),
            "recordListMemberships": _lists_of(context, one.object_type_id, str(one.record_id)),
        }
        for one in inputs
    ]
    return batch_response(context, rows)
