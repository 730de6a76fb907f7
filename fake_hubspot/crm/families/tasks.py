"""Tasks of which HubSpot says later what became of them; here they are done at once.

Source: reader (the models of HubSpot's clients) for the keys.
"""

from typing import Any

from fake_hubspot.context import RequestContext, Response
from fake_hubspot.crm.families.collection import existing
from fake_hubspot.portal.clock import format_time

__all__ = ["done", "finished_task"]


def done(
    context: RequestContext, family: str, *, result: Any = None, errors: list[dict[str, Any]] | None = None
) -> Response:
    """Note what became of a task, and answer 202 with its id and where its status is."""
    fields = {"result": result, "errors": errors}
    task = context.portal.resources.add(family, fields, resource_id=context.portal.resources.new_uuid())
    link = f"{context.request.origin}{context.request.path.rstrip('/')}/tasks/{task.id}/status"
    return Response.of({"id": task.id, "links": {"status": link}}, status=202)


def finished_task(context: RequestContext, family: str) -> Response:
    """Return what became of the task that the path names."""
    task = existing(context, family, context.params["taskId"])
    at = format_time(task.created_ms)
    wire: dict[str, Any] = {"taskId": task.id, "status": "COMPLETE", "requestedAt": at, "startedAt": at}
    wire["completedAt"] = at
    if task.fields["result"] is not None:
        wire["result"] = task.fields["result"]
    if task.fields["errors"]:
        wire |= {"numErrors": len(task.fields["errors"]), "errors": task.fields["errors"]}
    return Response.of(wire)
