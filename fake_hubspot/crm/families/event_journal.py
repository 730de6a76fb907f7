"""The journal of events: subscriptions, entries with the files that hold their events, and snapshots of records.

Source: docs (webhooks journal, 2026-03) and the models of HubSpot's clients for paths and keys; reader
(sej-webhooks-journal, 2025) for 204 after the last entry and for the content of a file. The responses to invalid
requests are assumed.
"""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec

from fake_hubspot.context import Body, Operation, Param, RequestContext, Response, Route, open_route
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.families.collection import Row, completed, existing, row_routes
from fake_hubspot.crm.families.signed_addresses import check_signature, signed_query
from fake_hubspot.crm.parameters import infer_type, resource_not_found
from fake_hubspot.crm.versions import FAMILY_PATHS
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.durations import HOUR_MS
from fake_hubspot.portal.event_journal import ACTIONS, FILTERS, SUBSCRIPTION_TYPES, SUBSCRIPTIONS, Entry
from fake_hubspot.portal.journal_filters import OPERATORS, JournalCondition
from fake_hubspot.portal.resources import Resource

__all__ = ["routes"]

SNAPSHOTS = "journal-snapshots"
FILES = "/hubfs/{portalId}/webhooks-journal/{offset}"
APP_ID = 1024738
MAX_BATCH, READABLE_MS = 100, HOUR_MS


class Subscription(msgspec.Struct, rename="camel"):
    """What to write into the journal."""

    subscription_type: str
    actions: list[str] = []
    object_type_id: str | None = None
    portal_id: int | None = None
    properties: list[str] | None = None
    object_ids: list[int] | None = None
    associated_object_type_ids: list[str] | None = None
    list_ids: list[int] | None = None
    event_type_id: str | None = None


class Conditions(msgspec.Struct):
    """The conditions of a filter. A record has to meet all of them."""

    conditions: Annotated[list[JournalCondition], msgspec.Meta(min_length=1)]


class NewFilter(msgspec.Struct, rename="camel"):
    """A filter of a subscription, which gets the events that pass at least one of its filters."""

    subscription_id: int
    filter: Conditions


class Offsets(msgspec.Struct):
    """Entries by offset."""

    inputs: list[str]


class Snapshot(msgspec.Struct, rename="camel"):
    """A record to write into the journal."""

    portal_id: int
    object_id: int
    object_type_id: str
    properties: list[str] = []


class Snapshots(msgspec.Struct, rename="camel"):
    """Records to write into the journal."""

    snapshot_requests: list[Snapshot]


def routes() -> list[Route]:
    """Return the routes of this family."""
    reading, gone = Operation(response=dict), Operation(statuses=(204,))
    of_portal = Operation((Param("installPortalId"),), response=dict)
    by_offset = Operation((Param("installPortalId"),), body=Offsets, response=dict)
    rows = []
    for path in (*FAMILY_PATHS["event-journal"], *FAMILY_PATHS["event-journal-local"]):
        batch = f"{path}/batch"
        rows += [
            Row("event-journal.earliest", "GET", f"{path}/earliest", read_earliest, of_portal, "Read the first entry"),
            Row("event-journal.latest", "GET", f"{path}/latest", read_latest, of_portal, "Read the last entry"),
            Row("event-journal.next", "GET", f"{path}/offset/{{offset}}/next", read_next, of_portal, "Read the next"),
            Row("event-journal.status", "GET", f"{path}/status/{{statusId}}", read_status, reading, "Read a snapshot"),
            Row("event-journal.batch-earliest", "GET", f"{batch}/earliest/{{count}}", list_earliest, of_portal),
            Row("event-journal.batch-latest", "GET", f"{batch}/latest/{{count}}", list_latest, of_portal),
            Row("event-journal.batch-next", "GET", f"{batch}/{{offset}}/next/{{count}}", list_next, of_portal),
            Row("event-journal.batch-read", "POST", f"{batch}/read", list_given, by_offset),
        ]
    for path in FAMILY_PATHS["event-subscriptions"]:
        one, filters = f"{path}/{{subscriptionId}}", f"{path}/filters"
        wanting = Operation(body=Subscription, response=dict)
        filtering = Operation(body=NewFilter, response=dict)
        rows += [
            Row("event-subscriptions.list", "GET", path, list_subscriptions, reading, "List subscriptions"),
            Row("event-subscriptions.put", "POST", path, put_subscription, wanting, "Subscribe"),
            Row("event-subscriptions.read", "GET", one, read_subscription, reading, "Read a subscription"),
            Row("event-subscriptions.drop", "DELETE", one, drop_subscription, gone, "End a subscription"),
            Row("event-subscriptions.drop-all", "DELETE", f"{path}/portals/{{portalId}}", drop_subscriptions, gone),
        ]
        rows += [
            Row("event-filters.create", "POST", filters, create_filter, filtering, "Add a filter"),
            Row("event-filters.list", "GET", f"{filters}/subscription/{{subscriptionId}}", list_filters, reading),
            Row("event-filters.read", "GET", f"{filters}/{{filterId}}", read_filter, reading, "Read a filter"),
            Row("event-filters.drop", "DELETE", f"{filters}/{{filterId}}", drop_filter, gone, "Remove a filter"),
        ]
    for path in FAMILY_PATHS["event-snapshots"]:
        writing = Operation(body=Snapshots, response=dict)
        rows.append(Row("event-snapshots.create", "POST", f"{path}/crm", create_snapshots, writing, "Write records"))
    file = Operation((Param("signature"), Param("expires")), response=dict)
    download = open_route("event-journal.file", "GET", FILES, send_file, summary="Read the events", operation=file)
    return [*row_routes(rows), download]


def _check_portal(context: RequestContext, portal_id: int | str | None) -> None:
    """Refuse a portal that is not the portal of the token."""
    if portal_id is not None and str(portal_id) != str(context.portal.id):
        raise HubSpotError(400, f"The app is not installed in portal {portal_id}", category="VALIDATION_ERROR")


def _entries(context: RequestContext) -> list[Entry]:
    _check_portal(context, context.request.first("installPortalId"))
    return context.portal.event_journal.entries()


def _fetched(context: RequestContext, entry: Entry) -> dict[str, Any]:
    """Return where the events of an entry are."""
    expires = context.portal.clock.now_ms() + READABLE_MS
    path = FILES.format(portalId=context.portal.id, offset=entry.offset)
    return {
        "url": f"{context.request.origin}{path}?{signed_query(context, entry.offset, expires)}",
        "expiresAt": format_time(expires),
        "currentOffset": entry.offset,
    }


def _one(context: RequestContext, entries: list[Entry]) -> Response:
    return Response.of(_fetched(context, entries[0])) if entries else Response.empty()


def read_earliest(context: RequestContext) -> Response:
    """Return where the events of the first entry are; 204 if there is none."""
    return _one(context, _entries(context)[:1])


def read_latest(context: RequestContext) -> Response:
    """Return where the events of the last entry are; 204 if there is none."""
    return _one(context, _entries(context)[-1:])


def _after(context: RequestContext) -> list[Entry]:
    """Return the entries after the offset in the path.

    Raises:
        HubSpotError: 404 for an offset that is unknown or older than three days. Source: docs (2027-03).
    """
    entries, offset = _entries(context), context.params["offset"]
    known = [number for number, one in enumerate(entries) if one.offset == offset]
    if not known:
        raise resource_not_found()
    return entries[known[0] + 1 :]


def read_next(context: RequestContext) -> Response:
    """Return where the events of the entry after an offset are; 204 if there is none yet."""
    return _one(context, _after(context)[:1])


def _count(context: RequestContext) -> int:
    count = parse_id(context.params["count"])
    if not count or count > MAX_BATCH:
        raise HubSpotError(400, f"count must be from 1 to {MAX_BATCH}", category="VALIDATION_ERROR")
    return count


def _batch(context: RequestContext, entries: list[Entry], *, errors: Sequence[dict[str, Any]] = ()) -> Response:
    return completed(context, [_fetched(context, one) for one in entries], errors=errors)


def list_earliest(context: RequestContext) -> Response:
    """Return the first entries."""
    return _batch(context, _entries(context)[: _count(context)])


def list_latest(context: RequestContext) -> Response:
    """Return the last entries, in the order in which they were written."""
    return _batch(context, _entries(context)[-_count(context) :])


def list_next(context: RequestContext) -> Response:
    """Return the entries after an offset."""
    return _batch(context, _after(context)[: _count(context)])


def list_given(context: RequestContext) -> Response:
    """Return the entries with these offsets; unknown offsets are errors in the response."""
    wanted = read_body(context, Offsets).inputs
    known = {one.offset: one for one in _entries(context)}
    missing = [one for one in wanted if one not in known]
    errors = [
        {
            "status": "error",
            "category": "OBJECT_NOT_FOUND",
            "message": "There is no such offset",
            "context": {"id": [one]},
        }
        for one in missing
    ]
    return _batch(context, [known[one] for one in wanted if one in known], errors=errors)


def send_file(context: RequestContext) -> Response:
    """Send the events of an entry to the holder of a signed address that has not expired.

    Shape: `{offset, journalEvents: [{type, portalId, occurredAt, action, objectTypeId, objectId, ...}], publishedAt}`.
    """
    offset = context.params["offset"]
    entry = context.portal.event_journal.find(offset)
    if entry is None or context.params["portalId"] != str(context.portal.id):
        raise resource_not_found()
    check_signature(context, offset)
    wire = {"offset": offset, "journalEvents": entry.events, "publishedAt": format_time(entry.at_ms)}
    return Response(200, Body(msgspec.json.encode(wire)))


def _wire(one: Resource) -> dict[str, Any]:
    """Render a subscription."""
    return {
        "id": int(one.id),
        "appId": APP_ID,
        **one.fields,
        "createdAt": format_time(one.created_ms),
        "updatedAt": format_time(one.updated_ms),
    }


def list_subscriptions(context: RequestContext) -> Response:
    """Return every subscription."""
    return Response.of({"results": [_wire(one) for one in context.portal.resources.living(SUBSCRIPTIONS)]})


def _subscription(context: RequestContext) -> Resource:
    return existing(context, SUBSCRIPTIONS, context.params["subscriptionId"], archived=False)


def read_subscription(context: RequestContext) -> Response:
    """Return one subscription."""
    return Response.of(_wire(_subscription(context)))


def put_subscription(context: RequestContext) -> Response:
    """Subscribe, or change the subscription of the same kind to the same type of object.

    Changes of records and of their links are written to the journal; those of list members and installations are not.
    """
    given = read_body(context, Subscription)
    _check(context, given)
    fields = {name: value for name, value in msgspec.to_builtins(given).items() if value is not None}
    fields["portalId"] = context.portal.id
    if given.object_type_id is not None:
        fields["objectTypeId"] = infer_type(context.portal, given.object_type_id).type_id
    names = ("subscriptionType", "objectTypeId", "eventTypeId")
    key = [fields.get(name) for name in names]
    resources = context.portal.resources
    living = resources.living(SUBSCRIPTIONS)
    known = next((one for one in living if [one.fields.get(name) for name in names] == key), None)
    made = resources.change(SUBSCRIPTIONS, known, fields) if known else resources.add(SUBSCRIPTIONS, fields)
    context.portal.event_journal.reload()
    return Response.of(_wire(made))


def _check(context: RequestContext, given: Subscription) -> None:
    _check_portal(context, given.portal_id)
    unknown = [one for one in given.actions if one not in ACTIONS]
    problem = ""
    if given.subscription_type not in SUBSCRIPTION_TYPES:
        problem = f"subscriptionType must be one of {', '.join(SUBSCRIPTION_TYPES)}"
    elif unknown:
        problem = f"{unknown[0]} is no action; actions are {', '.join(ACTIONS)}"
    elif given.subscription_type in ("OBJECT", "ASSOCIATION") and not (given.object_type_id and given.actions):
        problem = "objectTypeId and actions are required"
    if problem:
        raise HubSpotError(400, problem, category="VALIDATION_ERROR")


def drop_subscription(context: RequestContext) -> Response:
    """End a subscription. Answers 204."""
    context.portal.resources.archive(SUBSCRIPTIONS, _subscription(context))
    context.portal.event_journal.reload()
    return Response.empty()


def drop_subscriptions(context: RequestContext) -> Response:
    """End every subscription of a portal. Answers 204."""
    _check_portal(context, context.params["portalId"])
    resources = context.portal.resources
    for one in resources.living(SUBSCRIPTIONS):
        resources.archive(SUBSCRIPTIONS, one)
    context.portal.event_journal.reload()
    return Response.empty()


def create_filter(context: RequestContext) -> Response:
    """Add a filter to a subscription."""
    given = read_body(context, NewFilter)
    existing(context, SUBSCRIPTIONS, str(given.subscription_id), archived=False)
    unknown = [one.operator for one in given.filter.conditions if one.operator not in OPERATORS]
    if unknown:
        text = f"{unknown[0]} is no operator; operators are {', '.join(OPERATORS)}"
        raise HubSpotError(400, text, category="VALIDATION_ERROR")
    made = context.portal.resources.add(FILTERS, msgspec.to_builtins(given))
    context.portal.event_journal.reload()
    return Response.of({"filterId": int(made.id)})


def _filter(one: Resource) -> dict[str, Any]:
    return {"id": int(one.id), "createdAt": one.created_ms, "filter": one.fields["filter"]}


def list_filters(context: RequestContext) -> Response:
    """Return the filters of a subscription."""
    wanted = int(_subscription(context).id)
    found = context.portal.resources.living(FILTERS)
    return Response.of([_filter(one) for one in found if one.fields["subscriptionId"] == wanted])


def _known_filter(context: RequestContext) -> Resource:
    return existing(context, FILTERS, context.params["filterId"], archived=False)


def read_filter(context: RequestContext) -> Response:
    """Return one filter."""
    return Response.of(_filter(_known_filter(context)))


def drop_filter(context: RequestContext) -> Response:
    """Remove a filter. Answers 204."""
    context.portal.resources.archive(FILTERS, _known_filter(context))
    context.portal.event_journal.reload()
    return Response.empty()


def create_snapshots(context: RequestContext) -> Response:
    """Write records as they are now into the journal, an entry for each.

    Shape: `{snapshotResponses: [{portalId, objectId, objectTypeId, snapshotStatusId}]}`.
    """
    given = read_body(context, Snapshots).snapshot_requests
    for one in given:
        _check_portal(context, one.portal_id)
    return Response.of({"snapshotResponses": [_snapshot(context, one) for one in given]})


def _snapshot(context: RequestContext, one: Snapshot) -> dict[str, Any]:
    portal = context.portal
    kind = infer_type(portal, one.object_type_id)
    record = portal.records.find(kind, one.object_id)
    if record is not None:
        values = {name: record.properties.get(name) for name in one.properties}
        portal.event_journal.snapshot(kind.type_id, record.id, values)
    now = portal.clock.now_ms()
    fields: dict[str, Any] = {"status": "COMPLETED", "initiatedAt": now, "completedAt": now}
    if record is None:
        fields |= {"status": "FAILED", "errorCode": "VALIDATION_ERROR", "message": "There is no such record"}
    made = portal.resources.add(SNAPSHOTS, fields, resource_id=portal.resources.new_uuid())
    wire = {"portalId": portal.id, "objectId": one.object_id, "objectTypeId": kind.type_id}
    return wire | {"snapshotStatusId": made.id}


def read_status(context: RequestContext) -> Response:
    """Return what became of a snapshot."""
    one = existing(context, SNAPSHOTS, context.params["statusId"])
    return Response.of({"id": one.id, **one.fields})
