"""Events: what people did, sent by programs and read by time, type and record.

Source: docs (custom events and web analytics, 2026-03) for paths, parameters and keys; that an event without a
definition is refused, and the order of a page, is assumed.
"""

from typing import Any

import msgspec

from fake_hubspot.context import Operation, Param, RequestContext, Response, Route
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.families.collection import Collection, Row, page_of_rows, row_routes
from fake_hubspot.crm.families.simple import EVENT_DEFINITIONS
from fake_hubspot.crm.parameters import infer_type
from fake_hubspot.crm.versions import FAMILY_PATHS
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.portal.clock import format_time, parse_time
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.record_events import OCCURRENCES
from fake_hubspot.portal.resources import Resource

__all__ = ["OCCURRENCES", "routes"]

SCOPE = "analytics.behavioral_events.send"


class Event(msgspec.Struct, rename="camel"):
    """An event as a program sends it."""

    event_name: str
    object_id: str | int | None = None
    email: str | None = None
    utk: str | None = None
    uuid: str | None = None
    occurred_at: str | int | None = None
    properties: dict[str, Any] = {}


class Events(msgspec.Struct):
    """Many events."""

    inputs: list[Event]


def _row(_: RequestContext, one: Resource) -> dict[str, Any]:
    """Render an event. Source: recording (amp-labs 2026-05) for the order of its keys."""
    fields = dict(one.fields)
    head = {name: fields.pop(name, None) for name in ("objectType", "objectId", "eventType")}
    at = format_time(parse_time(str(fields.pop("occurredAt", one.created_ms))))
    properties = fields.pop("properties", {})
    return {**head, "occurredAt": at, "id": one.id, **fields, "properties": properties}


ROWS = Collection(
    name=OCCURRENCES,
    paths=FAMILY_PATHS["occurrences"],
    key="eventId",
    noun="event",
    render=_row,
    filters=("eventType",),
    limit=(20, 1000),
)


def routes() -> list[Route]:
    """Return the routes of this family."""
    names = ("objectType", "objectId", "eventType", "occurredAfter", "occurredBefore", "limit", "after", "sort", "id")
    listing = Operation(tuple(map(Param, names)), response=dict)
    gone, many = Operation(body=Event, statuses=(204,)), Operation(body=Events, statuses=(204,))
    rows = []
    for path in FAMILY_PATHS["occurrences"]:
        rows.append(Row("events.list", "GET", path, list_events, listing, "List events"))
        types = f"{path}/event-types"
        rows.append(Row("events.types", "GET", types, list_types, Operation(response=dict), "List types of events"))
    for path in FAMILY_PATHS["events"]:
        rows.append(Row("events.send", "POST", f"{path}/send", send_event, gone, "Send an event"))
        rows.append(Row("events.send_many", "POST", f"{path}/send/batch", send_events, many, "Send events"))
    return row_routes(rows, scope=SCOPE)


def _refused(text: str) -> HubSpotError:
    return HubSpotError(400, text, category="VALIDATION_ERROR")


def list_events(context: RequestContext) -> Response:
    """Return one page of events in the order in which they were sent, or as `sort` says."""
    request = context.request
    rows = context.portal.resources.all(OCCURRENCES)
    if spelled := request.first("objectType"):
        type_id = infer_type(context.portal, spelled).type_id
        rows = [one for one in rows if infer_type(context.portal, one.fields["objectType"]).type_id == type_id]
    if object_id := request.first("objectId"):
        rows = [one for one in rows if one.fields["objectId"] == object_id]
    if kind := request.first("eventType"):
        rows = [one for one in rows if one.fields["eventType"] == kind]
    if ids := request.all("id"):
        rows = [one for one in rows if one.id in ids]
    after, before = _time(context, "occurredAfter"), _time(context, "occurredBefore")
    rows = [one for one in rows if after is None or one.fields["occurredAt"] > after]
    return page_of_rows(context, ROWS, [one for one in rows if before is None or one.fields["occurredAt"] < before])


def _time(context: RequestContext, name: str) -> int | None:
    text = context.request.first(name)
    try:
        return parse_time(text) if text else None
    except ValueError:
        raise HubSpotError(400, f"Unable to parse value for query parameter: {name}") from None


def list_types(context: RequestContext) -> Response:
    """Return the types of events that there are."""
    names = [one.fields["fullyQualifiedName"] for one in context.portal.resources.all(EVENT_DEFINITIONS.name)]
    return Response.of({"eventTypes": sorted(names)})


def send_event(context: RequestContext) -> Response:
    """Note an event of a record."""
    _add(context, _prepared(context, read_body(context, Event)))
    return Response.empty()


def send_events(context: RequestContext) -> Response:
    """Note many events, all of them or none."""
    for prepared in [_prepared(context, one) for one in read_body(context, Events).inputs]:
        _add(context, prepared)
    return Response.empty()


def _add(context: RequestContext, prepared: tuple[str | None, dict[str, Any]]) -> None:
    uuid, fields = prepared
    context.portal.resources.add(OCCURRENCES, fields, resource_id=uuid or context.portal.resources.new_uuid())


def _prepared(context: RequestContext, given: Event) -> tuple[str | None, dict[str, Any]]:
    """Check an event, and return its id and its fields.

    Raises:
        HubSpotError: 400 for an event without a definition, without a record, or at a text that is no time.
    """
    portal = context.portal
    definition = next(
        (
            one.fields
            for one in portal.resources.living(EVENT_DEFINITIONS.name)
            if given.event_name in (one.fields["fullyQualifiedName"], one.fields["name"])
        ),
        None,
    )
    if definition is None:
        raise _refused(f"There is no event {given.event_name[:100]!r}")
    kind = infer_type(portal, str(definition["primaryObject"]))
    if given.email is not None:
        record = portal.records.find_by(portal.types["0-1"], "email", given.email)
        kind = portal.types["0-1"]
    else:
        record = portal.records.find(kind, parse_id(str(given.object_id or "")))
    if record is None:
        raise _refused("The event names no record: objectId or email of one that there is")
    try:
        at = portal.clock.now_ms() if given.occurred_at is None else parse_time(str(given.occurred_at))
    except ValueError:
        raise _refused(f"occurredAt is a time, not {str(given.occurred_at)[:50]!r}") from None
    fields = {"objectType": kind.upper_name, "objectId": str(record.id), "occurredAt": at}
    return given.uuid, fields | {"eventType": definition["fullyQualifiedName"], "properties": given.properties}
