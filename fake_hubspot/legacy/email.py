"""The e-mail APIs of version 1: subscriptions and their changes, events, campaigns, marketing e-mails.

Campaigns and events come from sending e-mails, which this fake does not do: an account has those that it was seeded
with (`resources` of `POST /_fake/seed`), and the events of changed subscriptions.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from fake_hubspot.context import RequestContext, Response
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.families import subscriptions
from fake_hubspot.crm.families.simple import EMAILS
from fake_hubspot.crm.families.subscriptions import DEFINITIONS, EVENTS, SOURCE, STANDARD
from fake_hubspot.crm.parameters import parse_integer
from fake_hubspot.legacy.errors import LegacyError
from fake_hubspot.legacy.pages import Dialect, rows_at
from fake_hubspot.legacy.row import Row
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.record_events import OCCURRENCES
from fake_hubspot.portal.resources import Resource

__all__ = ["CAMPAIGNS", "DEFINITIONS", "EVENTS", "ROWS", "SEEDED_FAMILIES"]

PREFIX = "/email/public/v1"
# The families of `Portal.resources` that these APIs show.
CAMPAIGNS = "email-campaigns"
# Those that have no other way into an account.
SEEDED_FAMILIES = (CAMPAIGNS, EVENTS, DEFINITIONS, OCCURRENCES)
# Source: reader (tap-hubspot 4.5 and airbyte ask for 500 campaigns and 1,000 events); the defaults are assumed.
CAMPAIGN_PAGE = Dialect(default=10, maximum=1000)
EVENT_PAGE = Dialect(default=10, maximum=1000)
EMAIL_PAGE = Dialect(default=10, maximum=300)


class Status(msgspec.Struct, frozen=True, rename="camel"):
    """Whether an address gets the e-mails of one subscription."""

    id: int
    subscribed: bool | None = None
    opt_state: str | None = None
    legal_basis: str | None = None
    legal_basis_explanation: str | None = None


class StatusBody(msgspec.Struct, frozen=True, rename="camel"):
    """The subscriptions of an address to change."""

    subscription_statuses: list[Status] = []
    unsubscribe_from_all: bool = False


def _definitions(portal: Portal) -> list[dict[str, Any]]:
    """Return the types of subscriptions. Source: reader (airbyte's expected records)."""
    common = {"portalId": portal.id, "active": True, "internal": False, "channel": "Email", "businessUnitId": 0}
    standard = [
        {"id": number, **common, "name": name, "description": text, "category": category}
        for number, name, text, category in STANDARD
    ]
    own = [
        {"id": parse_id(one.id) or one.number, **common, **one.fields} for one in portal.resources.living(DEFINITIONS)
    ]
    return standard + own


def list_definitions(context: RequestContext) -> Response:
    """Return every type of subscription. Source: reader (airbyte)."""
    return Response.of({"subscriptionDefinitions": _definitions(context.portal)})


def read_status(context: RequestContext) -> Response:
    """Return the subscriptions of an address. Source: docs."""
    email, portal = context.params["email"], context.portal
    fields = subscriptions.status_of(portal, email)
    return Response.of(
        {
            "subscribed": not fields["unsubscribedFromAll"],
            "markedAsSpam": False,
            "unsubscribeFromPortal": fields["unsubscribedFromAll"],
            "portalId": portal.id,
            "bounced": False,
            "email": email,
            "subscriptionStatuses": fields["statuses"],
            "status": "unsubscribed" if fields["unsubscribedFromAll"] else "subscribed",
        }
    )


def change_status(context: RequestContext) -> Response:
    """Change the subscriptions of an address, which is an event.

    Source: docs; reader (airbyte's expected records) for the event.
    """
    email, portal, given = context.params["email"], context.portal, read_body(context, StatusBody)
    _check_known(portal, given.subscription_statuses)
    changes = [_status_row(one) for one in given.subscription_statuses]
    subscriptions.change_status(portal, email, changes, leaves_all=given.unsubscribe_from_all)
    return Response(200, Response.empty().body, None)


def _check_known(portal: Portal, statuses: Iterable[Status]) -> None:
    """Refuse subscriptions that do not exist.

    Raises:
        LegacyError: 400. Source: docs for the rule; the text is assumed.
    """
    known = {one["id"] for one in _definitions(portal)}
    unknown = [one.id for one in statuses if one.id not in known]
    if unknown:
        raise LegacyError(400, f"Subscription {unknown[0]} does not exist")


def _status_row(given: Status) -> dict[str, Any]:
    is_in = given.subscribed if given.subscribed is not None else given.opt_state != "OPT_OUT"
    return {
        "id": given.id,
        "subscribed": is_in,
        "optState": given.opt_state or ("OPT_IN" if is_in else "OPT_OUT"),
        "legalBasis": given.legal_basis,
        "legalBasisExplanation": given.legal_basis_explanation,
    }


def _event(portal: Portal, one: Resource) -> dict[str, Any]:
    """Render one event. Source: reader (airbyte's expected records)."""
    return {"id": one.id, "portalId": portal.id, "created": one.created_ms, **one.fields}


def _events(portal: Portal) -> list[dict[str, Any]]:
    """Return every event, the latest first. Source: docs."""
    rows = [_event(portal, one) for one in portal.resources.living(EVENTS)]
    return sorted(rows, key=lambda row: row["created"], reverse=True)


def _in_time(context: RequestContext, rows: Iterable[dict[str, Any]], member: str) -> list[dict[str, Any]]:
    """Return the rows from `startTimestamp` on and before `endTimestamp`.

    Source: docs for the parameters; that the second bound is exclusive is assumed (readers ask for adjacent windows).
    """
    start = parse_integer(context.request, "startTimestamp", largest=2**53) or 0
    end = parse_integer(context.request, "endTimestamp", largest=2**53) or 2**53
    return [row for row in rows if start <= row[member] < end]


def _page(context: RequestContext, rows: Sequence[dict[str, Any]], dialect: Dialect, name: str) -> Response:
    """Return a page; its offset is a text that only the next request understands. Source: docs."""
    page, members = rows_at(context, rows, dialect)
    return Response.of({"hasMore": members["hasMore"], "offset": str(members["offset"]), name: list(page)})


def list_events(context: RequestContext) -> Response:
    """Return one page of events. Source: docs."""
    request = context.request
    asked = {"recipient": "recipient", "eventType": "type", "campaignId": "emailCampaignId", "appId": "appId"}
    rows = _in_time(context, _events(context.portal), "created")
    for name, member in asked.items():
        value = request.first(name)
        if value:
            rows = [row for row in rows if str(row.get(member, "")) == value]
    return _page(context, rows, EVENT_PAGE, "events")


def read_event(context: RequestContext) -> Response:
    """Return one event by its time and id. Source: docs; the text of the 404 is assumed."""
    created, event_id = parse_id(context.params["created"]), context.params["eventId"]
    for row in _events(context.portal):
        if (row["id"], row["created"]) == (event_id, created):
            return Response.of(row)
    raise LegacyError(404, f"No event found with id {event_id}")


def list_timeline(context: RequestContext) -> Response:
    """Return one page of the changes of subscriptions, the latest first.

    Source: docs, and reader (the schema of tap-hubspot 4.5).
    """
    portal, recipient = context.portal, context.request.first("recipient")
    changes = [row for row in _events(portal) if row.get("type") == "STATUSCHANGE"]
    rows = [_timeline_row(portal, row) for row in _in_time(context, changes, "created")]
    if recipient:
        rows = [row for row in rows if row["recipient"] == recipient]
    return _page(context, rows, EVENT_PAGE, "timeline")


def _timeline_row(portal: Portal, event: dict[str, Any]) -> dict[str, Any]:
    cause = {"id": event["id"], "created": event["created"]}
    common = {"timestamp": event["created"], "source": event.get("source", SOURCE), "portalId": portal.id}
    changes = [
        {
            "change": one["status"],
            **common,
            "subscriptionId": one["id"],
            "changeType": "SUBSCRIPTION_STATUS",
            "causedByEvent": cause,
        }
        for one in event.get("subscriptions", [])
    ]
    whole = event.get("portalSubscriptionStatus")
    if whole:
        changes.append({"change": whole, **common, "changeType": "PORTAL_STATUS", "causedByEvent": cause})
    return {
        "timestamp": event["created"],
        "portalId": portal.id,
        "recipient": event.get("recipient", ""),
        "changes": changes,
    }


def _campaign_id(one: Resource) -> int:
    return parse_id(one.id) or one.number


def _campaign_row(one: Resource) -> dict[str, Any]:
    """Render a campaign in a list. Source: docs; reader (airbyte) for `lastUpdatedTime`."""
    fields = one.fields
    return {
        "id": _campaign_id(one),
        "lastUpdatedTime": fields.get("lastUpdatedTime", one.updated_ms),
        "appId": fields.get("appId", 113),
        "appName": fields.get("appName", "Batch"),
    }


def list_campaigns(context: RequestContext) -> Response:
    """Return one page of campaigns, the latest first. Source: docs."""
    rows = [_campaign_row(one) for one in context.portal.resources.living(CAMPAIGNS)]
    return _page(context, sorted(rows, key=lambda row: -row["lastUpdatedTime"]), CAMPAIGN_PAGE, "campaigns")


def list_campaigns_by_id(context: RequestContext) -> Response:
    """Return one page of campaigns in the order of their ids. Source: docs."""
    rows = [_campaign_row(one) for one in context.portal.resources.living(CAMPAIGNS)]
    return _page(context, sorted(rows, key=lambda row: int(row["id"])), CAMPAIGN_PAGE, "campaigns")


def read_campaign(context: RequestContext) -> Response:
    """Return one campaign with its counts. Source: docs; reader (airbyte's expected records)."""
    text = context.params["campaignId"]
    found = context.portal.resources.find(CAMPAIGNS, text)
    if found is None or found.is_archived:
        raise LegacyError(404, f"No campaign found with id {text}")
    defaults = {"counters": {}, "numIncluded": 0, "type": "BATCH_EMAIL"}
    return Response.of({**_campaign_row(found), **defaults, **found.fields})


def list_emails(context: RequestContext) -> Response:
    """Return one page of the marketing e-mails that version 3 writes.

    Source: docs for the shape; reader (airbyte reads `objects`, `id` and `updated`); the other members are those of
    version 3.
    """
    rows = [_email_row(context.portal, one) for one in context.portal.resources.living(EMAILS.name)]
    page, members = rows_at(context, rows, EMAIL_PAGE)
    return Response.of(
        {
            "limit": len(page),
            "objects": list(page),
            "offset": members["offset"] - len(page),
            "total": len(rows),
            "totalCount": len(rows),
        }
    )


def _email_row(portal: Portal, one: Resource) -> dict[str, Any]:
    return {
        **one.fields,
        "id": parse_id(one.id) or one.number,
        "portalId": portal.id,
        "created": one.created_ms,
        "updated": one.updated_ms,
    }


EVENT_QUERY = (
    *("startTimestamp", "endTimestamp", "recipient", "eventType", "campaignId", "appId", "limit", "offset"),
    "excludeFilteredEvents",
)
STATUS = f"{PREFIX}/subscriptions/{{email}}"
ROWS = (
    Row("email.definitions", "GET", f"{PREFIX}/subscriptions", list_definitions, ("portalId",)),
    Row(
        "email.timeline",
        "GET",
        f"{PREFIX}/subscriptions/timeline",
        list_timeline,
        ("startTimestamp", "endTimestamp", "recipient", "changeType", "limit", "offset"),
        pages=True,
    ),
    Row("email.status", "GET", STATUS, read_status, ("portalId",)),
    Row("email.change-status", "PUT", STATUS, change_status, ("portalId",), StatusBody, answers=False),
    Row("email.events", "GET", f"{PREFIX}/events", list_events, EVENT_QUERY, pages=True),
    Row("email.event", "GET", f"{PREFIX}/events/{{created}}/{{eventId}}", read_event),
    Row("email.campaigns", "GET", f"{PREFIX}/campaigns", list_campaigns, ("limit", "offset"), pages=True),
    Row(
        "email.campaigns-by-id",
        "GET",
        f"{PREFIX}/campaigns/by-id",
        list_campaigns_by_id,
        ("limit", "offset"),
        pages=True,
    ),
    Row("email.campaign", "GET", f"{PREFIX}/campaigns/{{campaignId}}", read_campaign, ("appId",)),
    *(
        Row(f"email.marketing-emails{tail}", "GET", path, list_emails, ("limit", "offset", "updated__gt"), pages=True)
        for tail, path in (
            ("", "/marketing-emails/v1/emails"),
            ("-with-statistics", "/marketing-emails/v1/emails/with-statistics"),
        )
    ),
)
