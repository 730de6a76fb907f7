"""Writing records through the older APIs: the rules are those of the CRM API, the errors are not."""

from collections.abc import Iterable

import msgspec

from fake_hubspot.context import RequestContext, Response
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.legacy.bodies import NamedValue, as_properties
from fake_hubspot.legacy.errors import LegacyError, legacy_errors
from fake_hubspot.portal.store import Record
from fake_hubspot.portal.types import ObjectType
from fake_hubspot.portal.values import WireValue

__all__ = ["BatchUpdate", "create_record", "update_batch", "update_record", "write_values"]

BATCH_MAX = 100


class BatchUpdate(msgspec.Struct, frozen=True, rename="camel"):
    """One record to change in a batch."""

    object_id: int
    properties: list[NamedValue]


def create_record(context: RequestContext, kind: ObjectType, given: Iterable[NamedValue]) -> Record:
    """Create a record from a list of names and values."""
    values, portal = as_properties(given), context.portal
    with legacy_errors(), portal.db.transaction():
        portal.write_rules.check(kind, values, is_newest=False)
        return portal.records.create(kind, values)


def update_record(context: RequestContext, kind: ObjectType, record: Record, given: Iterable[NamedValue]) -> Record:
    """Change a record by a list of names and values; an empty list changes nothing. Source: assumed."""
    return write_values(context, kind, record, as_properties(given))


def write_values(context: RequestContext, kind: ObjectType, record: Record, values: dict[str, WireValue]) -> Record:
    """Change properties of a record."""
    if not values:
        return record
    with legacy_errors():
        context.portal.write_rules.check(kind, values, before=record.properties, is_newest=False)
        return context.portal.records.update(kind, record, values)


def update_batch(context: RequestContext, kind: ObjectType) -> Response:
    """Change several records: all or none.

    Source: docs (202, without a body); what one wrong record does is assumed.
    """
    rows, portal = read_body(context, list[BatchUpdate]), context.portal
    if len(rows) > BATCH_MAX:
        raise LegacyError(400, f"A batch has at most {BATCH_MAX} records, not {len(rows)}")
    with portal.db.transaction():
        for row in rows:
            record = portal.records.find(kind, row.object_id)
            if record is None:
                raise LegacyError(404, f"No {kind.singular} found for objectId={row.object_id} portalId={portal.id}")
            update_record(context, kind, record, row.properties)
    return Response.empty(202)
