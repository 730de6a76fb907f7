"""Timeline events of apps and single e-mails: kept and returned.

Source: reader (the operations and models of HubSpot's clients).
"""

from typing import Any

import msgspec

from fake_hubspot.context import Operation, RequestContext, Response, Route
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.families.collection import Row, completed, existing, missing_fields, row_routes
from fake_hubspot.crm.parameters import resource_not_found
from fake_hubspot.crm.versions import FAMILY_PATHS
from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.errors import PortalError
from fake_hubspot.portal.record_events import TIMELINE_EVENTS as EVENTS
from fake_hubspot.portal.resources import Resource

__all__ = ["TEMPLATES", "keep_event", "routes"]

TEMPLATES = "event-templates"


class Inputs(msgspec.Struct):
    """Many things."""

    inputs: list[dict[str, Any]]


def routes() -> list[Route]:
    """Return the routes of these families."""
    making = Operation(body=dict, response=dict, statuses=(201,))
    changing, reading, gone = Operation(body=dict, response=dict), Operation(response=dict), Operation(statuses=(204,))
    rows = []
    for path in FAMILY_PATHS["timeline"]:
        one, token = (
            f"{path}/events/{{templateId}}/{{eventId}}",
            f"{path}/{{appId}}/event-templates/{{eventTemplateId}}",
        )
        rows += [
            Row("timeline.create", "POST", f"{path}/events", create_event, making, "Make a timeline event"),
            Row("timeline.read", "GET", one, read_event, reading, "Read a timeline event"),
            Row("timeline.detail", "GET", f"{one}/detail", read_detail, reading, "Read its further data"),
            Row("timeline.render", "GET", f"{one}/render", render_event, reading, "Read it as HTML"),
            Row("timeline.token", "POST", f"{token}/tokens", create_token, changing, "Add a token"),
            Row("timeline.change", "PUT", f"{token}/tokens/{{tokenName}}", change_token, changing, "Change a token"),
            Row("timeline.drop", "DELETE", f"{token}/tokens/{{tokenName}}", drop_token, gone, "Delete a token"),
        ]
        batch = Operation(body=Inputs, response=dict, statuses=(201,))
        for tail in ("batch/create", "batch"):
            rows.append(Row("timeline.batch", "POST", f"{path}/events/{tail}", create_events, batch, "Make many"))
    for path in FAMILY_PATHS["transactional"]:
        rows.append(Row("single.send", "POST", f"{path}/single-email/send", send_single, changing, "Send an e-mail"))
    return row_routes(rows, is_shallow=True)


def _required(context: RequestContext, fields: dict[str, Any], *names: str) -> None:
    if missing := [name for name in names if fields.get(name) is None]:
        raise missing_fields(context, missing)


def _add(context: RequestContext, given: dict[str, Any]) -> dict[str, Any]:
    _required(context, given, "eventTemplateId", "tokens")
    return _event(keep_event(context, {"objectType": "contacts", **given}))


def keep_event(context: RequestContext, given: dict[str, Any]) -> Resource:
    """Keep an event, or replace the one of that id. An address makes a contact, or gives a known one that address.

    Source: docs (timeline events: `email` identifies, creates, or with an `objectId` changes a contact); that an event
    is kept when its contact is refused is assumed.
    """
    event_id = str(given.get("id") or context.portal.resources.new_uuid())
    if "{{uuid}}" in event_id:
        event_id = event_id.replace("{{uuid}}", context.portal.resources.new_uuid())
    record_id = _contact_of(context, given)
    fields = given if record_id is None else given | {"objectId": str(record_id)}
    return context.portal.resources.add(EVENTS, fields, resource_id=f"{given['eventTemplateId']}/{event_id}")


def _contact_of(context: RequestContext, given: dict[str, Any]) -> int | None:
    """Return the id of the contact that an event names by an address, which may be made or changed for it."""
    email, portal = given.get("email"), context.portal
    if not isinstance(email, str) or "@" not in email or given.get("objectType") != "contacts":
        return None
    kind = portal.types["0-1"]
    try:
        named = portal.records.find(kind, parse_id(str(given.get("objectId") or "")))
        if named is not None:
            return portal.records.update(kind, named, {"email": email}).id
        known = portal.records.find_by(kind, "email", email)
        return (known or portal.records.create(kind, {"email": email})).id
    except PortalError:
        context.entry.note = "the event was kept, but its address is not valid for a contact"
        return None


def _event(one: Resource) -> dict[str, Any]:
    at = format_time(one.created_ms)
    return {"timestamp": at, "createdAt": at, **one.fields, "id": one.id.partition("/")[2]}


def create_event(context: RequestContext) -> Response:
    """Make a timeline event."""
    return Response.of(_add(context, read_body(context, dict[str, Any])), status=201)


def create_events(context: RequestContext) -> Response:
    """Make timeline events."""
    results = [_add(context, one) for one in read_body(context, Inputs).inputs]
    return completed(context, results, status=201)


def _known_event(context: RequestContext) -> Resource:
    return existing(context, EVENTS, f"{context.params['templateId']}/{context.params['eventId']}")


def read_event(context: RequestContext) -> Response:
    """Return a timeline event."""
    return Response.of(_event(_known_event(context)))


def read_detail(context: RequestContext) -> Response:
    """Return the further data of a timeline event."""
    return Response.of({"details": _known_event(context).fields.get("extraData") or {}})


def render_event(context: RequestContext) -> Response:
    """Return a timeline event as text: its tokens, since the fake renders no templates."""
    tokens = _known_event(context).fields["tokens"]
    return Response.of(tokens if isinstance(tokens, dict) else {})


def _template(context: RequestContext) -> tuple[str, Resource]:
    family = f"{TEMPLATES}/{context.params['appId']}"
    found = existing(context, family, context.params["eventTemplateId"], archived=False)
    return family, found


def _tokens(template: Resource) -> list[dict[str, Any]]:
    given = template.fields.get("tokens")
    return [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []


def create_token(context: RequestContext) -> Response:
    """Add a token to a template."""
    (family, template), given = _template(context), read_body(context, dict[str, Any])
    _required(context, given, "name", "type")
    tokens = [one for one in _tokens(template) if one.get("name") != given["name"]]
    context.portal.resources.change(family, template, template.fields | {"tokens": [*tokens, given]})
    return Response.of(given)


def _known_token(context: RequestContext, template: Resource) -> dict[str, Any]:
    for one in _tokens(template):
        if one.get("name") == context.params["tokenName"]:
            return one
    raise resource_not_found()


def change_token(context: RequestContext) -> Response:
    """Change a token of a template."""
    family, template = _template(context)
    before = _known_token(context, template)
    after = before | read_body(context, dict[str, Any]) | {"name": before["name"]}
    tokens = [after if one is before else one for one in _tokens(template)]
    context.portal.resources.change(family, template, template.fields | {"tokens": tokens})
    return Response.of(after)


def drop_token(context: RequestContext) -> Response:
    """Delete a token of a template."""
    family, template = _template(context)
    before = _known_token(context, template)
    tokens = [one for one in _tokens(template) if one is not before]
    context.portal.resources.change(family, template, template.fields | {"tokens": tokens})
    return Response.empty()


def send_single(context: RequestContext) -> Response:
    """Answer that an e-mail was sent; the fake sends none, and keeps the request."""
    given = read_body(context, dict[str, Any])
    _required(context, given, "emailId", "message")
    made = context.portal.resources.add("single-sends", given, resource_id=context.portal.resources.new_uuid())
    at = format_time(made.created_ms)
    return Response.of({"statusId": made.id, "sendResult": "SENT", "requestedAt": at, "status": "COMPLETE"})
