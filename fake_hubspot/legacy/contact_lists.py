"""The contact lists API of version 1: lists, their contacts, and the lists of all and of recent contacts."""

from collections.abc import Sequence
from typing import Any

import msgspec

from fake_hubspot.context import Request, RequestContext, Response
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.parameters import parse_integer
from fake_hubspot.http_errors import NotBuiltError
from fake_hubspot.legacy.contacts import DEFAULTS as DEFAULT_PROPERTIES
from fake_hubspot.legacy.contacts import READ, WRITE, contact_type, list_memberships, properties_of, to_wire
from fake_hubspot.legacy.errors import LegacyError, nested_error
from fake_hubspot.legacy.pages import RECENT_DAYS, Dialect, offset_of, rows_at, rows_per_page
from fake_hubspot.legacy.row import NO_CONTENT, Row
from fake_hubspot.legacy.values import known_names
from fake_hubspot.paging import hand_out
from fake_hubspot.portal.durations import DAY_MS
from fake_hubspot.portal.lists import RecordList
from fake_hubspot.portal.owners import ACTING_USER_ID
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.search import Sort
from fake_hubspot.portal.store import Record

__all__ = ["ROWS"]

PREFIX = "/contacts/v1/lists"
ONE = f"{PREFIX}/{{listId}}"
# Source: docs (20 by default; at most 250 lists, 100 contacts, 500 contacts in a static list's request).
LISTS = Dialect(rows="count", default=20, maximum=250, more="has-more")
CONTACTS = Dialect(rows="count", default=20, maximum=100, more="has-more")
ALL_CONTACTS = "all"


class NewList(msgspec.Struct, frozen=True):
    """A list to create."""

    name: str | None = None
    dynamic: bool = False
    filters: list[list[dict[str, Any]]] = []


class Members(msgspec.Struct, frozen=True):
    """Contacts to add to a list or to remove."""

    vids: list[int] = []
    emails: list[str] = []


def _wire(portal: Portal, known: RecordList) -> dict[str, Any]:
    """Render one list.

    Source: recording (2022-08); the filters of a list that was made with the API of version 3 are not translated.
    """
    members = portal.lists.members(known)
    return {
        "portalId": portal.id,
        "listId": known.list_id,
        "internalListId": known.list_id,
        "createdAt": known.created_ms,
        "updatedAt": known.updated_ms,
        "name": known.name,
        "listType": "DYNAMIC" if known.is_dynamic else "STATIC",
        "authorId": int(ACTING_USER_ID),
        "filters": [],
        "metaData": {
            "size": len(members),
            "lastSizeChangeAt": max(members.values(), default=0),
            "processing": "DONE",
            "lastProcessingStateChangeAt": known.created_ms,
            "error": "",
            "listReferencesCount": None,
            "parentFolderId": None,
        },
        "archived": False,
        "teamIds": [],
        "dynamic": known.is_dynamic,
    }


def _contact_lists(portal: Portal) -> list[RecordList]:
    return [one for one in portal.lists.current() if one.object_type_id == "0-1"]


def _of_kind(context: RequestContext, *, dynamic: bool | None) -> Response:
    found = [one for one in _contact_lists(context.portal) if dynamic is None or one.is_dynamic is dynamic]
    page, members = rows_at(context, found, LISTS)
    rows = [_wire(context.portal, one) for one in page]
    return Response.of({"offset": members["offset"], "lists": rows, "has-more": members["has-more"]})


def list_lists(context: RequestContext) -> Response:
    """Return one page of lists.

    Source: recording (2022-08).
    """
    return _of_kind(context, dynamic=None)


def list_static(context: RequestContext) -> Response:
    """Return one page of the lists that are filled by hand. Source: docs."""
    return _of_kind(context, dynamic=False)


def list_dynamic(context: RequestContext) -> Response:
    """Return one page of the lists that are filled by their filters. Source: docs."""
    return _of_kind(context, dynamic=True)


def read_batch(context: RequestContext) -> Response:
    """Return several lists by id.

    Source: docs.
    """
    found = [_find(context.portal, text) for text in context.request.all("listId")]
    return Response.of({"lists": [_wire(context.portal, one) for one in found if one is not None]})


def _find(portal: Portal, text: str) -> RecordList | None:
    known = portal.lists.get(text)
    return known if known is not None and known.object_type_id == "0-1" else None


def _known(context: RequestContext) -> RecordList:
    text = context.params["listId"]
    known = _find(context.portal, text)
    if known is None:
        raise LegacyError(404, f"List with id {text} does not exist")
    return known


def read_list(context: RequestContext) -> Response:
    """Return one list. Source: docs; the text for a missing one is assumed."""
    return Response.of(_wire(context.portal, _known(context)))


def create_list(context: RequestContext) -> Response:
    """Create a list without filters.

    Raises:
        NotBuiltError: It has filters.

    Source: recording (2022-08).
    """
    portal, given = context.portal, read_body(context, NewList)
    if not given.name:
        raise nested_error("Every list must have a name.")
    if given.filters:
        raise NotBuiltError("a contact list with the filters of version 1")
    _check_name(portal, given.name)
    made = portal.lists.create(given.name, "0-1", "DYNAMIC" if given.dynamic else "MANUAL", None)
    wire = _wire(portal, made)
    wire["metaData"] |= {"processing": "INITIALIZING"}
    return Response.of(wire)


def _check_name(portal: Portal, name: str) -> None:
    """Check that no list of contacts has this name.

    Raises:
        LegacyError: 400. Source: recording (2022-08).
    """
    if portal.lists.named(name, "0-1") is not None:
        raise nested_error(f"A list with the name '{name}' already exists.")


def rename_list(context: RequestContext) -> Response:
    """Rename a list. Source: docs; that a taken name is refused as for a new list is assumed."""
    known, given = _known(context), read_body(context, NewList)
    if given.name and given.name.casefold() != known.name.casefold():
        _check_name(context.portal, given.name)
    changed = context.portal.lists.rename(known, given.name) if given.name else known
    return Response.of(_wire(context.portal, changed))


def delete_list(context: RequestContext) -> Response:
    """Delete a list. Source: docs (204)."""
    context.portal.lists.delete(_known(context))
    return Response.empty()


def _by_hand(known: RecordList) -> None:
    """Check that a list is filled by hand.

    Raises:
        LegacyError: 400. Source: docs for the rule; the text is assumed.
    """
    if known.is_dynamic:
        raise LegacyError(400, "Cannot change the contacts of a dynamic list")


def add_members(context: RequestContext) -> Response:
    """Add contacts to a list, by id and by address.

    Source: docs.
    """
    known, given = _known(context), read_body(context, Members)
    _by_hand(known)
    portal, members = context.portal, dict(known.members)
    found, missing = _existing(portal, given.vids)
    by_email = {email: portal.records.find_by(contact_type(portal), "email", email) for email in given.emails}
    found += [one.id for one in by_email.values() if one is not None]
    updated = [one for one in dict.fromkeys(found) if str(one) not in members]
    now = portal.clock.now_ms()
    portal.lists.set_members(known, members | {str(one): now for one in updated})
    return Response.of(
        {
            "updated": updated,
            "discarded": [one for one in dict.fromkeys(found) if one not in updated],
            "invalidVids": missing,
            "invalidEmails": [email for email, record in by_email.items() if record is None],
        }
    )


def _existing(portal: Portal, vids: Sequence[int]) -> tuple[list[int], list[int]]:
    kind = contact_type(portal)
    found = [one for one in vids if portal.records.find(kind, one) is not None]
    return found, [one for one in vids if one not in found]


def remove_members(context: RequestContext) -> Response:
    """Remove contacts from a list.

    Source: docs.
    """
    known, given = _known(context), read_body(context, Members)
    _by_hand(known)
    wanted = list(dict.fromkeys(given.vids))
    inside = [one for one in wanted if str(one) in known.members]
    left = {key: at_ms for key, at_ms in known.members.items() if int(key) not in inside}
    context.portal.lists.set_members(known, left)
    outside = [one for one in wanted if one not in inside]
    return Response.of({"updated": inside, "discarded": outside, "invalidVids": [], "invalidEmails": []})


def _contact(portal: Portal, record: Record, request: Request, added_ms: int) -> dict[str, Any]:
    """Render a contact in a list.

    Source: recording (2015 to 2022); `propertyMode` and `showListMemberships`: docs.
    """
    asked = [*DEFAULT_PROPERTIES, *request.all("property")]
    names = known_names(portal, contact_type(portal), record, asked)
    mode = request.first("propertyMode") or "value_only"
    wire = {"addedAt": added_ms, **to_wire(portal, record, properties_of(portal, record, names, mode))}
    if (request.first("showListMemberships") or "").lower() == "true":
        wire["list-memberships"] = list_memberships(portal, record)
    return wire


def list_all(context: RequestContext) -> Response:
    """Return one page of all contacts; the next page begins after `vid-offset`, the last id.

    Shape: `{contacts, has-more, vid-offset}`.
    """
    request, portal = context.request, context.portal
    offset = offset_of(request, "vidOffset")
    limit = rows_per_page(request, CONTACTS)
    records, bound = portal.list_records(contact_type(portal), after=offset + 1, limit=limit)
    rows = [_contact(portal, record, request, record.created_ms) for record in records]
    return _by_vid(context, rows, records[-1].id if records else offset, has_more=bound is not None)


def _by_vid(context: RequestContext, rows: list[dict[str, Any]], last: int, *, has_more: bool) -> Response:
    if has_more:
        hand_out(context, str(last))
    return Response.of({"contacts": rows, "has-more": has_more, "vid-offset": last})


def list_members(context: RequestContext) -> Response:
    """Return one page of the contacts of a list, in ascending order of id.

    Source: docs for the shape; the order is assumed.
    """
    request, portal, known = context.request, context.portal, _known(context)
    offset, limit = offset_of(request, "vidOffset"), rows_per_page(request, CONTACTS)
    members = portal.lists.members(known)
    ids = sorted(one for one in map(int, members) if one > offset)
    records = [one for one in portal.store.get_many("0-1", ids) if one.archived_ms is None]
    page = records[:limit]
    rows = [_contact(portal, one, request, members[str(one.id)]) for one in page]
    return _by_vid(context, rows, page[-1].id if page else offset, has_more=len(records) > limit)


def list_updated(context: RequestContext) -> Response:
    """Return one page of contacts, latest change first; `timeOffset` and `vidOffset` together are the cursor."""
    found = _sorted(context.portal, "lastmodifieddate")
    return _recent(context, [(one.updated_ms, one) for one in found])


def list_created(context: RequestContext) -> Response:
    """Return one page of contacts, newest first."""
    found = _sorted(context.portal, "createdate")
    return _recent(context, [(one.created_ms, one) for one in found])


def _sorted(portal: Portal, by: str) -> list[Record]:
    return portal.search.find(contact_type(portal), [], sort=Sort(by, descending=True), limit=10_000).records


def list_recent_members(context: RequestContext) -> Response:
    """Return one page of the contacts of a list, those that were added last first. Source: docs."""
    known, portal = _known(context), context.portal
    members = portal.lists.members(known)
    records = portal.store.get_many("0-1", [int(one) for one in members])
    added = [(members[str(one.id)], one) for one in records if one.archived_ms is None]
    return _recent(context, added)


def _recent(context: RequestContext, moments: list[tuple[int, Record]]) -> Response:
    """Return a page of contacts with their times, latest first; those of the last 30 days.

    Source: recording (2015 to 2022); docs for the 30 days.
    """
    request, portal = context.request, context.portal
    oldest = portal.clock.now_ms() - RECENT_DAYS * DAY_MS
    before_ms = parse_integer(request, "timeOffset", largest=2**53)
    vid = offset_of(request, "vidOffset")
    limit = rows_per_page(request, CONTACTS)
    recent = sorted(((at, one) for at, one in moments if at >= oldest), key=lambda row: (-row[0], -row[1].id))
    left = [row for row in recent if before_ms is None or _follows(row[0], row[1].id, before_ms, vid)]
    page = left[:limit]
    last_ms, last_id = (page[-1][0], page[-1][1].id) if page else (before_ms or 0, vid)
    if len(left) > limit:
        hand_out(context, f"{last_ms} {last_id}")
    return Response.of(
        {
            "contacts": [_contact(portal, record, request, record.created_ms) for _, record in page],
            "has-more": len(left) > limit,
            "vid-offset": last_id,
            "time-offset": last_ms,
        }
    )


def _follows(at_ms: int, record_id: int, before_ms: int, vid: int) -> bool:
    """Whether a contact comes after the cursor."""
    return at_ms < before_ms or (at_ms == before_ms and record_id < vid)


SHOWN = ("count", "vidOffset", "property", "propertyMode", "formSubmissionMode", "showListMemberships")
RECENT = (*SHOWN, "timeOffset")
PAGE = ("count", "offset")


def _contacts(name: str, path: str, handler: Any, query: tuple[str, ...]) -> Row:
    return Row(f"contacts.{name}", "GET", f"{PREFIX}/{path}", handler, query, pages=True, scope=READ)


ROWS = (
    _contacts("all", "all/contacts/all", list_all, SHOWN),
    _contacts("updated", "recently_updated/contacts/recent", list_updated, RECENT),
    _contacts("created", "all/contacts/recent", list_created, RECENT),
    _contacts("of-list", "{listId}/contacts/all", list_members, SHOWN),
    _contacts("recent-of-list", "{listId}/contacts/recent", list_recent_members, RECENT),
    Row("lists.list", "GET", PREFIX, list_lists, PAGE, pages=True, scope=READ),
    Row("lists.static", "GET", f"{PREFIX}/static", list_static, PAGE, pages=True, scope=READ),
    Row("lists.dynamic", "GET", f"{PREFIX}/dynamic", list_dynamic, PAGE, pages=True, scope=READ),
    Row("lists.read-batch", "GET", f"{PREFIX}/batch", read_batch, ("listId",), scope=READ),
    Row("lists.create", "POST", PREFIX, create_list, body=NewList, scope=WRITE),
    Row("lists.read", "GET", ONE, read_list, scope=READ),
    Row("lists.rename", "POST", ONE, rename_list, body=NewList, scope=WRITE),
    Row("lists.delete", "DELETE", ONE, delete_list, scope=WRITE, statuses=NO_CONTENT),
    Row("lists.add", "POST", f"{ONE}/add", add_members, body=Members, scope=WRITE),
    Row("lists.remove", "POST", f"{ONE}/remove", remove_members, body=Members, scope=WRITE),
)
