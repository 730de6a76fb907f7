"""The workflows API of versions 2 and 3: the workflows of version 4 in the older shape, and who is enrolled.

The fake runs no workflow: a contact stays enrolled until a request ends it.
"""

from typing import Any

import msgspec

from fake_hubspot.context import RequestContext, Response
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.families.simple import FLOWS
from fake_hubspot.legacy.errors import LegacyError
from fake_hubspot.legacy.row import NO_CONTENT, Row
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.record_events import ENROLLED
from fake_hubspot.portal.resources import Resource
from fake_hubspot.portal.store import Record

__all__ = ["ROWS"]

PREFIX = "/automation/v3/workflows"
OLDER = "/automation/v2/workflows"
SCOPE = "automation"
# What only the older shape has.
OLDER_FIELDS = "flows.older"
TYPES = ("DRIP_DELAY", "STATIC_ANCHOR", "PROPERTY_ANCHOR")


class NewWorkflow(msgspec.Struct, frozen=True):
    """A workflow to make; the rest of the body is kept as it is."""

    name: str
    type: str = TYPES[0]
    enabled: bool = False
    actions: list[dict[str, Any]] = []


def _wire(portal: Portal, flow: Resource) -> dict[str, Any]:
    """Render one workflow.

    Source: docs, and reader (schemas of tap-hubspot and airbyte); that contactListIds are 0 is assumed.
    """
    fields = flow.fields
    older = portal.resources.find(OLDER_FIELDS, flow.id)
    enrolled = portal.resources.all(f"{ENROLLED}/{flow.id}")
    active = sum(not one.is_archived for one in enrolled)
    told = {
        "id": parse_id(flow.id) or flow.number,
        "portalId": portal.id,
        "name": fields.get("name", ""),
        "type": "DRIP_DELAY",
        "enabled": bool(fields.get("isEnabled", False)),
        "insertedAt": flow.created_ms,
        "updatedAt": flow.updated_ms,
        "personaTagIds": [],
        "contactListIds": {"enrolled": 0, "active": 0, "completed": 0, "succeeded": 0},
        "lastUpdatedByUserId": None,
        "contactCounts": {"active": active, "enrolled": len(enrolled)},
    }
    return told | (older.fields if older else {})


def list_workflows(context: RequestContext) -> Response:
    """Return every workflow. Source: docs (there are no pages)."""
    portal = context.portal
    return Response.of({"workflows": [_wire(portal, one) for one in portal.resources.living(FLOWS.name)]})


def read_workflow(context: RequestContext) -> Response:
    """Return one workflow with its actions. Source: docs; how actions look, and the text of the 404: assumed."""
    found = _known(context)
    return Response.of(_wire(context.portal, found) | {"actions": found.fields.get("actions", [])})


def _known(context: RequestContext) -> Resource:
    text = context.params["workflowId"]
    found = context.portal.resources.find(FLOWS.name, text)
    if found is None or found.is_archived:
        raise LegacyError(404, f"Workflow {text} does not exist")
    return found


def create_workflow(context: RequestContext) -> Response:
    """Make a workflow.

    Source: docs (create a workflow) for the keys of the request; the answer is that of a read: assumed.
    """
    given, raw = read_body(context, NewWorkflow), read_body(context, dict[str, Any])
    if given.type not in TYPES:
        raise LegacyError(400, f"type is one of {', '.join(TYPES)}")
    resources = context.portal.resources
    fields = FLOWS.complete(context, {"name": given.name, "isEnabled": given.enabled, "actions": given.actions})
    made = resources.add(FLOWS.name, fields)
    kept = {name: value for name, value in raw.items() if name not in ("id", "actions", "enabled")}
    resources.add(OLDER_FIELDS, kept | {"type": given.type}, resource_id=made.id)
    return Response.of(_wire(context.portal, made) | {"actions": given.actions})


def drop_workflow(context: RequestContext) -> Response:
    """Delete a workflow. Source: docs (204)."""
    context.portal.resources.archive(FLOWS.name, _known(context))
    return Response.empty()


def _contact(context: RequestContext) -> Record:
    email = context.params["email"]
    found = context.portal.records.find_by(context.portal.types["0-1"], "email", email)
    if found is None:
        raise LegacyError(404, f"Contact {email[:100]} does not exist")
    return found


def enroll(context: RequestContext) -> Response:
    """Enroll a contact by its address. Source: docs (204); the texts for what there is not are assumed."""
    known, contact = _known(context), _contact(context)
    context.portal.resources.add(f"{ENROLLED}/{known.id}", {}, resource_id=f"0-1/{contact.id}")
    return Response.empty()


def unenroll(context: RequestContext) -> Response:
    """End the enrollment of a contact; it counts as enrolled once. Source: docs (204)."""
    known, contact = _known(context), _contact(context)
    family = f"{ENROLLED}/{known.id}"
    found = context.portal.resources.find(family, f"0-1/{contact.id}")
    if found is not None and not found.is_archived:
        context.portal.resources.archive(family, found)
    return Response.empty()


def list_of_contact(context: RequestContext) -> Response:
    """Return the workflows in which a contact is.

    Source: docs (current enrollments of a contact).

    Raises:
        LegacyError: 404 for an unknown contact; assumed.
    """
    portal, contact_id = context.portal, parse_id(context.params["vid"])
    if portal.records.find(portal.types["0-1"], contact_id) is None:
        raise LegacyError(404, "contact does not exist")
    flows = (
        one
        for one in portal.resources.living(FLOWS.name)
        if (found := portal.resources.find(f"{ENROLLED}/{one.id}", f"0-1/{contact_id}")) and not found.is_archived
    )
    return Response.of([_wire(portal, one) for one in flows])


ENROLLMENT = f"{OLDER}/{{workflowId}}/enrollments/contacts/{{email}}"
ROWS = (
    Row("workflows.create", "POST", PREFIX, create_workflow, ("errors",), NewWorkflow, scope=SCOPE),
    Row("workflows.drop", "DELETE", f"{PREFIX}/{{workflowId}}", drop_workflow, scope=SCOPE, statuses=NO_CONTENT),
    Row("workflows.enroll", "POST", ENROLLMENT, enroll, scope=SCOPE, statuses=NO_CONTENT),
    Row("workflows.unenroll", "DELETE", ENROLLMENT, unenroll, scope=SCOPE, statuses=NO_CONTENT),
    Row("workflows.of-contact", "GET", f"{OLDER}/enrollments/contacts/{{vid}}", list_of_contact, scope=SCOPE),
    Row("workflows.list", "GET", PREFIX, list_workflows, scope=SCOPE),
    Row("workflows.read", "GET", f"{PREFIX}/{{workflowId}}", read_workflow, scope=SCOPE),
)
