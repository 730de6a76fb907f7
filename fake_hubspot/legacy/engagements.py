"""The engagements API of version 1: notes, tasks, meetings, calls and e-mails as one kind of record."""

from collections.abc import Sequence
from typing import Any

import msgspec

from fake_hubspot.context import RequestContext, Response
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.http_errors import not_found_page
from fake_hubspot.legacy.bodies import whole_numbers
from fake_hubspot.legacy.engagement_fields import KINDS, Kind, kind_named, kind_of, metadata_of, values_of
from fake_hubspot.legacy.errors import LegacyError, invalid_enum, legacy_errors
from fake_hubspot.legacy.links import connect, disconnect, linked_ids
from fake_hubspot.legacy.pages import Dialect, offset_of, recent_page, rows_per_page
from fake_hubspot.legacy.records import write_values
from fake_hubspot.legacy.row import NO_CONTENT, Row
from fake_hubspot.legacy.values import to_ms
from fake_hubspot.paging import hand_out
from fake_hubspot.portal.decimal_id import LARGEST_EXACT_ID, parse_id
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.store import Record
from fake_hubspot.portal.types import ObjectType

__all__ = ["ROWS"]

READ, WRITE = "crm.objects.contacts.read", "crm.objects.contacts.write"
PREFIX = "/engagements/v1/engagements"
ONE = f"{PREFIX}/{{engagementId}}"
# Source: docs (100 by default and at most 250; recent ones: 20 and 100).
PAGED = Dialect(default=100, maximum=250)
RECENT = Dialect(rows="count", default=20, maximum=100)
# Source: reader (tap-hubspot 4.5 asks for 190); the rest is assumed.
MODIFIED = Dialect(default=100, maximum=250)
# The members of `associations`, each with the type of the records whose ids it holds; the others stay empty.
LINKED = {
    "contactIds": "contacts",
    "companyIds": "companies",
    "dealIds": "deals",
    "ownerIds": None,
    "workflowIds": None,
    "ticketIds": "tickets",
    "contentIds": None,
    "quoteIds": "quotes",
    "marketingEventIds": None,
}
WORDS = {"CONTACT": "contacts", "COMPANY": "companies", "DEAL": "deals", "TICKET": "tickets", "QUOTE": "quotes"}
PREVIEW = "<html>\n <head></head>\n <body>\n {}\n </body>\n</html>"

Engagement = tuple[ObjectType, Record]


class Head(msgspec.Struct, frozen=True, rename="camel"):
    """What every engagement has, to write.

    Units: `timestamp` is in milliseconds since 1970.
    """

    type: str | None = None
    owner_id: int | str | None = None
    timestamp: int | None = None


class EngagementBody(msgspec.Struct, frozen=True):
    """An engagement to write."""

    engagement: Head = msgspec.field(default_factory=Head)
    associations: dict[str, list[Any] | None] = {}
    metadata: dict[str, Any] = {}


def _types(portal: Portal) -> list[ObjectType]:
    return [portal.types[one.type_id] for one in KINDS]


def _wire(portal: Portal, found: Engagement) -> dict[str, Any]:
    """Render one engagement.

    Source: recording (2022-08); `ownerId`, and the metadata of each type: docs.
    """
    object_type, record = found
    kind = kind_of(object_type.type_id)
    return {
        "engagement": _head(portal, kind, record),
        "associations": _associations(portal, found),
        "attachments": _attachments(record),
        "metadata": metadata_of(kind, record.properties),
    }


def _head(portal: Portal, kind: Kind, record: Record) -> dict[str, Any]:
    values = record.properties
    body = values.get(kind.body, "")
    owner = parse_id(values.get("hubspot_owner_id", ""))
    at_ms = to_ms(values.get("hs_timestamp"))
    return {
        "id": record.id,
        "portalId": portal.id,
        "active": True,
        "createdAt": record.created_ms,
        "lastUpdated": record.updated_ms,
        **({} if owner is None else {"ownerId": owner}),
        "type": kind.name(values),
        "timestamp": record.created_ms if at_ms is None else at_ms,
        "allAccessibleTeamIds": [],
        **_preview(values, body),
    }


def _preview(values: dict[str, str], body: str) -> dict[str, Any]:
    if not body:
        return {"queueMembershipIds": []}
    return {
        "bodyPreview": values.get("hs_body_preview") or body,
        "queueMembershipIds": [],
        "bodyPreviewIsTruncated": values.get("hs_body_preview_is_truncated") == "true",
        "bodyPreviewHtml": values.get("hs_body_preview_html") or PREVIEW.format(body),
    }


def _associations(portal: Portal, found: Engagement) -> dict[str, list[int]]:
    object_type, record = found
    return {
        name: linked_ids(portal, object_type, record.id, portal.types[target]) if target else []
        for name, target in LINKED.items()
    }


def _attachments(record: Record) -> list[dict[str, int]]:
    ids = record.properties.get("hs_attachment_ids", "").split(";")
    return [{"id": one} for one in whole_numbers(ids)]


def _from_id(portal: Portal, from_id: int, limit: int) -> list[Engagement]:
    """Return the engagements of every type from an id on, in ascending order of id: those of a page and more."""
    pages = [
        [(kind, record) for record in portal.store.page(kind.type_id, from_id=from_id, limit=limit + 1, archived=False)]
        for kind in _types(portal)
    ]
    return sorted((row for page in pages for row in page), key=lambda one: (one[1].id, one[0].type_id))


def _end(ids: Sequence[int], limit: int) -> int:
    """Return where a page ends: after its last row and those that have the id of that row.

    In a seeded account records of different types may have the same id, which a cursor cannot tell apart.
    """
    end = min(limit, len(ids))
    while end < len(ids) and ids[end] == ids[end - 1]:
        end += 1
    return end


def list_paged(context: RequestContext) -> Response:
    """Return one page of engagements; the offset is the lowest id of the next page.

    Source: recording (2022-08).
    """
    offset = offset_of(context.request)
    limit = rows_per_page(context.request, PAGED)
    found = _from_id(context.portal, offset, limit)
    end = _end([record.id for _, record in found], limit)
    return _page(context, found[:end], has_more=end < len(found), offset=offset)


def _page(context: RequestContext, page: Sequence[Engagement], *, has_more: bool, offset: int) -> Response:
    last = page[-1][1].id + 1 if page else offset
    if has_more:
        hand_out(context, str(last))
    rows = [_wire(context.portal, one) for one in page]
    return Response.of({"results": rows, "hasMore": has_more, "offset": last})


def list_recent(context: RequestContext) -> Response:
    """Return one page of the engagements that changed last. Source: docs."""
    page, members = recent_page(context, _types(context.portal), RECENT, created=False)
    return Response.of({"results": [_wire(context.portal, one) for one in page], **members})


def list_modified_after(context: RequestContext) -> Response:
    """Return one page of the engagements that have changed after a time or a cursor, in the order of their changes.

    Source: reader (tap-hubspot 4.5: `after` is a time in milliseconds, later the `after` of the last response); how the
    cursor looks is assumed.
    """
    start = _change_of(context)
    everything = _from_id(context.portal, 0, LARGEST_EXACT_ID)
    rows = sorted((((one[1].updated_ms, one[1].id), one) for one in everything), key=lambda row: row[0])
    left = [(change, found) for change, found in rows if change > start]
    page = left[: rows_per_page(context.request, MODIFIED)]
    updated_ms, last_id = page[-1][0] if page else start
    has_more = len(left) > len(page)
    # What changes later in the millisecond of the last page must not be behind its cursor.
    after = f"{updated_ms}-{last_id if has_more else 0}"
    if has_more:
        hand_out(context, after)
    results = [_wire(context.portal, found) for _, found in page]
    return Response.of({"results": results, "hasMore": has_more, "after": after})


def _change_of(context: RequestContext) -> tuple[int, int]:
    """Return the time and the id of the last change that the client has seen."""
    at, _, last_id = (context.request.first("after") or "0").partition("-")
    if not (at.isdecimal() and len(at) < 17):
        raise LegacyError(400, "after is neither a time in milliseconds nor a cursor of an earlier response")
    return int(at), parse_id(last_id) or 0


def _target(context: RequestContext) -> ObjectType:
    word = context.params["objectType"]
    if word.upper() not in WORDS:
        raise invalid_enum(word, of="ObjectType")
    return context.portal.types[WORDS[word.upper()]]


def list_associated(context: RequestContext) -> Response:
    """Return one page of the engagements of a record. Source: recording (2022-08)."""
    portal, source, offset = context.portal, _target(context), offset_of(context.request)
    record_id = parse_id(context.params["objectId"]) or 0
    limit = rows_per_page(context.request, PAGED)
    linked = [(kind, one) for kind in _types(portal) for one in linked_ids(portal, source, record_id, kind)]
    left = sorted((one for one in linked if one[1] >= offset), key=lambda one: (one[1], one[0].type_id))
    end = _end([one for _, one in left], limit)
    records = [(kind, portal.store.get(kind.type_id, one)) for kind, one in left[:end]]
    page = [(kind, record) for kind, record in records if record is not None]
    return _page(context, page, has_more=len(left) > end, offset=offset)


def _known(context: RequestContext) -> Engagement:
    """Return the engagement in the path.

    Raises:
        HtmlError: 404. Source: recording (2022-08).
    """
    record_id = parse_id(context.params["engagementId"])
    for kind in _types(context.portal):
        record = context.portal.records.find(kind, record_id)
        if record is not None:
            return kind, record
    raise not_found_page()


def read_one(context: RequestContext) -> Response:
    """Return one engagement. Source: recording (2022-08)."""
    return Response.of(_wire(context.portal, _known(context)))


def create(context: RequestContext) -> Response:
    """Create an engagement with its links.

    Source: recording (2022-08: nulls among the ids are left out); docs for the types.
    """
    given, portal = read_body(context, EngagementBody), context.portal
    word = (given.engagement.type or "").upper()
    kind = kind_named(word)
    if kind is None:
        raise invalid_enum(given.engagement.type or "", of="EngagementType") if word else _no_type()
    object_type = portal.types[kind.type_id]
    now = portal.clock.now_ms()
    values = {"hs_timestamp": str(now if given.engagement.timestamp is None else given.engagement.timestamp)}
    values |= values_of(kind, given.metadata) | _owner(given.engagement)
    if word in kind.directions:
        values["hs_email_direction"] = word
    with legacy_errors(), portal.db.transaction():
        portal.write_rules.check(object_type, values, is_newest=False)
        record = portal.records.create(object_type, values)
        _link(portal, object_type, record.id, given)
    return Response.of({"associationCreateFailures": [], **_wire(portal, (object_type, record))})


def _no_type() -> LegacyError:
    """Return the response to an engagement without a type. Source: docs for the rule; the text is assumed."""
    return LegacyError(400, "engagement.type is required")


def _owner(head: Head) -> dict[str, str]:
    return {} if head.owner_id is None else {"hubspot_owner_id": str(head.owner_id)}


def _link(portal: Portal, object_type: ObjectType, record_id: int, given: EngagementBody) -> None:
    for name, ids in given.associations.items():
        target = LINKED.get(name)
        if target is not None:
            connect(portal, object_type, record_id, portal.types[target], whole_numbers(ids or []))


def update(context: RequestContext) -> Response:
    """Change an engagement. Source: docs; links are added, none is removed: assumed."""
    given, portal = read_body(context, EngagementBody), context.portal
    object_type, record = _known(context)
    values = values_of(kind_of(object_type.type_id), given.metadata) | _owner(given.engagement)
    if given.engagement.timestamp is not None:
        values["hs_timestamp"] = str(given.engagement.timestamp)
    with portal.db.transaction():
        changed = write_values(context, object_type, record, dict(values))
        _link(portal, object_type, record.id, given)
    return Response.of(_wire(portal, (object_type, changed)))


def delete(context: RequestContext) -> Response:
    """Move an engagement to the recycle bin. Source: recording (2022-08: 204)."""
    context.portal.records.archive(*_known(context))
    return Response.empty()


def associate(context: RequestContext) -> Response:
    """Link an engagement with a record. Source: recording (2022-08: 204, the type in any case)."""
    (kind, record), target = _known(context), _target(context)
    connect(context.portal, kind, record.id, target, [parse_id(context.params["objectId"]) or 0])
    return Response.empty()


def dissociate(context: RequestContext) -> Response:
    """Remove the link between an engagement and a record. Source: docs (204)."""
    (kind, record), target = _known(context), _target(context)
    disconnect(context.portal, kind, record.id, target, [parse_id(context.params["objectId"]) or 0])
    return Response.empty()


LINKS = f"{ONE}/associations/{{objectType}}/{{objectId}}"
ROWS = (
    Row("engagements.paged", "GET", f"{PREFIX}/paged", list_paged, ("limit", "offset"), pages=True, scope=READ),
    Row(
        "engagements.recent",
        "GET",
        f"{PREFIX}/recent/modified",
        list_recent,
        ("count", "offset", "since"),
        pages=True,
        scope=READ,
    ),
    Row(
        "engagements.modified-after",
        "GET",
        f"{PREFIX}/modified/after",
        list_modified_after,
        ("limit", "after"),
        pages=True,
        scope=READ,
    ),
    Row(
        "engagements.associated",
        "GET",
        f"{PREFIX}/associated/{{objectType}}/{{objectId}}/paged",
        list_associated,
        ("limit", "offset"),
        pages=True,
        scope=READ,
    ),
    Row("engagements.create", "POST", PREFIX, create, body=EngagementBody, scope=WRITE),
    Row("engagements.read", "GET", ONE, read_one, scope=READ),
    Row("engagements.update", "PATCH", ONE, update, body=EngagementBody, scope=WRITE),
    # Source: reader (hubspot3 and hubspot-ruby send PUT; that it changes what PATCH changes is assumed).
    Row("engagements.put", "PUT", ONE, update, body=EngagementBody, scope=WRITE),
    Row("engagements.delete", "DELETE", ONE, delete, scope=WRITE, statuses=NO_CONTENT),
    Row("engagements.associate", "PUT", LINKS, associate, scope=WRITE, statuses=NO_CONTENT),
    Row("engagements.dissociate", "DELETE", LINKS, dissociate, scope=WRITE, statuses=NO_CONTENT),
)
