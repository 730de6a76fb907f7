"""Merging two records, and erasing a person's data."""

from functools import partial

import msgspec

from fake_hubspot.context import Operation, RateClass, RequestContext, Response, Route
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.objects import PREFIXES
from fake_hubspot.crm.parameters import object_type, resource_not_found
from fake_hubspot.crm.render import render_created
from fake_hubspot.crm.shapes import RecordResponse
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.store import Record
from fake_hubspot.portal.types import ObjectType
from fake_hubspot.scopes import RECORDS_WRITE

__all__ = ["routes"]


class Merge(msgspec.Struct, frozen=True, rename="camel"):
    """The record that remains, and the one that is merged into it."""

    primary_object_id: str
    object_id_to_merge: str


class GdprDelete(msgspec.Struct, frozen=True, rename="camel"):
    """The contact to erase, by id or by e-mail address."""

    object_id: str
    id_property: str | None = None


def routes() -> list[Route]:
    """Return the routes of this family."""
    write_route = partial(Route, scope=RECORDS_WRITE, rate_class=RateClass.GENERAL)
    merging, erasing = Operation(body=Merge, response=RecordResponse), Operation(body=GdprDelete, statuses=(204,))
    found = []
    for prefix in PREFIXES:
        path = f"{prefix}/{{objectType}}"
        found.append(
            write_route("objects.merge", "POST", f"{path}/merge", merge, summary="Merge two records", operation=merging)
        )
        found.append(
            write_route(
                "objects.gdpr-delete",
                "POST",
                f"{path}/gdpr-delete",
                forget,
                summary="Erase a record",
                operation=erasing,
            )
        )
    return found


def merge(context: RequestContext) -> Response:
    """Merge two records; the response is the merged one, under a new id.

    Source: docs.
    """
    kind, portal = object_type(context), context.portal
    wanted = read_body(context, Merge)
    primary = _record(context, kind, wanted.primary_object_id)
    other = _record(context, kind, wanted.object_id_to_merge)
    if primary.id == other.id:
        raise HubSpotError(400, "Cannot merge a record with itself", category="VALIDATION_ERROR")
    merged = portal.records.merge(kind, primary, other)
    return Response.of(render_created(portal, kind, merged))


def _record(context: RequestContext, kind: ObjectType, text: str) -> Record:
    record = context.portal.records.find(kind, parse_id(text))
    if record is None:
        raise resource_not_found()
    return record


def forget(context: RequestContext) -> Response:
    """Erase a record for good; an unknown address is added to the blocklist.

    Source: docs (contacts guide; the announcement of the endpoint, 2021-09).
    """
    kind, portal = object_type(context), context.portal
    wanted = read_body(context, GdprDelete)
    if wanted.id_property:
        record = portal.records.find_by(kind, wanted.id_property, wanted.object_id)
        if record is None and wanted.id_property == "email":
            portal.records.blocklist.add(wanted.object_id)
    else:
        record = _record(context, kind, wanted.object_id)
    if record is not None:
        portal.records.erase(kind, record)
    return Response.empty()
