"""The CRM objects API of version 1: tickets, products and line items."""

from typing import Any

import msgspec

from fake_hubspot.context import RequestContext, Response
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.legacy.bodies import NamedValue
from fake_hubspot.legacy.errors import LegacyError, invalid_enum
from fake_hubspot.legacy.pages import Dialect, records_by_id
from fake_hubspot.legacy.records import BatchUpdate, create_record, update_record
from fake_hubspot.legacy.row import NO_CONTENT, Row
from fake_hubspot.legacy.values import asked_names, known_names, with_versions
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.store import Record
from fake_hubspot.portal.types import ObjectType

__all__ = ["READ", "ROWS", "kind_in"]

PREFIX = "/crm-objects/v1/objects/{objectType}"
ONE = f"{PREFIX}/{{objectId}}"
PAGED = Dialect(default=100, maximum=100)
TYPES = ("tickets", "products", "line_items")
READ, WRITE = "crm.objects.{family}.read", "crm.objects.{family}.write"
SHOWN = ("properties", "propertiesWithHistory", "includeDeletes")


class Ids(msgspec.Struct, frozen=True):
    """Records by id."""

    ids: list[int]


def kind_in(context: RequestContext) -> ObjectType:
    """Return the object type in the path.

    Raises:
        LegacyError: 400 for a type that this API does not have. Source: assumed, worded as for engagements.
    """
    word = context.params["objectType"]
    kind = context.portal.types.find(word)
    if kind is None or kind.plural not in TYPES:
        raise invalid_enum(word, of="ObjectType")
    return kind


def _wire(context: RequestContext, kind: ObjectType, record: Record, *, full: bool = False) -> dict[str, Any]:
    """Render one record.

    Shape: `{objectType, portalId, objectId, properties, version, isDeleted}`.

    Source: docs.
    """
    portal, request = context.portal, context.request
    histories = asked_names(request.all("propertiesWithHistory"))
    asked = [*asked_names(request.all("properties")), *histories]
    names = known_names(portal, kind, record, None if full else asked)
    return {
        "objectType": kind.upper_name,
        "portalId": portal.id,
        "objectId": record.id,
        "properties": with_versions(portal, kind, record, names, histories=histories),
        "version": _version(portal, kind, record),
        "isDeleted": record.archived_ms is not None,
    }


def _version(portal: Portal, kind: ObjectType, record: Record) -> int:
    """Return how many values the time of change had. Source: docs for the member, assumed for what it counts."""
    return len(portal.records.history.of(kind.type_id, record, kind.modified_property))


def list_paged(context: RequestContext) -> Response:
    """Return one page of records. Source: docs; that a page has at most 100: docs."""
    kind = kind_in(context)
    records, members = records_by_id(context, kind, PAGED)
    return Response.of({"objects": [_wire(context, kind, one) for one in records], **members})


def _known(context: RequestContext) -> tuple[ObjectType, Record]:
    """Return the record in the path.

    Raises:
        LegacyError: 404. Source: the text is assumed.
    """
    kind, text = kind_in(context), context.params["objectId"]
    records = context.portal.records
    record = records.find(kind, parse_id(text))
    if record is None and (context.request.first("includeDeletes") or "").lower() == "true":
        record = records.find(kind, parse_id(text), archived=True)
    if record is None:
        raise _missing(kind, text)
    return kind, record


def _missing(kind: ObjectType, text: object) -> LegacyError:
    return LegacyError(404, f"No {kind.upper_name} found with objectId={text}", tail={"category": "OBJECT_NOT_FOUND"})


def read_one(context: RequestContext) -> Response:
    """Return one record. Source: docs."""
    return Response.of(_wire(context, *_known(context)))


def read_many(context: RequestContext) -> Response:
    """Return several records, with their ids as keys. Source: docs."""
    kind, portal = kind_in(context), context.portal
    found = [portal.records.find(kind, one) for one in read_body(context, Ids).ids]
    return Response.of({str(one.id): _wire(context, kind, one) for one in found if one is not None})


def create(context: RequestContext) -> Response:
    """Create a record from a list of names and values. Source: docs."""
    kind = kind_in(context)
    record = create_record(context, kind, read_body(context, list[NamedValue]))
    return Response.of(_wire(context, kind, record, full=True))


def create_many(context: RequestContext) -> Response:
    """Create several records: all or none. Source: docs."""
    kind, rows = kind_in(context), read_body(context, list[list[NamedValue]])
    with context.portal.db.transaction():
        made = [create_record(context, kind, row) for row in rows]
    return Response.of([_wire(context, kind, one, full=True) for one in made])


def update(context: RequestContext) -> Response:
    """Change a record. Source: docs."""
    kind, record = _known(context)
    changed = update_record(context, kind, record, read_body(context, list[NamedValue]))
    return Response.of(_wire(context, kind, changed, full=True))


def update_many(context: RequestContext) -> Response:
    """Change several records: all or none. Source: docs; what a missing one does is assumed."""
    kind, portal = kind_in(context), context.portal
    changed = []
    with portal.db.transaction():
        for row in read_body(context, list[BatchUpdate]):
            record = portal.records.find(kind, row.object_id)
            if record is None:
                raise _missing(kind, row.object_id)
            changed.append(update_record(context, kind, record, row.properties))
    return Response.of([_wire(context, kind, one, full=True) for one in changed])


def delete(context: RequestContext) -> Response:
    """Move a record to the recycle bin. Source: docs (204)."""
    context.portal.records.archive(*_known(context))
    return Response.empty()


def delete_many(context: RequestContext) -> Response:
    """Move several records to the recycle bin. Source: docs (204); missing ones are skipped: assumed."""
    kind, portal = kind_in(context), context.portal
    for one in read_body(context, Ids).ids:
        record = portal.records.find(kind, one)
        if record is not None:
            portal.records.archive(kind, record)
    return Response.empty()


ROWS = (
    Row("objects.paged", "GET", f"{PREFIX}/paged", list_paged, ("limit", "offset", *SHOWN), pages=True, scope=READ),
    Row("objects.read-batch", "POST", f"{PREFIX}/batch-read", read_many, SHOWN, Ids, scope=READ),
    Row("objects.create-batch", "POST", f"{PREFIX}/batch-create", create_many, (), list[list[NamedValue]], scope=WRITE),
    Row("objects.update-batch", "POST", f"{PREFIX}/batch-update", update_many, (), list[BatchUpdate], scope=WRITE),
    Row(
        "objects.delete-batch", "POST", f"{PREFIX}/batch-delete", delete_many, (), Ids, scope=WRITE, statuses=NO_CONTENT
    ),
    Row("objects.create", "POST", PREFIX, create, (), list[NamedValue], scope=WRITE),
    Row("objects.read", "GET", ONE, read_one, SHOWN, scope=READ),
    Row("objects.update", "PUT", ONE, update, (), list[NamedValue], scope=WRITE),
    Row("objects.delete", "DELETE", ONE, delete, scope=WRITE, statuses=NO_CONTENT),
)
