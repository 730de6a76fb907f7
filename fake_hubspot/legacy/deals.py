"""The deals API of version 1: deals page by page, the recent ones, one deal, its links."""

from typing import Any

import msgspec

from fake_hubspot.context import RequestContext, Response
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.legacy.bodies import NamedValue, whole_numbers
from fake_hubspot.legacy.errors import LegacyError, invalid_enum
from fake_hubspot.legacy.links import connect, disconnect, linked_ids
from fake_hubspot.legacy.pages import Dialect, recent_page, records_by_id, rows_at
from fake_hubspot.legacy.records import BatchUpdate, create_record, update_batch, update_record
from fake_hubspot.legacy.row import NO_CONTENT, Row
from fake_hubspot.legacy.values import asked_names, known_names, with_versions
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.store import Record
from fake_hubspot.portal.types import ObjectType

__all__ = ["ROWS"]

READ, WRITE = "crm.objects.deals.read", "crm.objects.deals.write"
PREFIX = "/deals/v1/deal"
ONE = f"{PREFIX}/{{dealId}}"
# Source: docs (100 by default and at most 250; recent ones: 20 and 100; recording 2022-08 for 20).
PAGED = Dialect(default=100, maximum=250)
RECENT = Dialect(rows="count", default=20, maximum=100)
# The members of `associations`, each with the type of the records whose ids it holds.
LINKED = {
    "associatedVids": "contacts",
    "associatedCompanyIds": "companies",
    "associatedDealIds": "deals",
    "associatedTicketIds": "tickets",
}
# The words that a path has for a type of linked records.
WORDS = {"CONTACT": "contacts", "COMPANY": "companies", "DEAL": "deals", "TICKET": "tickets"}


class DealBody(msgspec.Struct, frozen=True):
    """A deal to write."""

    properties: list[NamedValue] = []
    associations: dict[str, list[Any]] = {}


def _kind(context: RequestContext) -> ObjectType:
    return context.portal.types["deals"]


def _associations(portal: Portal, record: Record, *, shown: bool) -> dict[str, list[int]]:
    kind = portal.types["deals"]
    return {
        name: linked_ids(portal, kind, record.id, portal.types[target]) if shown else []
        for name, target in LINKED.items()
    }


def _wire(portal: Portal, record: Record, properties: dict[str, Any], *, linked: bool = True) -> dict[str, Any]:
    """Render one deal.

    Source: recording (2022-08).
    """
    return {
        "portalId": portal.id,
        "dealId": record.id,
        "isDeleted": False,
        "associations": _associations(portal, record, shown=linked),
        "properties": properties,
        "stateChanges": [],
    }


def _full(context: RequestContext, record: Record, *, whole: bool = False) -> dict[str, Any]:
    portal, kind = context.portal, _kind(context)
    names = known_names(portal, kind, record, None)
    return _wire(portal, record, with_versions(portal, kind, record, names, histories=names if whole else ()))


def _is_set(context: RequestContext, name: str) -> bool:
    return (context.request.first(name) or "").lower() == "true"


def list_paged(context: RequestContext) -> Response:
    """Return one page of deals, with the properties that were asked for, or all of them.

    Source: docs for the parameters, reader (tap-hubspot) for `includeAllProperties` and `allPropertiesFetchMode`.
    """
    request, portal, kind = context.request, context.portal, _kind(context)
    histories = asked_names(request.all("propertiesWithHistory"))
    asked = [*asked_names(request.all("properties")), *histories]
    is_all, linked = _is_set(context, "includeAllProperties"), _is_set(context, "includeAssociations")
    is_whole = is_all and request.first("allPropertiesFetchMode") == "latest_version_and_history"
    records, members = records_by_id(context, kind, PAGED)
    rows = []
    for record in records:
        names = known_names(portal, kind, record, None if is_all else asked)
        properties = with_versions(portal, kind, record, names, histories=names if is_whole else histories)
        rows.append(_wire(portal, record, properties, linked=linked))
    return Response.of({"deals": rows, **members})


def _recent(context: RequestContext, *, created: bool) -> Response:
    """Return one page of recent deals.

    Source: recording (2022-08).
    """
    page, members = recent_page(context, [_kind(context)], RECENT, created=created)
    whole = _is_set(context, "includePropertyVersions")
    return Response.of({"results": [_full(context, record, whole=whole) for _, record in page], **members})


def list_modified(context: RequestContext) -> Response:
    """Return one page of the deals that changed last."""
    return _recent(context, created=False)


def list_created(context: RequestContext) -> Response:
    """Return one page of the deals that were created last."""
    return _recent(context, created=True)


def _known(context: RequestContext) -> Record:
    """Return the deal in the path.

    Raises:
        LegacyError: 404. Source: recording (2022-08).
    """
    text = context.params["dealId"]
    record = context.portal.records.find(_kind(context), parse_id(text))
    if record is None:
        tail = {"errors": [{"message": f"This deal {text} does not exist."}], "category": "OBJECT_NOT_FOUND"}
        raise LegacyError(404, f"No deal found for dealId={text} portalId={context.portal.id}", tail=tail)
    return record


def read_one(context: RequestContext) -> Response:
    """Return one deal; with `includePropertyVersions` also the past values. Source: recording (2022-08), docs."""
    return Response.of(_full(context, _known(context), whole=_is_set(context, "includePropertyVersions")))


def create(context: RequestContext) -> Response:
    """Create a deal with its links. Source: recording (2022-08: 200)."""
    given, portal = read_body(context, DealBody), context.portal
    with portal.db.transaction():
        record = create_record(context, _kind(context), given.properties)
        for name, ids in given.associations.items():
            if name in LINKED:
                connect(portal, _kind(context), record.id, portal.types[LINKED[name]], whole_numbers(ids))
    return Response.of(_full(context, record))


def update(context: RequestContext) -> Response:
    """Change a deal. Source: recording (2022-08)."""
    record = _known(context)
    changed = update_record(context, _kind(context), record, read_body(context, DealBody).properties)
    return Response.of(_full(context, changed))


def update_many(context: RequestContext) -> Response:
    """Change several deals. Source: docs (202)."""
    return update_batch(context, _kind(context))


def delete(context: RequestContext) -> Response:
    """Move a deal to the recycle bin. Source: recording (2022-08: 204)."""
    context.portal.records.archive(_kind(context), _known(context))
    return Response.empty()


def _target(context: RequestContext) -> ObjectType:
    word = context.params["objectType"]
    if word.upper() not in WORDS:
        raise invalid_enum(word, of="ObjectType")
    return context.portal.types[WORDS[word.upper()]]


def associate(context: RequestContext) -> Response:
    """Link a deal with the records whose ids are in the query. Source: docs (204)."""
    record, target = _known(context), _target(context)
    connect(context.portal, _kind(context), record.id, target, whole_numbers(context.request.all("id")))
    return Response.empty()


def dissociate(context: RequestContext) -> Response:
    """Remove the links of a deal with records. Source: docs (204)."""
    record, target = _known(context), _target(context)
    disconnect(context.portal, _kind(context), record.id, target, whole_numbers(context.request.all("id")))
    return Response.empty()


def list_associated(context: RequestContext) -> Response:
    """Return one page of the deals of a record. Source: docs; recording for a row."""
    portal, kind, source = context.portal, _kind(context), _target(context)
    ids = linked_ids(portal, source, parse_id(context.params["objectId"]) or 0, kind)
    page, members = rows_at(context, ids, PAGED)
    records = portal.store.get_many(kind.type_id, list(page))
    asked = asked_names(context.request.all("properties"))
    rows = []
    for record in records:
        properties = with_versions(portal, kind, record, known_names(portal, kind, record, asked or None))
        rows.append(_wire(portal, record, properties, linked=_is_set(context, "includeAssociations")))
    return Response.of({"deals": rows, **members})


LINKS = f"{ONE}/associations/{{objectType}}"
ROWS = (
    Row(
        "deals.paged",
        "GET",
        f"{PREFIX}/paged",
        list_paged,
        (
            *("limit", "offset", "properties", "propertiesWithHistory", "includeAssociations"),
            *("includeAllProperties", "allPropertiesFetchMode"),
        ),
        pages=True,
        scope=READ,
    ),
    *(
        Row(f"deals.recent-{name}", "GET", f"{PREFIX}/recent/{name}", handler, query, pages=True, scope=READ)
        for name, handler in (("modified", list_modified), ("created", list_created))
        for query in [("count", "offset", "since", "includePropertyVersions")]
    ),
    Row("deals.create", "POST", PREFIX, create, body=DealBody, scope=WRITE),
    Row("deals.read", "GET", ONE, read_one, ("includePropertyVersions",), scope=READ),
    Row("deals.update", "PUT", ONE, update, body=DealBody, scope=WRITE),
    Row("deals.delete", "DELETE", ONE, delete, scope=WRITE, statuses=NO_CONTENT),
    Row(
        "deals.update-batch",
        "POST",
        "/deals/v1/batch-async/update",
        update_many,
        body=list[BatchUpdate],
        scope=WRITE,
        statuses=(202,),
    ),
    Row("deals.associate", "PUT", LINKS, associate, ("id",), scope=WRITE, statuses=NO_CONTENT),
    Row("deals.dissociate", "DELETE", LINKS, dissociate, ("id",), scope=WRITE, statuses=NO_CONTENT),
    *(
        Row(
            "deals.associated",
            "GET",
            f"{PREFIX}/associated/{{objectType}}/{{objectId}}{tail}",
            list_associated,
            ("limit", "offset", "properties", "includeAssociations"),
            pages=True,
            scope=READ,
        )
        for tail in ("/paged", "")  # without a tail: reader (hubspot-ruby)
    ),
)
