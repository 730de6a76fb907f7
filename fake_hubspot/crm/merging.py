"""Two records made one, and a person forgotten."""

import msgspec

from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.objects import PREFIXES
from fake_hubspot.crm.parameters import object_type, resource_not_found
from fake_hubspot.crm.render import render_written
from fake_hubspot.crm.shapes import RecordAnswer
from fake_hubspot.errors import HubSpotError
from fake_hubspot.exchange import Doc, Exchange, Reply, Route
from fake_hubspot.portal.store import Record
from fake_hubspot.portal.types import ObjectType

__all__ = ["routes"]


class Merge(msgspec.Struct, frozen=True, rename="camel"):
    """Which record stays and which goes into it."""

    primary_object_id: str
    object_id_to_merge: str


class GdprDelete(msgspec.Struct, frozen=True, rename="camel"):
    """Whom to forget, by id or by e-mail address."""

    object_id: str
    id_property: str | None = None


def routes() -> list[Route]:
    """The routes of this family."""
    merging, erasing = Doc(body=Merge, answer=RecordAnswer), Doc(body=GdprDelete, statuses=(204,))
    found = []
    for prefix in PREFIXES:
        path = f"{prefix}/{{objectType}}"
        found.append(Route("objects.merge", "POST", f"{path}/merge", merge, summary="Merge two records", doc=merging))
        found.append(
            Route("objects.gdpr-delete", "POST", f"{path}/gdpr-delete", forget, summary="Erase for good", doc=erasing)
        )
    return found


def merge(exchange: Exchange) -> Reply:
    """Merge two records; the answer is the merged one, under a new id. Source: docs."""
    kind, portal = object_type(exchange), exchange.portal
    wanted = read_body(exchange, Merge)
    primary = _record(exchange, kind, wanted.primary_object_id)
    other = _record(exchange, kind, wanted.object_id_to_merge)
    if primary.id == other.id:
        raise HubSpotError(400, "Cannot merge a record with itself", category="VALIDATION_ERROR")
    merged = portal.records.merge(kind, primary, other)
    return Reply.of(render_written(portal, kind, merged, merged.properties))


def _record(exchange: Exchange, kind: ObjectType, text: str) -> Record:
    is_id = text.isascii() and text.isdecimal() and len(text) < 19
    record = exchange.portal.records.find(kind, int(text)) if is_id else None
    if record is None:
        raise resource_not_found()
    return record


def forget(exchange: Exchange) -> Reply:
    """Erase a record for good; an unknown address goes on the list of blocked ones.

    Source: docs (contacts guide; the announcement of the endpoint, 2021-09).
    """
    kind, portal = object_type(exchange), exchange.portal
    wanted = read_body(exchange, GdprDelete)
    if wanted.id_property:
        record = portal.records.find_by(kind, wanted.id_property, wanted.object_id)
        if record is None and wanted.id_property == "email":
            portal.records.blocklist.add(wanted.object_id)
    else:
        record = _record(exchange, kind, wanted.object_id)
    if record is not None:
        portal.records.erase(kind, record)
    return Reply.empty()
