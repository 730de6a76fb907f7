"""What is done with marketing e-mails besides keeping them: drafts, revisions, copies, publishing.

Source: reader (the operations and models of HubSpot's clients); docs (marketing emails, 2026-03) for the states.
"""

from typing import Any

from fake_hubspot.context import Operation, RequestContext, Response, Route
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.families.collection import Row, existing, known, missing_fields, row_routes, with_times
from fake_hubspot.crm.families.simple import EMAILS
from fake_hubspot.crm.versions import FAMILY_PATHS
from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.owners import ACTING_USER_ID
from fake_hubspot.portal.resources import Resource

__all__ = ["routes"]

DRAFTS, REVISIONS = "emails.drafts", "emails.revisions"


def routes() -> list[Route]:
    """Return the routes of this family."""
    reading, writing, gone = Operation(response=dict), Operation(body=dict, response=dict), Operation(statuses=(204,))
    rows = []
    for path in FAMILY_PATHS["emails"]:
        one = f"{path}/{{emailId}}"
        revision = f"{one}/revisions/{{revisionId}}"
        rows += [
            Row("emails.clone", "POST", f"{path}/clone", clone, writing, "Copy a marketing e-mail"),
            Row("emails.vary", "POST", f"{path}/ab-test/create-variation", vary, writing, "Make a variation"),
            Row("emails.variation", "GET", f"{one}/ab-test/get-variation", read_variation, reading, "Read it"),
            Row("emails.draft", "GET", f"{one}/draft", read_draft, reading, "Read the draft of a marketing e-mail"),
            Row("emails.edit", "PATCH", f"{one}/draft", change_draft, writing, "Change the draft"),
            Row("emails.reset", "POST", f"{one}/draft/reset", reset_draft, gone, "Reset the draft"),
            Row("emails.publish", "POST", f"{one}/publish", publish, gone, "Publish a marketing e-mail"),
            Row("emails.unpublish", "POST", f"{one}/unpublish", unpublish, gone, "Unpublish it"),
            Row("emails.revisions", "GET", f"{one}/revisions", list_revisions, reading, "List its revisions"),
            Row("emails.revision", "GET", revision, read_revision, reading, "Read a revision"),
            Row("emails.restore", "POST", f"{revision}/restore", restore, gone, "Go back to a revision"),
            Row("emails.redraft", "POST", f"{revision}/restore-to-draft", restore_draft, reading, "Draft a revision"),
        ]
    return row_routes(rows, scope="content", is_shallow=True)


def _note(context: RequestContext, one: Resource) -> None:
    """Keep what an e-mail was as a revision."""
    context.portal.resources.add(f"{REVISIONS}/{one.id}", one.fields)


def _put(context: RequestContext, one: Resource, fields: dict[str, Any]) -> Resource:
    _note(context, one)
    return context.portal.resources.change(EMAILS.name, one, fields)


def _copied(context: RequestContext, *, required: tuple[str, ...], name: str) -> tuple[Resource, Resource]:
    given = read_body(context, dict[str, Any])
    if missing := [key for key in required if given.get(key) is None]:
        raise missing_fields(context, missing)
    source = existing(context, EMAILS.name, str(given[required[0]]), archived=False)
    wanted = str(given.get(name) or f"{source.fields['name']} (copy)")
    fields = source.fields | {"name": wanted, "state": "DRAFT", "isPublished": False}
    return source, context.portal.resources.add(EMAILS.name, fields)


def clone(context: RequestContext) -> Response:
    """Copy an e-mail; the copy is a draft."""
    return Response.of(with_times(context, _copied(context, required=("id",), name="cloneName")[1]))


def vary(context: RequestContext) -> Response:
    """Make the other one of two e-mails that are compared."""
    source, made = _copied(context, required=("contentId", "variationName"), name="variationName")
    context.portal.resources.change(EMAILS.name, source, source.fields | {"isAb": True, "variationId": made.id})
    return Response.of(with_times(context, made))


def read_variation(context: RequestContext) -> Response:
    """Return the other one of two e-mails that are compared."""
    found = existing(context, EMAILS.name, str(known(context, EMAILS).fields.get("variationId")))
    return Response.of(with_times(context, found))


def _draft(context: RequestContext, one: Resource) -> dict[str, Any]:
    draft = context.portal.resources.find(DRAFTS, one.id)
    return one.fields | (draft.fields if draft else {})


def read_draft(context: RequestContext) -> Response:
    """Return what an e-mail will be when it is published."""
    one = known(context, EMAILS)
    return Response.of(with_times(context, one) | _draft(context, one))


def change_draft(context: RequestContext) -> Response:
    """Change what an e-mail will be."""
    one = known(context, EMAILS)
    fields = _draft(context, one) | read_body(context, dict[str, Any])
    context.portal.resources.add(DRAFTS, fields, resource_id=one.id)
    return Response.of(with_times(context, one) | fields | {"id": one.id})


def reset_draft(context: RequestContext) -> Response:
    """Forget the draft."""
    context.portal.resources.drop(DRAFTS, known(context, EMAILS).id)
    return Response.empty()


def publish(context: RequestContext) -> Response:
    """Make the draft what the e-mail is. The fake sends nothing."""
    one = known(context, EMAILS)
    at = format_time(context.portal.clock.now_ms())
    _put(context, one, _draft(context, one) | {"state": "PUBLISHED", "isPublished": True, "publishDate": at})
    context.portal.resources.drop(DRAFTS, one.id)
    return Response.empty()


def unpublish(context: RequestContext) -> Response:
    """Make an e-mail a draft again."""
    one = known(context, EMAILS)
    _put(context, one, one.fields | {"state": "DRAFT", "isPublished": False})
    return Response.empty()


def _revision(one: Resource) -> dict[str, Any]:
    user = {"id": ACTING_USER_ID, "email": "owner@example.com", "fullName": "Portal Owner"}
    at = format_time(one.created_ms)
    return {"id": one.id, "user": user, "object": {"id": one.id, **one.fields}, "createdAt": at, "updatedAt": at}


def list_revisions(context: RequestContext) -> Response:
    """Return what an e-mail was before, the latest first."""
    rows = context.portal.resources.all(f"{REVISIONS}/{known(context, EMAILS).id}")
    return Response.of({"total": len(rows), "results": [_revision(one) for one in reversed(rows)]})


def _known_revision(context: RequestContext) -> Resource:
    return existing(context, f"{REVISIONS}/{known(context, EMAILS).id}", context.params["revisionId"])


def read_revision(context: RequestContext) -> Response:
    """Return what an e-mail was."""
    return Response.of(_revision(_known_revision(context)))


def restore(context: RequestContext) -> Response:
    """Make an e-mail what it was."""
    _put(context, known(context, EMAILS), _known_revision(context).fields)
    return Response.empty()


def restore_draft(context: RequestContext) -> Response:
    """Make the draft of an e-mail what it was."""
    one, revision = known(context, EMAILS), _known_revision(context)
    context.portal.resources.add(DRAFTS, revision.fields, resource_id=one.id)
    return Response.of(with_times(context, one) | revision.fields)
