"""Submissions of forms: visitors send them, a contact is made or changed, and readers list them, the newest first.

Source: docs (forms, submit and get submissions) for the request, the limit of 50 and the order; the codes of errors:
docs; that the cursor is that of other families is assumed.
"""

from typing import Any

import msgspec

from fake_hubspot.context import Operation, Param, RequestContext, Response, Route, open_route
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.families.collection import Row, existing, next_page, parse_cursor, row_routes
from fake_hubspot.crm.families.simple import FORMS
from fake_hubspot.crm.parameters import parse_limit, resource_not_found
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.portal.clock import parse_time
from fake_hubspot.portal.errors import PortalError
from fake_hubspot.portal.record_events import SUBMISSIONS
from fake_hubspot.portal.resources import Resource

__all__ = ["SUBMISSIONS", "routes"]

INTEGRATION = "/submissions/v3/integration"
CONTACT = "0-1"
MAX_FIELDS = 1000


class Field(msgspec.Struct, rename="camel"):
    """One answer of a visitor."""

    name: str
    value: str
    object_type_id: str = CONTACT


class Context(msgspec.Struct, rename="camel"):
    """Where the visitor was."""

    page_uri: str | None = None
    page_name: str | None = None
    page_id: str | None = None
    hutk: str | None = None
    ip_address: str | None = None


class Submission(msgspec.Struct, rename="camel"):
    """What a visitor sends."""

    fields: list[Field]
    submitted_at: str | int | None = None
    context: Context = msgspec.field(default_factory=Context)


class SubmissionError(HubSpotError):
    """A submission that is refused.

    Shape: `{status, message, correlationId, errors: [{message, errorType}]}`. Source: docs.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(
            400, "The request is not valid", errors=[{"message": f"Error in 'fields'. {message}", "errorType": kind}]
        )


def routes() -> list[Route]:
    """Return the routes of this family."""
    sending = Operation(body=Submission, response=dict)
    tail = "submit/{portalId}/{formId}"
    reading = Operation(tuple(map(Param, ("limit", "after"))), response=dict)
    read = "/form-integrations/v1/submissions/forms/{formId}"
    return [
        open_route("submissions.send", "POST", f"{INTEGRATION}/{tail}", submit, summary="Submit", operation=sending),
        *row_routes(
            [
                Row("submissions.secure", "POST", f"{INTEGRATION}/secure/{tail}", submit, sending, "Submit"),
                Row("submissions.list", "GET", read, list_submissions, reading, "List submissions of a form"),
            ],
            scope="forms",
        ),
    ]


def _form(context: RequestContext) -> Resource:
    return existing(context, FORMS.name, context.params["formId"], archived=False)


def submit(context: RequestContext) -> Response:
    """Keep a submission, and make or change the contact with its e-mail address."""
    form, given = _form(context), read_body(context, Submission)
    if context.params["portalId"] != str(context.portal.id):
        raise resource_not_found()
    if len(given.fields) > MAX_FIELDS:
        raise SubmissionError("MAX_NUMBER_OF_SUBMITTED_VALUES_EXCEEDED", f"There may be {MAX_FIELDS} fields")
    at = _time(context, given)
    _check(form, given)
    _write_contact(context, given)
    fields = {
        "submittedAt": at,
        "values": [{"name": one.name, "value": one.value, "objectTypeId": one.object_type_id} for one in given.fields],
        "pageUrl": given.context.page_uri or "",
        **({"pageId": given.context.page_id} if given.context.page_id else {}),
    }
    context.portal.resources.add(f"{SUBMISSIONS}/{form.id}", fields, resource_id=context.portal.resources.new_uuid())
    action = form.fields.get("configuration", {}).get("postSubmitAction", {})
    if isinstance(action, dict) and action.get("type") == "redirect_url":
        return Response.of({"redirectUri": action.get("value")})
    text = action.get("value") if isinstance(action, dict) else None
    return Response.of({"inlineMessage": text or "Thanks for submitting the form."})


def _time(context: RequestContext, given: Submission) -> int:
    if given.submitted_at is None:
        return context.portal.clock.now_ms()
    try:
        return parse_time(str(given.submitted_at))
    except ValueError:
        raise SubmissionError("INVALID_TIMESTAMP", f"{str(given.submitted_at)[:50]!r} is no time") from None


def _check(form: Resource, given: Submission) -> None:
    """Refuse a submission that lacks a field that the form requires, or whose address is none."""
    values = {one.name: one.value for one in given.fields}
    for name in _required(form):
        if not values.get(name):
            raise SubmissionError("REQUIRED_FIELD", f"Required field '{name}' is missing")
    if "email" in values and "@" not in values["email"]:
        raise SubmissionError("INVALID_EMAIL", f"Invalid email address '{values['email'][:100]}'")


def _required(form: Resource) -> list[str]:
    groups = form.fields.get("fieldGroups")
    found = []
    for group in groups if isinstance(groups, list) else []:
        for field in group.get("fields") or [] if isinstance(group, dict) else []:
            if isinstance(field, dict) and field.get("required") is True:
                found.append(str(field.get("name")))
    return found


def _write_contact(context: RequestContext, given: Submission) -> None:
    """Make or change the contact. Unknown properties are left out, and a value that is not valid changes nothing.

    Source: docs for the contact; what becomes of such values is assumed.
    """
    portal = context.portal
    kind = portal.types[CONTACT]
    known_names = portal.definitions.names(CONTACT)
    values = {one.name: one.value for one in given.fields if one.object_type_id == CONTACT and one.name in known_names}
    email = values.get("email")
    if not email:
        return
    try:
        contact = portal.records.find_by(kind, "email", email)
        if contact is None:
            portal.records.create(kind, values)
        else:
            portal.records.update(kind, contact, values)
    except PortalError:
        context.entry.note = "the submission was kept, but its values are not valid for a contact"


def _wire(one: Resource) -> dict[str, Any]:
    """Render a submission; the page's id is for the filters of lists alone. Source: docs."""
    return {"conversionId": one.id, **{name: value for name, value in one.fields.items() if name != "pageId"}}


def list_submissions(context: RequestContext) -> Response:
    """Return one page of submissions, the newest first. The cursor counts."""
    form = _form(context)
    limit = parse_limit(context, default=20, maximum=50)
    after = parse_cursor(context)
    every = context.portal.resources.all(f"{SUBMISSIONS}/{form.id}")
    rows = sorted(every, key=lambda one: (-one.fields["submittedAt"], -one.number))
    page, rest = rows[after : after + limit], rows[after + limit :]
    wire: dict[str, Any] = {"results": [_wire(one) for one in page]}
    if rest:
        wire["paging"] = {"next": next_page(context, after + limit)}
    return Response.of(wire)
