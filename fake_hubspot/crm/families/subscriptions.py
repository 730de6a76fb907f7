"""Subscriptions: which kinds of e-mail there are, and which of them an address gets.

All versions are views of the same two stores, that of `/email/public/v1` too: what one changes, the others read.

Source: docs (communication preferences v3 and v4, 2026-03) for paths, keys and states; the texts are assumed.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from fake_hubspot.context import Operation, Param, RequestContext, Response, Route
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.families.collection import Row, completed, row_routes
from fake_hubspot.crm.versions import FAMILY_PATHS
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.record_events import EMAIL_EVENTS as EVENTS
from fake_hubspot.portal.record_events import SUBSCRIPTION_STATUSES as STATUSES

__all__ = [
    "DEFINITIONS",
    "EVENTS",
    "SOURCE",
    "STANDARD",
    "STATUSES",
    "change_status",
    "definitions",
    "routes",
    "status_of",
]

DEFINITIONS = "email-subscription-definitions"
SOURCE = "SOURCE_HUBSPOT_CUSTOMER"
CREATED = "2026-02-25T15:16:40Z"
# What a new account has. Source: docs (subscription types); ids and descriptions are assumed.
STANDARD = (
    (1, "Customer Service Communication", "Receive feedback requests and customer service information.", "Service"),
    (2, "Marketing Information", "Marketing offers and updates.", "Marketing"),
    (3, "One to One", "One to one emails.", "Sales"),
)
IN, OUT, NOT_SPECIFIED = "SUBSCRIBED", "UNSUBSCRIBED", "NOT_SPECIFIED"
BASES = (
    "LEGITIMATE_INTEREST_PQL",
    "LEGITIMATE_INTEREST_CLIENT",
    "PERFORMANCE_OF_CONTRACT",
    "CONSENT_WITH_NOTICE",
    "NON_GDPR",
    "PROCESS_AND_STORE",
    "LEGITIMATE_INTEREST_OTHER",
)
SCOPE = "communication_preferences.read"


class Change(msgspec.Struct, rename="camel"):
    """A change of version 3."""

    email_address: str
    subscription_id: str | int
    legal_basis: str | None = None
    legal_basis_explanation: str | None = None


class StatusChange(msgspec.Struct, rename="camel"):
    """A change of version 4."""

    subscription_id: str | int
    status_state: str
    channel: str = "EMAIL"
    legal_basis: str | None = None
    legal_basis_explanation: str | None = None
    subscriber_id_string: str | None = None


class StatusChanges(msgspec.Struct):
    """Changes of many addresses."""

    inputs: list[StatusChange]


class Addresses(msgspec.Struct):
    """Many addresses."""

    inputs: list[str]


def routes() -> list[Route]:
    """Return the routes of this family."""
    channel = (Param("channel"), Param("businessUnitId"))
    reading = Operation(response=dict)
    of_channel = Operation(channel, response=dict)
    rows = []
    for path in FAMILY_PATHS["subscriptions-v3"]:
        change = Operation(body=Change, response=dict)
        rows += [
            Row("subscriptions.definitions", "GET", f"{path}/definitions", list_definitions, reading, "List types"),
            Row("subscriptions.read", "GET", f"{path}/status/email/{{email}}", read_status, reading, "Read an address"),
            Row("subscriptions.subscribe", "POST", f"{path}/subscribe", subscribe, change, "Subscribe an address"),
            Row("subscriptions.unsubscribe", "POST", f"{path}/unsubscribe", unsubscribe, change, "Unsubscribe one"),
        ]
    for path in FAMILY_PATHS["subscriptions"]:
        many, one = f"{path}/statuses", f"{path}/statuses/{{subscriber}}"
        addresses = Operation(channel, body=Addresses, response=dict)
        writing = Operation(body=StatusChange, response=dict)
        batch = Operation(body=StatusChanges, response=dict)
        rows += [
            Row("statuses.definitions", "GET", f"{path}/definitions", list_definitions_v4, reading, "List types"),
            Row("statuses.read", "GET", one, read_statuses, of_channel, "Read an address"),
            Row("statuses.write", "POST", one, write_status, writing, "Change an address"),
            Row("statuses.all", "GET", f"{one}/unsubscribe-all", read_all, of_channel, "Read whether it left"),
            Row("statuses.leave", "POST", f"{one}/unsubscribe-all", leave_all, of_channel, "Unsubscribe from all"),
            Row("statuses.batch_read", "POST", f"{many}/batch/read", batch_read, addresses, "Read addresses"),
            Row("statuses.batch_write", "POST", f"{many}/batch/write", batch_write, batch, "Change addresses"),
            Row("statuses.batch_leave", "POST", f"{many}/batch/unsubscribe-all", batch_leave, addresses, "Unsubscribe"),
            Row("statuses.batch_all", "POST", f"{many}/batch/unsubscribe-all/read", batch_all, addresses, "Read them"),
        ]
    return row_routes(rows, scope=SCOPE)


def definitions(portal: Portal) -> list[dict[str, Any]]:
    """Return the types of subscriptions: those of a new account, and those that were seeded."""
    common = {"communicationMethod": "Email", "isActive": True, "isInternal": False, "businessUnitId": 0}
    standard = [
        {"id": str(number), "name": name, "description": text, "purpose": purpose, **common, "isDefault": True}
        for number, name, text, purpose in STANDARD
    ]
    times = {"createdAt": CREATED, "updatedAt": CREATED}
    own = []
    for one in portal.resources.all(DEFINITIONS):
        purpose = one.fields.get("category", "Marketing")
        given = {"name": "", "description": "", "purpose": purpose, **common, "isDefault": False, **one.fields}
        own.append({"id": one.id, **given, "createdAt": format_time(one.created_ms)})
    return [{**one, **times} for one in standard] + [{"updatedAt": one["createdAt"], **one} for one in own]


def status_of(portal: Portal, email: str) -> dict[str, Any]:
    """Return what is known of an address.

    Shape: `{statuses: [{id, updatedAt, subscribed, optState, legalBasis, legalBasisExplanation}],
    unsubscribedFromAll}`.
    """
    known = portal.resources.find(STATUSES, email.lower())
    return {"statuses": [], "unsubscribedFromAll": False, **(known.fields if known else {})}


def change_status(portal: Portal, email: str, changes: list[dict[str, Any]], *, leaves_all: bool = False) -> None:
    """Change subscriptions of an address, which is an event."""
    known, now = status_of(portal, email), portal.clock.now_ms()
    rows = {str(one["id"]): one for one in known["statuses"]}
    for one in changes:
        state = "OPT_IN" if one["subscribed"] else "OPT_OUT"
        rows[str(one["id"])] = {"updatedAt": now, "optState": state, **one}
    fields = {"statuses": list(rows.values()), "unsubscribedFromAll": known["unsubscribedFromAll"] or leaves_all}
    portal.resources.add(STATUSES, fields, resource_id=email.lower())
    event = {
        "source": SOURCE,
        "recipient": email,
        "subscriptions": [{"id": one["id"], "status": IN if one["subscribed"] else OUT} for one in changes],
        "created": now,
        "type": "STATUSCHANGE",
        "appId": 0,
        "emailCampaignId": 0,
        **({"portalSubscriptionStatus": OUT} if leaves_all else {}),
    }
    portal.resources.add(EVENTS, event, resource_id=portal.resources.new_uuid())


def _refused(text: str) -> HubSpotError:
    return HubSpotError(400, text, category="VALIDATION_ERROR")


def _check_address(email: str) -> str:
    if "@" not in email:
        raise _refused(f"{email[:100]!r} is no e-mail address")
    return email


def _definition(portal: Portal, subscription_id: str | int) -> dict[str, Any]:
    for one in definitions(portal):
        if one["id"] == str(subscription_id):
            return one
    raise _refused(f"There is no subscription type {str(subscription_id)[:50]}")


def _change(portal: Portal, email: str, given: Change | StatusChange, *, subscribed: bool) -> None:
    _check_address(email)
    wanted = _definition(portal, given.subscription_id)
    if given.legal_basis is not None and given.legal_basis not in BASES:
        raise _refused(f"legalBasis is one of {', '.join(BASES)}")
    number = wanted["id"]
    change = {"id": int(number) if number.isdecimal() else number, "subscribed": subscribed}
    change |= {"legalBasis": given.legal_basis, "legalBasisExplanation": given.legal_basis_explanation}
    change_status(portal, email, [change])


def _rows(portal: Portal, email: str) -> list[tuple[dict[str, Any], Mapping[str, Any]]]:
    """Return every type of subscription with what is known of it for an address."""
    rows = {str(one["id"]): one for one in status_of(portal, email)["statuses"]}
    return [(one, rows.get(one["id"], {})) for one in definitions(portal)]


def list_definitions(context: RequestContext) -> Response:
    """Return the types of subscriptions."""
    return Response.of({"subscriptionDefinitions": definitions(context.portal)})


def read_status(context: RequestContext) -> Response:
    """Return the subscriptions of an address."""
    return Response.of(_status_v3(context.portal, _check_address(context.params["email"])))


def _status_v3(portal: Portal, email: str) -> dict[str, Any]:
    has_left = status_of(portal, email)["unsubscribedFromAll"]
    statuses = []
    for one, known in _rows(portal, email):
        is_in = bool(known.get("subscribed")) and not has_left
        statuses.append(
            {
                "id": one["id"],
                "name": one["name"],
                "description": one["description"],
                "status": IN if is_in else "NOT_SUBSCRIBED",
                "sourceOfStatus": "PORTAL_WIDE_STATUS" if has_left else "SUBSCRIPTION_STATUS",
                "legalBasis": known.get("legalBasis"),
                "legalBasisExplanation": known.get("legalBasisExplanation"),
            }
        )
    return {"recipient": email, "subscriptionStatuses": statuses}


def subscribe(context: RequestContext) -> Response:
    """Subscribe an address. One that has unsubscribed cannot be subscribed again. Source: docs."""
    return _set_v3(context, subscribed=True)


def unsubscribe(context: RequestContext) -> Response:
    """Unsubscribe an address."""
    return _set_v3(context, subscribed=False)


def _set_v3(context: RequestContext, *, subscribed: bool) -> Response:
    given, portal = read_body(context, Change), context.portal
    wanted = _definition(portal, given.subscription_id)
    known = next(known for one, known in _rows(portal, given.email_address) if one["id"] == wanted["id"])
    if known and bool(known.get("subscribed")) == subscribed:
        state = "subscribed to" if subscribed else "unsubscribed from"
        raise _refused(f"{given.email_address} is already {state} subscription {wanted['id']}")
    if subscribed and (known or status_of(portal, given.email_address)["unsubscribedFromAll"]):
        raise _refused(f"{given.email_address} has unsubscribed, and only the person can subscribe again")
    _change(portal, given.email_address, given, subscribed=subscribed)
    statuses = _status_v3(portal, given.email_address)["subscriptionStatuses"]
    return Response.of(next(one for one in statuses if one["id"] == wanted["id"]))


def list_definitions_v4(context: RequestContext) -> Response:
    """Return the types of subscriptions."""
    return completed(context, definitions(context.portal))


def _check_channel(context: RequestContext) -> None:
    """Refuse another channel than e-mail. Source: docs (the only one)."""
    if context.request.first("channel") != "EMAIL":
        raise _refused("channel must be EMAIL")


def _statuses_v4(portal: Portal, email: str) -> list[dict[str, Any]]:
    return [
        {
            "channel": "EMAIL",
            "subscriberIdString": email,
            "subscriptionId": int(one["id"]) if one["id"].isdecimal() else one["id"],
            "subscriptionName": one["name"],
            "status": NOT_SPECIFIED if not known else IN if known.get("subscribed") else OUT,
            "source": "API",
            "legalBasis": known.get("legalBasis"),
            "legalBasisExplanation": known.get("legalBasisExplanation"),
            "businessUnitId": 0,
            "timestamp": format_time(known.get("updatedAt", portal.clock.now_ms())),
        }
        for one, known in _rows(portal, email)
    ]


def read_statuses(context: RequestContext) -> Response:
    """Return the subscriptions of an address."""
    _check_channel(context)
    return completed(context, _statuses_v4(context.portal, _check_address(context.params["subscriber"])))


def _write(context: RequestContext, email: str, given: StatusChange) -> dict[str, Any]:
    if given.channel != "EMAIL" or given.status_state not in (IN, OUT, NOT_SPECIFIED):
        raise _refused(f"channel must be EMAIL and statusState one of {IN}, {OUT}, {NOT_SPECIFIED}")
    _change(context.portal, email, given, subscribed=given.status_state == IN)
    rows = _statuses_v4(context.portal, email)
    return next(one for one in rows if str(one["subscriptionId"]) == str(given.subscription_id))


def write_status(context: RequestContext) -> Response:
    """Change one subscription of an address."""
    email, given = _check_address(context.params["subscriber"]), read_body(context, StatusChange)
    return completed(context, [_write(context, email, given)])


def _all(portal: Portal, email: str) -> dict[str, Any]:
    known = status_of(portal, email)
    at = max((one["updatedAt"] for one in known["statuses"]), default=portal.clock.now_ms())
    return {
        "channel": "EMAIL",
        "subscriberIdString": email,
        "status": OUT if known["unsubscribedFromAll"] else NOT_SPECIFIED,
        "wideStatusType": "PORTAL_WIDE",
        "businessUnitId": 0,
        "timestamp": format_time(at),
    }


def read_all(context: RequestContext) -> Response:
    """Return whether an address has unsubscribed from everything."""
    _check_channel(context)
    return completed(context, [_all(context.portal, _check_address(context.params["subscriber"]))])


def leave_all(context: RequestContext) -> Response:
    """Unsubscribe an address from everything."""
    _check_channel(context)
    email = _check_address(context.params["subscriber"])
    change_status(context.portal, email, [], leaves_all=True)
    return completed(context, [_all(context.portal, email)])


def _addresses(context: RequestContext) -> list[str]:
    _check_channel(context)
    return [_check_address(email) for email in read_body(context, Addresses).inputs]


def _by_address(context: RequestContext, rows: Mapping[str, list[dict[str, Any]]]) -> Response:
    return completed(context, [{"subscriberIdString": email, "statuses": found} for email, found in rows.items()])


def batch_read(context: RequestContext) -> Response:
    """Return the subscriptions of many addresses."""
    return _by_address(context, {email: _statuses_v4(context.portal, email) for email in _addresses(context)})


def batch_write(context: RequestContext) -> Response:
    """Change subscriptions of many addresses, all of them or none."""
    inputs = read_body(context, StatusChanges).inputs
    with context.portal.db.transaction():
        for one in inputs:
            _definition(context.portal, one.subscription_id)
            _check_address(one.subscriber_id_string or "")
        return completed(context, [_write(context, one.subscriber_id_string or "", one) for one in inputs])


def batch_leave(context: RequestContext) -> Response:
    """Unsubscribe many addresses from everything."""
    emails = _addresses(context)
    for email in emails:
        change_status(context.portal, email, [], leaves_all=True)
    return _by_address(context, {email: [_all(context.portal, email)] for email in emails})


def batch_all(context: RequestContext) -> Response:
    """Return which of many addresses have unsubscribed from everything."""
    return _by_address(context, {email: [_all(context.portal, email)] for email in _addresses(context)})
