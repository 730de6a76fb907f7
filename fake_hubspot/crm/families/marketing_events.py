"""Marketing events, which apps know by ids of their own: kept and returned, with who took part.

Source: reader (the operations and models of HubSpot's clients).
"""

from typing import Any

import msgspec

from fake_hubspot.context import Operation, Param, RequestContext, Response, Route
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.families.collection import Row, existing, missing_fields, row_routes, with_times
from fake_hubspot.crm.parameters import resource_not_found
from fake_hubspot.crm.versions import FAMILY_PATHS
from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.resources import Resource

__all__ = ["render_event", "routes"]

EVENTS, PARTICIPATIONS = "marketing-events", "marketing-events.participations"
APP_ID = "23237921"
STATES = {"register": "REGISTERED", "attend": "ATTENDED", "cancel": "CANCELLED"}


class Inputs(msgspec.Struct):
    """Many things."""

    inputs: list[dict[str, Any]]


def routes() -> list[Route]:
    """Return the routes of this family."""
    account = (Param("externalAccountId"),)
    reading, gone = Operation(account, response=dict), Operation(account, statuses=(204,))
    writing, many = Operation(account, body=dict, response=dict), Operation(body=Inputs, response=dict)
    noting = Operation(account, body=Inputs, response=dict)
    rows = []
    for path in FAMILY_PATHS["marketing-events"]:
        one = f"{path}/events/{{externalEventId}}"
        attendance = f"{path}/attendance/{{externalEventId}}/{{subscriberState}}"
        rows += [
            Row("marketing-events.make", "POST", f"{path}/events", create, writing, "Make a marketing event"),
            Row("marketing-events.upsert", "POST", f"{path}/events/upsert", upsert, many, "Make or change some"),
            Row("marketing-events.delete", "POST", f"{path}/events/delete", delete, many, "Delete some"),
            Row("marketing-events.search", "GET", f"{path}/events/search", search, reading, "Find some"),
            Row("marketing-events.find", "GET", one, read, reading, "Read a marketing event"),
            Row("marketing-events.put", "PUT", one, put, writing, "Make or change a marketing event"),
            Row("marketing-events.change", "PATCH", one, change, writing, "Change a marketing event"),
            Row("marketing-events.drop", "DELETE", one, drop, gone, "Delete a marketing event"),
            Row("marketing-events.cancel", "POST", f"{one}/cancel", cancel, reading, "Cancel a marketing event"),
            Row("marketing-events.complete", "POST", f"{one}/complete", complete, writing, "Complete one"),
            Row("marketing-events.attend", "POST", f"{attendance}/create", attend, noting, "Note who took part"),
            Row("marketing-events.mail", "POST", f"{attendance}/email-create", attend, noting, "Note who took part"),
        ]
        taking = f"{path}/{{objectId}}/attendance/{{subscriberState}}"
        counts = f"{path}/participations/{{objectId}}"
        rows += [
            Row("marketing-events.attend_own", "POST", f"{taking}/create", attend_own, noting, "Note who took part"),
            Row(
                "marketing-events.mail_own", "POST", f"{taking}/email-create", attend_own, noting, "Note who took part"
            ),
            Row("marketing-events.counts", "GET", counts, read_counts, reading, "Count who took part"),
            Row("marketing-events.breakdown", "GET", f"{counts}/breakdown", read_breakdown, reading, "List who did"),
        ]
        for tail in ("upsert", "email-upsert"):
            noted = f"{one}/{{subscriberState}}/{tail}"
            rows.append(Row("marketing-events.note", "POST", noted, attend, noting, "Note who took part"))
    return row_routes(rows, is_shallow=True)


def _key(context: RequestContext, fields: dict[str, Any] | None = None) -> tuple[str, str]:
    given = fields or {}
    account = given.get("externalAccountId") or context.request.first("externalAccountId") or ""
    return str(account), str(given.get("externalEventId") or context.params.get("externalEventId") or "")


def _find(context: RequestContext, key: tuple[str, str]) -> Resource | None:
    for one in context.portal.resources.all(EVENTS):
        account = str(one.fields.get("externalAccountId", ""))
        if not one.is_archived and one.fields.get("externalEventId") == key[1] and key[0] in ("", account):
            return one
    return None


def _known(context: RequestContext) -> Resource:
    found = _find(context, _key(context))
    if found is None:
        raise resource_not_found()
    return found


def _put(context: RequestContext, given: dict[str, Any]) -> dict[str, Any]:
    if missing := [name for name in ("eventName", "externalAccountId", "externalEventId") if not given.get(name)]:
        raise missing_fields(context, missing)
    account, event = _key(context, given)
    fields = {**given, "externalAccountId": account, "externalEventId": event, "objectId": None}
    known = _find(context, (account, event))
    resources = context.portal.resources
    one = resources.change(EVENTS, known, known.fields | fields) if known else resources.add(EVENTS, fields)
    return _wire(context, one)


def render_event(context: RequestContext, one: Resource) -> dict[str, Any]:
    """Render a marketing event.

    Source: recording (amp-labs 2026-05) for keys, order and the values of a new one; the states of others are assumed.
    """
    fields = one.fields
    everyone = context.portal.resources.all(PARTICIPATIONS)
    states = [each.fields["state"] for each in everyone if each.fields["eventId"] == one.id]
    is_cancelled, is_completed = (bool(fields.get(name)) for name in ("eventCancelled", "eventCompleted"))
    state = "CANCELLED" if is_cancelled else "PAST" if is_completed else "ONGOING"
    texts = ("eventName", "eventType", "startDateTime", "endDateTime", "eventOrganizer", "eventDescription", "eventUrl")
    times = {"createdAt": format_time(one.created_ms), "updatedAt": format_time(one.updated_ms)}
    wire = {name: fields.get(name) for name in texts}
    wire |= {"eventCancelled": is_cancelled, "eventCompleted": is_completed}
    wire |= {"customProperties": fields.get("customProperties") or [], "objectId": one.id}
    wire |= {"externalEventId": fields.get("externalEventId"), "eventStatus": state, "eventStatusV2": state.lower()}
    wire |= {"appInfo": {"id": APP_ID, "name": "Private app"}}
    counted = {"registrants": "REGISTERED", "attendees": "ATTENDED", "cancellations": "CANCELLED", "noShows": "NO_SHOW"}
    wire |= {name: states.count(each) for name, each in counted.items()}
    return wire | times


def _wire(context: RequestContext, one: Resource) -> dict[str, Any]:
    return with_times(context, one) | {"objectId": one.id}


def create(context: RequestContext) -> Response:
    """Make a marketing event, or change the one of the same ids."""
    return Response.of(_put(context, read_body(context, dict[str, Any])))


def put(context: RequestContext) -> Response:
    """Make or change the marketing event of the path."""
    account, event = _key(context)
    ids = {"externalEventId": event, **({"externalAccountId": account} if account else {})}
    return Response.of(_put(context, read_body(context, dict[str, Any]) | ids))


def upsert(context: RequestContext) -> Response:
    """Make or change marketing events."""
    return Response.of(
        {"status": "COMPLETE", "results": [_put(context, one) for one in read_body(context, Inputs).inputs]}
    )


def delete(context: RequestContext) -> Response:
    """Delete marketing events; those that there are not are no error."""
    for one in read_body(context, Inputs).inputs:
        if (found := _find(context, _key(context, one))) is not None:
            context.portal.resources.archive(EVENTS, found)
    return Response.of({"status": "COMPLETE", "results": []})


def search(context: RequestContext) -> Response:
    """Return the ids of marketing events whose id begins with `q`."""
    begin = context.request.first("q") or ""
    living = context.portal.resources.living(EVENTS)
    found = [one for one in living if str(one.fields.get("externalEventId", "")).startswith(begin)]
    names = ("externalAccountId", "externalEventId", "appId")
    rows = [{name: one.fields.get(name) for name in names} | {"objectId": one.id} for one in found]
    return Response.of({"results": rows})


def read(context: RequestContext) -> Response:
    """Return one marketing event."""
    return Response.of(_wire(context, _known(context)))


def _changed(context: RequestContext, fields: dict[str, Any]) -> Response:
    one = _known(context)
    return Response.of(_wire(context, context.portal.resources.change(EVENTS, one, one.fields | fields)))


def change(context: RequestContext) -> Response:
    """Change a marketing event."""
    kept = ("externalAccountId", "externalEventId", "id")
    return _changed(context, {k: v for k, v in read_body(context, dict[str, Any]).items() if k not in kept})


def cancel(context: RequestContext) -> Response:
    """Cancel a marketing event."""
    return _changed(context, {"eventCancelled": True})


def complete(context: RequestContext) -> Response:
    """Note that a marketing event is over."""
    given = read_body(context, dict[str, Any])
    times = {name: value for name, value in given.items() if name in ("startDateTime", "endDateTime")}
    return _changed(context, {"eventCompleted": True, **times})


def drop(context: RequestContext) -> Response:
    """Delete a marketing event."""
    context.portal.resources.archive(EVENTS, _known(context))
    return Response.empty()


def attend(context: RequestContext) -> Response:
    """Note who took part, and in which state."""
    return _note(context, _known(context))


def _own(context: RequestContext) -> Resource:
    return existing(context, EVENTS, context.params["objectId"], archived=False)


def attend_own(context: RequestContext) -> Response:
    """Note who took part in the marketing event of an id of HubSpot."""
    return _note(context, _own(context))


def _note(context: RequestContext, one: Resource) -> Response:
    state, results = context.params["subscriberState"], []
    for given in read_body(context, Inputs).inputs:
        person = {name: value for name, value in given.items() if name in ("vid", "email", "contactId")}
        fields = {"eventId": one.id, "state": STATES.get(state.lower(), state.upper()), **person}
        context.portal.resources.add(PARTICIPATIONS, fields)
        results.append(person)
    return Response.of({"status": "COMPLETE", "results": results})


def _participations(context: RequestContext) -> list[Resource]:
    event = _own(context).id
    return [one for one in context.portal.resources.all(PARTICIPATIONS) if one.fields["eventId"] == event]


def read_counts(context: RequestContext) -> Response:
    """Return how many took part, by their states."""
    states = [one.fields["state"] for one in _participations(context)]
    names = {"attended": "ATTENDED", "registered": "REGISTERED", "cancelled": "CANCELLED", "noShows": "NO_SHOW"}
    return Response.of({name: states.count(state) for name, state in names.items()})


def read_breakdown(context: RequestContext) -> Response:
    """Return who took part, and in which state."""
    rows = [
        {"id": one.id, "createdAt": format_time(one.created_ms), "properties": {"attendanceState": one.fields["state"]}}
        | {"associations": {"contact": {name: v for name, v in one.fields.items() if name not in ("state", "eventId")}}}
        for one in _participations(context)
    ]
    return Response.of({"total": len(rows), "results": rows})
