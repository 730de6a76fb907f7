"""The timeline API of version 1: types of events with their properties, and events. Version 3 shows the same ones.

Source: docs (legacy timeline API) for paths, parameters and the keys of requests; the keys of answers beyond those, and
the texts of errors, are assumed.
"""

from typing import Any
from zlib import crc32

import msgspec

from fake_hubspot.context import RequestContext, Response
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.families.timeline import TEMPLATES, keep_event
from fake_hubspot.legacy.errors import LegacyError
from fake_hubspot.legacy.row import NO_CONTENT, Row
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.record_events import TIMELINE_EVENTS
from fake_hubspot.portal.resources import Resource

__all__ = ["ROWS"]

PREFIX = "/integrations/v1/{appId}/timeline"
SCOPE = "timeline"
# The names of types of records and of properties in both versions.
OBJECT_TYPES = {"CONTACT": "contacts", "COMPANY": "companies", "DEAL": "deals", "TICKET": "tickets"}
KINDS = {"Date": "date", "Enumeration": "enumeration", "Numeric": "number", "String": "string"}
# The keys of an event that are no tokens.
EVENT_KEYS = frozenset({"id", "eventTypeId", "objectId", "email", "utk", "timestamp", "extraData", "timelineIFrame"})
IFRAME_KEYS = {"iframeLabel": "headerLabel", "iframeUri": "url"}
RESERVED = ("log", "lookup")


class EventType(msgspec.Struct, frozen=True, rename="camel"):
    """A type of events to make or change."""

    name: str | None = None
    application_id: int | None = None
    header_template: str | None = None
    detail_template: str | None = None
    object_type: str | None = None


class Property(msgspec.Struct, frozen=True, rename="camel"):
    """A property of events to make or change."""

    name: str | None = None
    label: str | None = None
    property_type: str | None = None
    object_property: str | None = None
    options: list[dict[str, Any]] | None = None
    id: int | None = None


class Wrappers(msgspec.Struct, frozen=True, rename="camel"):
    """Many events."""

    event_wrappers: list[dict[str, Any]]


def _family(context: RequestContext) -> str:
    app_id = context.params["appId"]
    if parse_id(app_id) is None:
        raise LegacyError(404, f"No app with ID {app_id[:40]}")
    return f"{TEMPLATES}/{app_id}"


def _type_wire(context: RequestContext, one: Resource) -> dict[str, Any]:
    """Render a type of events."""
    names = {name: spelled for spelled, name in OBJECT_TYPES.items()}
    object_type = str(one.fields.get("objectType", "contacts"))
    return {
        "id": parse_id(one.id) or one.number,
        "name": one.fields.get("name"),
        "applicationId": int(context.params["appId"]),
        "headerTemplate": one.fields.get("headerTemplate"),
        "detailTemplate": one.fields.get("detailTemplate"),
        "objectType": names.get(object_type, object_type.upper()),
    }


def _known_type(context: RequestContext, type_id: str) -> Resource:
    found = context.portal.resources.find(_family(context), type_id)
    if found is None or found.is_archived:
        raise LegacyError(404, f"No event type with ID {type_id[:40]}")
    return found


def list_types(context: RequestContext) -> Response:
    """Return the types of events of an app."""
    return Response.of([_type_wire(context, one) for one in context.portal.resources.living(_family(context))])


def _type_fields(context: RequestContext, given: EventType) -> dict[str, Any]:
    """Return what a request sets of a type.

    Raises:
        LegacyError: 400 for another app or an unknown type of record. Source: docs for the first rule.
    """
    if given.application_id is not None and str(given.application_id) != context.params["appId"]:
        raise LegacyError(400, "The applicationId in the body does not match the one in the URL")
    if given.object_type is not None and given.object_type.upper() not in OBJECT_TYPES:
        raise LegacyError(400, f"objectType is one of {', '.join(OBJECT_TYPES)}")
    fields = {
        "name": given.name,
        "headerTemplate": given.header_template,
        "detailTemplate": given.detail_template,
        "objectType": OBJECT_TYPES[given.object_type.upper()] if given.object_type else None,
    }
    return {name: value for name, value in fields.items() if value is not None}


def create_type(context: RequestContext) -> Response:
    """Make a type of events; it is about contacts unless it says otherwise."""
    family, given = _family(context), read_body(context, EventType)
    if not given.name:
        raise LegacyError(400, "An event type needs a name")
    fields = {"objectType": "contacts", "tokens": [], **_type_fields(context, given)}
    return Response.of(_type_wire(context, context.portal.resources.add(family, fields)))


def change_type(context: RequestContext) -> Response:
    """Change a type of events."""
    known = _known_type(context, context.params["eventTypeId"])
    fields = known.fields | _type_fields(context, read_body(context, EventType))
    return Response.of(_type_wire(context, context.portal.resources.change(_family(context), known, fields)))


def drop_type(context: RequestContext) -> Response:
    """Delete a type of events."""
    context.portal.resources.drop(_family(context), _known_type(context, context.params["eventTypeId"]).id)
    return Response.empty()


def _tokens(one: Resource) -> list[dict[str, Any]]:
    tokens = one.fields.get("tokens")
    return [token for token in tokens if isinstance(token, dict)] if isinstance(tokens, list) else []


def _property_id(one: Resource, name: str) -> int:
    """Return the id of a property. Version 3 has none, so it follows from the name."""
    return crc32(f"{one.id}/{name}".encode())


def _property_wire(one: Resource, token: dict[str, Any]) -> dict[str, Any]:
    """Render a property of events."""
    kinds = {kind: spelled for spelled, kind in KINDS.items()}
    kind, name = str(token.get("type", "string")), str(token.get("name"))
    return {
        "id": _property_id(one, name),
        "name": name,
        "label": token.get("label"),
        "propertyType": kinds.get(kind, "String"),
        "objectProperty": token.get("objectPropertyName"),
        "options": token.get("options") or [],
    }


def list_properties(context: RequestContext) -> Response:
    """Return the properties of a type of events."""
    known = _known_type(context, context.params["eventTypeId"])
    return Response.of([_property_wire(known, token) for token in _tokens(known)])


def _token(given: Property) -> dict[str, Any]:
    """Return what a request sets of a property.

    Raises:
        LegacyError: 400 for a reserved name or an unknown type. Source: docs for both rules.
    """
    if given.name in RESERVED:
        raise LegacyError(400, f"A property cannot be named {given.name}")
    if given.property_type is not None and given.property_type not in KINDS:
        raise LegacyError(400, f"propertyType is one of {', '.join(KINDS)}")
    token = {
        "name": given.name,
        "label": given.label,
        "type": KINDS[given.property_type] if given.property_type else None,
        "objectPropertyName": given.object_property,
        "options": given.options,
    }
    return {name: value for name, value in token.items() if value is not None}


def create_property(context: RequestContext) -> Response:
    """Add a property to a type of events."""
    known, given = _known_type(context, context.params["eventTypeId"]), read_body(context, Property)
    if not given.name or not given.property_type:
        raise LegacyError(400, "A property needs a name and a propertyType")
    if any(token.get("name") == given.name for token in _tokens(known)):
        raise LegacyError(409, f"There is a property {given.name[:100]} already")
    token = _token(given)
    fields = known.fields | {"tokens": [*_tokens(known), token]}
    return Response.of(_property_wire(context.portal.resources.change(_family(context), known, fields), token))


def _known_token(known: Resource, property_id: int | None) -> dict[str, Any]:
    for token in _tokens(known):
        if _property_id(known, str(token.get("name"))) == property_id:
            return token
    raise LegacyError(404, f"No property with ID {property_id}")


def change_property(context: RequestContext) -> Response:
    """Change a property of a type of events, which the body names by its id."""
    known, given = _known_type(context, context.params["eventTypeId"]), read_body(context, Property)
    before = _known_token(known, given.id)
    after = before | _token(given) | {"name": before["name"]}
    fields = known.fields | {"tokens": [after if one is before else one for one in _tokens(known)]}
    return Response.of(_property_wire(context.portal.resources.change(_family(context), known, fields), after))


def drop_property(context: RequestContext) -> Response:
    """Delete a property of a type of events."""
    known = _known_type(context, context.params["eventTypeId"])
    before = _known_token(known, parse_id(context.params["propertyId"]))
    fields = known.fields | {"tokens": [one for one in _tokens(known) if one is not before]}
    context.portal.resources.change(_family(context), known, fields)
    return Response.empty()


def put_event(context: RequestContext) -> Response:
    """Make an event, or change the one of that id."""
    _put(context, read_body(context, dict[str, Any]))
    return Response.empty()


def put_events(context: RequestContext) -> Response:
    """Make or change many events."""
    for one in read_body(context, Wrappers).event_wrappers:
        _put(context, one)
    return Response.empty()


def _put(context: RequestContext, given: dict[str, Any]) -> None:
    """Keep an event as version 3 does; what is no key of an event is a token.

    Raises:
        LegacyError: 400 without an id, a type or a record, 404 for an unknown type. Source: docs for the rules.
    """
    if given.get("id") in (None, "") or given.get("eventTypeId") in (None, ""):
        raise LegacyError(400, "An event needs an id and an eventTypeId")
    kind = _known_type(context, str(given["eventTypeId"]))
    if not any(given.get(name) for name in ("objectId", "email", "utk")):
        raise LegacyError(400, "An event needs an objectId, an email or a utk")
    frame = given.get("timelineIFrame")
    fields = {name: given[name] for name in ("email", "utk", "timestamp", "extraData") if given.get(name) is not None}
    if given.get("objectId") is not None:
        fields["objectId"] = str(given["objectId"])
    if isinstance(frame, dict):
        fields["timelineIFrame"] = {IFRAME_KEYS.get(name, name): value for name, value in frame.items()}
    tokens = {name: value for name, value in given.items() if name not in EVENT_KEYS}
    fields |= {"eventTemplateId": kind.id, "id": str(given["id"]), "tokens": tokens}
    keep_event(context, {"objectType": kind.fields.get("objectType", "contacts"), **fields})


def read_event(context: RequestContext) -> Response:
    """Return an event."""
    kind = _known_type(context, context.params["eventTypeId"])
    event_id = context.params["eventId"]
    found = context.portal.resources.find(TIMELINE_EVENTS, f"{kind.id}/{event_id}")
    if found is None:
        raise LegacyError(404, f"No event with ID {event_id[:100]}")
    known = {name: found.fields[name] for name in ("objectId", "email", "utk", "extraData") if name in found.fields}
    if "objectId" in known:
        known["objectId"] = parse_id(str(known["objectId"])) or known["objectId"]
    head = {"id": event_id, "eventTypeId": parse_id(kind.id) or kind.number}
    return Response.of({**head, **known, "timestamp": found.fields.get("timestamp", found.created_ms), **_own(found)})


def _own(event: Resource) -> dict[str, Any]:
    tokens = event.fields.get("tokens")
    return tokens if isinstance(tokens, dict) else {}


TYPES = f"{PREFIX}/event-types"
TYPE = f"{TYPES}/{{eventTypeId}}"
PROPERTIES = f"{TYPE}/properties"


ROWS = (
    Row("timeline.types", "GET", TYPES, list_types, scope=SCOPE),
    Row("timeline.create-type", "POST", TYPES, create_type, body=EventType, scope=SCOPE),
    Row("timeline.change-type", "PUT", TYPE, change_type, body=EventType, scope=SCOPE),
    Row("timeline.drop-type", "DELETE", TYPE, drop_type, scope=SCOPE, statuses=NO_CONTENT),
    Row("timeline.properties", "GET", PROPERTIES, list_properties, scope=SCOPE),
    Row("timeline.create-property", "POST", PROPERTIES, create_property, body=Property, scope=SCOPE),
    Row("timeline.change-property", "PUT", PROPERTIES, change_property, body=Property, scope=SCOPE),
    Row(
        "timeline.drop-property",
        "DELETE",
        f"{PROPERTIES}/{{propertyId}}",
        drop_property,
        scope=SCOPE,
        statuses=NO_CONTENT,
    ),
    Row("timeline.put", "PUT", f"{PREFIX}/event", put_event, body=dict, scope=SCOPE, statuses=NO_CONTENT),
    Row(
        "timeline.put-many", "PUT", f"{PREFIX}/event/batch", put_events, body=Wrappers, scope=SCOPE, statuses=NO_CONTENT
    ),
    Row("timeline.read", "GET", f"{PREFIX}/event/{{eventTypeId}}/{{eventId}}", read_event, scope=SCOPE),
)
