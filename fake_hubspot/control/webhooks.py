"""The webhooks of a portal: the apps with their settings and subscriptions, what was sent, and waiting for it."""

import time
from typing import Any, Literal, NotRequired, TypedDict

import msgspec

from bench_core.control.bodies import read_body
from bench_core.masking import MASK
from bench_core.names import no_such
from bench_core.wire import ConnectionGoneError
from fake_hubspot.context import Body, Message, Operation, Param, RequestContext, Response, Route, control_route
from fake_hubspot.crm.webhooks import NewSubscription, subscribe
from fake_hubspot.errors import NotFoundError, UsageError
from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.portal.change_feed import PERSON, Change
from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.decimal_id import LARGEST_EXACT_ID, parse_id
from fake_hubspot.portal.deliveries import KEPT_ATTEMPTS, Attempt
from fake_hubspot.portal.subscriptions import (
    CONVERSATION,
    CONVERSATION_KINDS,
    CONVERSATION_PROPERTIES,
    Disturbance,
    Subscription,
    WebhookApp,
)
from fake_hubspot.portal.webhooks import Webhooks

__all__ = ["routes"]

LONGEST_WAIT_S = 25.0
LOOK_EVERY_S = 0.01


class SubscriptionBody(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What to subscribe to; on unless it says otherwise."""

    event_type: str
    active: bool = True
    property_name: str | None = None
    object_type_id: str | None = None


class AppBody(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The settings of an app; what is left out stays as it is. `subscriptions` are added to the known ones."""

    target_url: str | None = None
    secret: str | None = None
    max_concurrent_requests: int | None = None
    signatures: list[str] | None = None
    timeout_ms: int | None = None
    faults: Disturbance | None = None
    subscriptions: list[SubscriptionBody] = []


class ConversationBody(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What happened to a conversation, which the fake does not keep.

    Attributes:
        event: The type of the event without `conversation.`.
        object_id: The id of the thread.
        property_name: Of a `propertyChange`: what changed.
        property_value: Of a `propertyChange`: its new value.
        message_id: Of a `newMessage`: its id.
        message_type: Of a `newMessage`: `MESSAGE` or `COMMENT`.
    """

    event: str
    object_id: int
    property_name: str | None = None
    property_value: str = ""
    message_id: str = ""
    message_type: Literal["MESSAGE", "COMMENT"] = "MESSAGE"


class WaitBody(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What to wait for: that many events delivered since the last reset; without it, that nothing is due.

    Units: `timeout_ms` milliseconds.
    """

    delivered: int | None = None
    timeout_ms: int = 10_000


class SubscriptionRow(TypedDict):
    """One subscription of an app."""

    id: int
    eventType: str
    active: bool
    propertyName: NotRequired[str]
    objectTypeId: NotRequired[str]


class AppResponse(TypedDict):
    """The settings of an app; its secret is masked."""

    appId: int
    targetUrl: str | None
    secret: str
    maxConcurrentRequests: int
    signatures: list[str]
    timeoutMs: int
    faults: Disturbance
    subscriptions: list[SubscriptionRow]


class WebhookState(TypedDict):
    """The apps of the portal, and how many events have arrived, wait or were given up."""

    apps: list[AppResponse]
    delivered: int
    waiting: int
    underWay: int
    gaveUp: int
    nextDue: str | None


class AttemptRow(TypedDict):
    """One request to a receiver; `events` are what was sent."""

    number: int
    appId: int
    targetUrl: str | None
    at: str
    outcome: str
    status: int
    problem: str
    answer: str
    tookMs: float
    count: int
    attemptNumbers: list[int]
    next: str | None
    gaveUp: int
    events: list[dict[str, Any]]


class AttemptList(TypedDict):
    """The last requests to receivers, oldest first."""

    deliveries: list[AttemptRow]


class WaitResponse(TypedDict):
    """Whether what was waited for has happened, and the counts."""

    met: bool
    delivered: int
    waiting: int
    underWay: int
    gaveUp: int
    nextDue: str | None


class Hurried(TypedDict):
    """How many events are sent now."""

    hurried: int


def routes() -> list[Route]:
    """Return the routes under `/_fake/webhooks`."""
    root, app = "/_fake/webhooks", "/_fake/webhooks/apps/{appId}"
    limit = Param("limit", "integer", "Only the last ones.")
    reading, setting = Operation(response=WebhookState), Operation(body=AppBody, response=AppResponse)
    listing = Operation((limit, Param("app", "integer", "Only those of this app.")), response=AttemptList)
    waiting, gone = Operation(body=WaitBody, response=WaitResponse), Operation(statuses=(204,))
    hurrying = Operation(response=Hurried)
    route = control_route
    return [
        route("webhooks.read", "GET", root, read, summary="Read the webhooks", operation=reading),
        route("webhooks.set", "PUT", app, set_app, summary="Set the webhooks of an app", operation=setting),
        route("webhooks.drop", "DELETE", app, drop_app, summary="Remove the webhooks of an app", operation=gone),
        route("webhooks.deliveries", "GET", f"{root}/deliveries", deliveries, operation=listing),
        route(
            "webhooks.conversation",
            "POST",
            f"{root}/conversations",
            tell_conversation,
            summary="Tell what happened to a conversation",
            operation=Operation(body=ConversationBody, response=WebhookState),
        ),
        route("webhooks.retry", "POST", f"{root}/retry", retry, summary="Send what waits now", operation=hurrying),
        route("webhooks.wait", "POST", f"{root}/wait", wait, operation=waiting, streams=True),
    ]


def _app_id(context: RequestContext) -> int:
    app_id = parse_id(context.params["appId"], largest=LARGEST_EXACT_ID)
    if not app_id:
        raise UsageError(f"expected the id of an app, a whole number from 1, got {context.params['appId'][:40]!r}")
    return app_id


def read(context: RequestContext) -> Response:
    """Return the apps with their settings and subscriptions, and the counts.

    Shape: `{apps: [...], delivered, waiting, underWay, gaveUp, nextDue}`.
    """
    webhooks = context.portal.webhooks
    return Response.of({"apps": [_app(webhooks, one) for one in webhooks.subscriptions.apps], **_counts(webhooks)})


def _counts(webhooks: Webhooks) -> dict[str, Any]:
    sent = webhooks.deliveries
    due_ms = sent.next_due_ms()
    return {
        "delivered": sent.delivered,
        "waiting": sent.waiting,
        "underWay": sent.under_way,
        "gaveUp": sent.gave_up,
        "nextDue": None if due_ms is None else format_time(due_ms),
    }


def _app(webhooks: Webhooks, app: WebhookApp) -> AppResponse:
    return {
        "appId": app.app_id,
        "targetUrl": app.target_url,
        "secret": MASK,
        "maxConcurrentRequests": app.max_concurrent,
        "signatures": list(app.signatures),
        "timeoutMs": app.timeout_ms,
        "faults": app.disturbance,
        "subscriptions": [_subscription(one) for one in webhooks.subscriptions.of_app(app.app_id)],
    }


def _subscription(one: Subscription) -> SubscriptionRow:
    row: SubscriptionRow = {"id": one.id, "eventType": one.event_type, "active": one.active}
    if one.property_name is not None:
        row["propertyName"] = one.property_name
    if one.object_type_id is not None:
        row["objectTypeId"] = one.object_type_id
    return row


def set_app(context: RequestContext) -> Response:
    """Set where an app's events are sent, how they are signed and what goes wrong, and subscribe it.

    Shape: `{targetUrl, secret, maxConcurrentRequests, signatures, timeoutMs, faults, subscriptions}` in, each optional.
    """
    app_id, wanted, portal = _app_id(context), read_body(context, AppBody), context.portal
    subscriptions = portal.webhooks.subscriptions
    if wanted.target_url is not None:
        context.tenant.targets.check(wanted.target_url)
    given = {
        "target_url": wanted.target_url,
        "secret": wanted.secret,
        "max_concurrent": wanted.max_concurrent_requests,
        "signatures": None if wanted.signatures is None else tuple(wanted.signatures),
        "timeout_ms": wanted.timeout_ms,
        "disturbance": wanted.faults,
    }
    known = subscriptions.app(app_id) or WebhookApp(app_id=app_id)
    changed = msgspec.structs.replace(known, **{name: value for name, value in given.items() if value is not None})
    try:
        with portal.db.transaction():
            made = subscriptions.put_app(changed)
            for one in wanted.subscriptions:
                _subscribe(context, app_id, one)
    except UsageError:
        subscriptions.reload()
        raise
    return Response.of(_app(portal.webhooks, made))


def _subscribe(context: RequestContext, app_id: int, wanted: SubscriptionBody) -> None:
    try:
        subscribe(context, app_id, NewSubscription(**msgspec.structs.asdict(wanted)))
    except HubSpotError as error:
        raise UsageError(error.message) from error


def drop_app(context: RequestContext) -> Response:
    """Remove an app with its subscriptions; its events that wait are not sent any more. Answers 204."""
    app_id = _app_id(context)
    if not context.portal.webhooks.subscriptions.drop_app(app_id):
        raise NotFoundError(f"there are no webhooks of an app {app_id}")
    return Response.empty()


def deliveries(context: RequestContext) -> Response:
    """Return the last requests to receivers with their events, oldest first.

    Shape: `{deliveries: [{number, appId, outcome, status, problem, count, attemptNumbers, next, events, ...}]}`.
    """
    asked = context.request
    limit = parse_id(asked.first("limit") or "", largest=KEPT_ATTEMPTS)
    app_id = asked.first("app")
    attempts = [
        one for one in context.portal.webhooks.deliveries.attempts if app_id is None or str(one.app.app_id) == app_id
    ]
    return Response.of({"deliveries": [_attempt(one) for one in (attempts if limit is None else attempts[-limit:])]})


def _attempt(one: Attempt) -> AttemptRow:
    return {
        "number": one.number,
        "appId": one.app.app_id,
        "targetUrl": one.app.target_url,
        "at": format_time(one.at_ms),
        "outcome": one.outcome,
        "status": one.status,
        "problem": one.problem,
        "answer": one.answer,
        "tookMs": one.took_us / 1000,
        "count": one.count,
        "attemptNumbers": sorted({event["attemptNumber"] for event in one.events}),
        "next": None if one.next_ms is None else format_time(one.next_ms),
        "gaveUp": one.gave_up,
        "events": one.events,
    }


def tell_conversation(context: RequestContext) -> Response:
    """Tell the apps that subscribed to it what happened to a conversation. The fake keeps no conversations.

    Shape: `{event, objectId, propertyName, propertyValue, messageId, messageType}` in.
    """
    wanted, portal = read_body(context, ConversationBody), context.portal
    if wanted.event not in CONVERSATION_KINDS:
        raise UsageError(no_such("event of a conversation", wanted.event, CONVERSATION_KINDS))
    if (wanted.event == "propertyChange") != (wanted.property_name in CONVERSATION_PROPERTIES):
        names = ", ".join(CONVERSATION_PROPERTIES)
        raise UsageError(f"expected propertyName for propertyChange alone, one of {names}; got {wanted.property_name}")
    message = (wanted.message_id or portal.resources.new_uuid(), wanted.message_type)
    change = Change(
        wanted.event,
        CONVERSATION,
        wanted.object_id,
        portal.clock.now_ms(),
        PERSON,
        wanted.property_name or "",
        wanted.property_value,
        message=message if wanted.event == "newMessage" else None,
    )
    portal.webhooks.tell(change)
    return read(context)


def retry(context: RequestContext) -> Response:
    """Send what waits for a later time now, as if the time had come. The clock stays.

    Shape: `{hurried}`.
    """
    return Response.of({"hurried": context.portal.webhooks.hurry()})


def wait(context: RequestContext) -> Response:
    """Answer once so many events were delivered, or once nothing is due; after the time-out in any case.

    Shape: `{delivered, timeoutMs}` in, `{met, delivered, waiting, underWay, gaveUp, nextDue}` out.
    """
    wanted = read_body(context, WaitBody)
    if not 0 <= wanted.timeout_ms <= LONGEST_WAIT_S * 1000:
        raise UsageError(f"expected timeoutMs from 0 to {LONGEST_WAIT_S * 1000:.0f}, got {wanted.timeout_ms}")
    wire = context.wire
    now = _waited(context, wanted)
    if wire is None or _is_met(context, wanted):
        return now

    async def send(message: Message) -> None:
        wire.take()
        ends = time.monotonic() + wanted.timeout_ms / 1000
        try:
            while not _is_met(context, wanted) and time.monotonic() < ends:
                await wire.pause(LOOK_EVERY_S)
        except ConnectionGoneError:
            wire.drop()
            return
        body = _waited(context, wanted).body.raw
        headers = [(name, value) for name, value in message.headers if name != b"content-length"]
        await wire.respond(message.status, [*headers, (b"content-length", b"%d" % len(body))], body)

    return Response(200, Body(b"{}"), sending=send)


def _is_met(context: RequestContext, wanted: WaitBody) -> bool:
    webhooks = context.portal.webhooks
    if wanted.delivered is None:
        return webhooks.is_settled()
    return webhooks.deliveries.delivered >= wanted.delivered


def _waited(context: RequestContext, wanted: WaitBody) -> Response:
    return Response.of({"met": _is_met(context, wanted), **_counts(context.portal.webhooks)})
