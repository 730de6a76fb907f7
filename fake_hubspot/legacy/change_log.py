"""The log of changes of the CRM objects API of version 1, which readers poll for tickets, products and line items."""

from collections.abc import Iterator
from typing import Any

from fake_hubspot.context import RequestContext, Response
from fake_hubspot.crm.parameters import parse_integer
from fake_hubspot.legacy.crm_objects import READ, kind_in
from fake_hubspot.legacy.row import Row
from fake_hubspot.portal.decimal_id import LARGEST_ID
from fake_hubspot.portal.durations import DAY_MS
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.store import Record
from fake_hubspot.portal.types import ObjectType

__all__ = ["ROWS"]

# Source: docs (get ticket changes, 2020).
ROWS_OF_A_PAGE = 1000
ALWAYS_EMPTY = ("newAssociations", "removedAssociations", "newListMemberships", "removedListMemberships")
CREATED, CHANGED, DELETED = "CREATED", "CHANGED", "DELETED"
EVERY = 2**31

Key = tuple[int, str, int]


def list_changes(context: RequestContext) -> Response:
    """Return the changes of the last 24 hours after the one that the request names, oldest first; 1,000 at most.

    Shape: `[{timestamp, changeType, objectId, changes: {changedProperties, ...}}]`; the other lists are always empty.

    Source: docs (get ticket changes, 2020), reader (estuary/connectors asks by time alone); the order of changes of the
    same millisecond is assumed.
    """
    request, kind = context.request, kind_in(context)
    at_ms = parse_integer(request, "timestamp", largest=2**53)
    last_id = parse_integer(request, "objectId", largest=LARGEST_ID)
    change_type = request.first("changeType")
    oldest = context.portal.clock.now_ms() - DAY_MS
    found = sorted(_changes(context.portal, kind, oldest), key=lambda change: change[0])
    if at_ms is not None and last_id is not None and change_type:
        found = [change for change in found if change[0] > (at_ms, change_type, last_id)]
    elif at_ms is not None:
        found = [change for change in found if change[0][0] > at_ms]
    return Response.of([_wire(key, names) for key, names in found[:ROWS_OF_A_PAGE]])


def _wire(key: Key, names: list[str]) -> dict[str, Any]:
    at_ms, change_type, record_id = key
    changes = {"changedProperties": names, **{name: list[str]() for name in ALWAYS_EMPTY}}
    return {"timestamp": at_ms, "changeType": change_type, "objectId": record_id, "changes": changes}


def _changes(portal: Portal, kind: ObjectType, oldest: int) -> Iterator[tuple[Key, list[str]]]:
    for archived in (False, True):
        for record in portal.store.page(kind.type_id, from_id=0, limit=EVERY, archived=archived):
            if record.archived_ms is not None and record.archived_ms >= oldest:
                yield (record.archived_ms, DELETED, record.id), []
            if record.updated_ms >= oldest:
                yield from _of_record(portal, kind, record, oldest)


def _of_record(portal: Portal, kind: ObjectType, record: Record, oldest: int) -> Iterator[tuple[Key, list[str]]]:
    """Yield the changes of a record: the properties that changed at the same time are one."""
    names_at: dict[int, list[str]] = {}
    for name in record.properties:
        for past in portal.records.history.of(kind.type_id, record, name):
            names_at.setdefault(past.at_ms, []).append(name)
    for at_ms, names in names_at.items():
        if at_ms >= oldest:
            yield (at_ms, CREATED if at_ms == record.created_ms else CHANGED, record.id), sorted(set(names))


QUERY = ("timestamp", "changeType", "objectId")
ROWS = (Row("objects.changes", "GET", "/crm-objects/v1/change-log/{objectType}", list_changes, QUERY, scope=READ),)
