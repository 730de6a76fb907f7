"""The workflows API of version 3, read only: the workflows that version 4 writes, in the older shape."""

from typing import Any

from fake_hubspot.context import RequestContext, Response
from fake_hubspot.crm.families.simple import FLOWS
from fake_hubspot.legacy.errors import LegacyError
from fake_hubspot.legacy.row import Row
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.resources import Resource

__all__ = ["ROWS"]

PREFIX = "/automation/v3/workflows"
SCOPE = "automation"


def _wire(portal: Portal, flow: Resource) -> dict[str, Any]:
    """Render one workflow.

    Source: docs, and reader (schemas of tap-hubspot and airbyte); that nobody is enrolled is assumed.
    """
    fields = flow.fields
    return {
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
        "contactCounts": {"active": 0, "enrolled": 0},
    }


def list_workflows(context: RequestContext) -> Response:
    """Return every workflow. Source: docs (there are no pages)."""
    portal = context.portal
    return Response.of({"workflows": [_wire(portal, one) for one in portal.resources.living(FLOWS.name)]})


def read_workflow(context: RequestContext) -> Response:
    """Return one workflow with its actions. Source: docs; how actions look, and the text of the 404: assumed."""
    text = context.params["workflowId"]
    found = context.portal.resources.find(FLOWS.name, text)
    if found is None or found.is_archived:
        raise LegacyError(404, f"Workflow {text} does not exist")
    return Response.of(_wire(context.portal, found) | {"actions": found.fields.get("actions", [])})


ROWS = (
    Row("workflows.list", "GET", PREFIX, list_workflows, scope=SCOPE),
    Row("workflows.read", "GET", f"{PREFIX}/{{workflowId}}", read_workflow, scope=SCOPE),
)
