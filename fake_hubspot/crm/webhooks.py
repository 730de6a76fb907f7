"""The webhooks of an app: where its events are sent, and to which types of event it subscribes."""

from functools import partial
from typing import NotRequired, TypedDict

import msgspec

from bench_core.targets import TargetError
from fake_hubspot.context import ANY_SCOPE, Operation, RateClass, RequestContext, Response, Route
from fake_hubspot.crm.batches import batch_response, batch_statuses, check_size, missing_objects
from fake_hubspot.crm.bodies import read_body
from fake_hubspot.crm.parameters import resource_not_found
from fake_hubspot.crm.versions import PATHS
from fake_hubspot.http_errors import HubSpotError, credentials_not_found
from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.decimal_id import LARGEST_EXACT_ID, parse_id
from fake_hubspot.portal.subscriptions import CONVERSATION_PROPERTIES, EVENT_TYPES, Subscription, WebhookApp

__all__ = ["routes", "subscribe"]

MAX_SUBSCRIPTIONS = 1000
# Source: docs ("a number greater than five").
LEAST_CONCURRENCY = 6
# Source: the types of events in HubSpot's official clients 12.0, and docs for the properties of conversations.
CONVERSATIONS = "conversation."


class Throttling(msgspec.Struct, frozen=True, rename="camel"):
    """How many requests may be under way; `period` is of earlier versions and means nothing."""

    max_concurrent_requests: int
    period: str | None = None


class SettingsChange(msgspec.Struct, frozen=True, rename="camel"):
    """Where events are sent."""

    target_url: str
    throttling: Throttling


class NewSubscription(msgspec.Struct, frozen=True, rename="camel"):
    """What to subscribe to."""

    event_type: str
    active: bool = False
    property_name: str | None = None
    object_type_id: str | None = None


class SubscriptionSwitch(msgspec.Struct, frozen=True, rename="camel"):
    """Whether a subscription is on."""

    active: bool | None = None


class BatchSwitch(msgspec.Struct, frozen=True):
    """One subscription of a batch."""

    id: int
    active: bool


class BatchBody(msgspec.Struct, frozen=True):
    """The subscriptions to switch on or off."""

    inputs: list[BatchSwitch]


class ThrottlingResponse(TypedDict):
    """How many requests may be under way."""

    maxConcurrentRequests: int


class SettingsResponse(TypedDict):
    """Where events are sent."""

    targetUrl: str
    throttling: ThrottlingResponse
    createdAt: str
    updatedAt: str


class SubscriptionResponse(TypedDict):
    """One subscription."""

    id: str
    createdAt: str
    updatedAt: str
    eventType: str
    propertyName: NotRequired[str]
    objectTypeId: NotRequired[str]
    active: bool


class SubscriptionList(TypedDict):
    """The subscriptions of an app."""

    results: list[SubscriptionResponse]


class SubscriptionBatch(TypedDict):
    """The subscriptions that a batch changed."""

    status: str
    results: list[SubscriptionResponse]
    startedAt: str
    completedAt: str


def routes() -> list[Route]:
    """Return the routes of this family."""
    route = partial(Route, scope=ANY_SCOPE, rate_class=RateClass.GENERAL)
    found = []
    for prefix in PATHS["webhooks"]:
        settings, many = f"{prefix}/{{appId}}/settings", f"{prefix}/{{appId}}/subscriptions"
        one, batch = f"{many}/{{subscriptionId}}", f"{many}/batch/update"
        target = Operation(response=SettingsResponse)
        setting = Operation(body=SettingsChange, response=SettingsResponse)
        gone = Operation(statuses=(204,))
        making = Operation(body=NewSubscription, response=SubscriptionResponse, statuses=(201,))
        reading = Operation(response=SubscriptionResponse)
        switching = Operation(body=SubscriptionSwitch, response=SubscriptionResponse)
        batching = Operation(body=BatchBody, response=SubscriptionBatch, statuses=batch_statuses(batch))
        listing = Operation(response=SubscriptionList)
        found += [
            route("webhooks.settings", "GET", settings, read_settings, summary="Read the target", operation=target),
            route("webhooks.configure", "PUT", settings, set_settings, summary="Set the target", operation=setting),
            route("webhooks.clear", "DELETE", settings, clear_settings, summary="Forget the target", operation=gone),
            route("webhooks.list", "GET", many, list_subscriptions, summary="List subscriptions", operation=listing),
            route("webhooks.subscribe", "POST", many, create, summary="Subscribe to events", operation=making),
            route("webhooks.batch", "POST", batch, switch_batch, summary="Switch subscriptions", operation=batching),
            route("webhooks.read", "GET", one, read, summary="Read a subscription", operation=reading),
            route("webhooks.switch", "PATCH", one, switch, summary="Switch a subscription", operation=switching),
            route("webhooks.unsubscribe", "DELETE", one, unsubscribe, summary="End a subscription", operation=gone),
        ]
    return found


def _app_id(context: RequestContext) -> int:
    """Return the id of the app in the path.

    Raises:
        HubSpotError: 401 for the token of an installed app, 404 for what is no id.

    Source: docs and a request of 2026 (an OAuth token is refused); that any id is an app of the account is assumed.
    """
    if context.token is not None and context.token.kind == "oauth":
        raise credentials_not_found()
    app_id = parse_id(context.params["appId"], largest=LARGEST_EXACT_ID)
    if not app_id:
        raise resource_not_found()
    return app_id


def _settings_wire(app: WebhookApp) -> SettingsResponse:
    return {
        "targetUrl": app.target_url or "",
        "throttling": {"maxConcurrentRequests": app.max_concurrent},
        "createdAt": format_time(app.created_ms),
        "updatedAt": format_time(app.updated_ms),
    }


def _wire(one: Subscription) -> SubscriptionResponse:
    """Render one subscription.

    Source: docs (the OpenAPI document of v3).
    """
    found: SubscriptionResponse = {
        "id": str(one.id),
        "createdAt": format_time(one.created_ms),
        "updatedAt": format_time(one.updated_ms),
        "eventType": one.event_type,
        "active": one.active,
    }
    if one.property_name is not None:
        found["propertyName"] = one.property_name
    if one.object_type_id is not None:
        found["objectTypeId"] = one.object_type_id
    return found


def read_settings(context: RequestContext) -> Response:
    """Return where events are sent; 404 if nobody has said.

    Source: docs; 404: assumed.
    """
    app = context.portal.webhooks.subscriptions.app(_app_id(context))
    if app is None or not app.target_url:
        raise resource_not_found()
    return Response.of(_settings_wire(app))


def set_settings(context: RequestContext) -> Response:
    """Set where events are sent. The texts of the errors are assumed.

    Source: docs (more than five concurrent requests).
    """
    app_id, wanted = _app_id(context), read_body(context, SettingsChange)
    try:
        context.tenant.targets.check(wanted.target_url)
    except TargetError as error:
        raise HubSpotError(400, f"Invalid targetUrl: {error}", category="VALIDATION_ERROR") from error
    most = wanted.throttling.max_concurrent_requests
    if not LEAST_CONCURRENCY <= most <= 1000:
        text = f"maxConcurrentRequests must be a number greater than five and at most 1000, not {most}"
        raise HubSpotError(400, text, category="VALIDATION_ERROR")
    subscriptions = context.portal.webhooks.subscriptions
    known = subscriptions.app(app_id) or WebhookApp(app_id=app_id)
    changed = msgspec.structs.replace(known, target_url=wanted.target_url, max_concurrent=most)
    return Response.of(_settings_wire(subscriptions.put_app(changed)))


def clear_settings(context: RequestContext) -> Response:
    """Forget where events are sent; no event is sent until there is a new target. Subscriptions stay.

    Source: docs.
    """
    subscriptions = context.portal.webhooks.subscriptions
    app = subscriptions.app(_app_id(context))
    if app is not None:
        subscriptions.put_app(msgspec.structs.replace(app, target_url=None))
    return Response.empty()


def list_subscriptions(context: RequestContext) -> Response:
    """Return every subscription of the app; this list has no pages.

    Source: docs.
    """
    found = context.portal.webhooks.subscriptions.of_app(_app_id(context))
    return Response.of({"results": [_wire(one) for one in found]})


def create(context: RequestContext) -> Response:
    """Subscribe to a type of event; without `active` the subscription is off. An equal one is returned.

    Source: docs; that an equal one is returned, and does not fail: assumed.
    """
    return Response.of(_wire(subscribe(context, _app_id(context), read_body(context, NewSubscription))), status=201)


def subscribe(context: RequestContext, app_id: int, wanted: NewSubscription) -> Subscription:
    """Subscribe an app to a type of event.

    Raises:
        HubSpotError: 400 for what there is not, or too many.

    Source: docs (1,000 subscriptions, with the message); the other texts are assumed.
    """
    portal = context.portal
    kind = wanted.event_type.partition(".")[2]
    if wanted.event_type not in EVENT_TYPES:
        raise _invalid(f"{wanted.event_type[:60]!r} is not a type of event")
    if (kind == "propertyChange") != bool(wanted.property_name):
        raise _invalid("propertyName is required for propertyChange, and for no other type of event")
    if wanted.event_type.startswith(CONVERSATIONS) and wanted.property_name not in (None, *CONVERSATION_PROPERTIES):
        raise _invalid(f"propertyName of a conversation is one of {', '.join(CONVERSATION_PROPERTIES)}")
    object_type_id = None
    if wanted.event_type.startswith("object."):
        object_type = portal.types.find(wanted.object_type_id or "")
        if object_type is None:
            raise _invalid("objectTypeId must name an object type, for instance 0-1, for the type of event object.*")
        object_type_id = object_type.type_id
    subscriptions = portal.webhooks.subscriptions
    if len(subscriptions.of_app(app_id)) >= MAX_SUBSCRIPTIONS:
        raise HubSpotError(
            400,
            "Couldn't create another subscription. You've reached the maximum number allowed per application "
            f"({MAX_SUBSCRIPTIONS}).",
        )
    return subscriptions.add(
        app_id,
        wanted.event_type,
        object_type_id=object_type_id,
        property_name=wanted.property_name,
        active=wanted.active,
    )


def _invalid(text: str) -> HubSpotError:
    return HubSpotError(400, text, category="VALIDATION_ERROR")


def _found(context: RequestContext) -> Subscription:
    found = context.portal.webhooks.subscriptions.find(
        _app_id(context), parse_id(context.params["subscriptionId"], largest=LARGEST_EXACT_ID)
    )
    if found is None:
        raise resource_not_found()
    return found


def read(context: RequestContext) -> Response:
    """Return one subscription."""
    return Response.of(_wire(_found(context)))


def switch(context: RequestContext) -> Response:
    """Switch one subscription on or off; nothing else of it can be changed.

    Source: docs.
    """
    found, wanted = _found(context), read_body(context, SubscriptionSwitch)
    if wanted.active is None:
        return Response.of(_wire(found))
    return Response.of(_wire(context.portal.webhooks.subscriptions.switch(found, active=wanted.active)))


def unsubscribe(context: RequestContext) -> Response:
    """End a subscription; its events that wait are not sent any more.

    Source: docs; the events that wait: assumed.
    """
    context.portal.webhooks.subscriptions.drop(_found(context))
    return Response.empty()


def switch_batch(context: RequestContext) -> Response:
    """Switch subscriptions on or off; those that do not exist are errors of the batch.

    Source: docs; the errors are assumed.
    """
    app_id, wanted = _app_id(context), read_body(context, BatchBody)
    check_size(len(wanted.inputs))
    subscriptions = context.portal.webhooks.subscriptions
    results, missing = [], []
    for each in wanted.inputs:
        found = subscriptions.find(app_id, each.id)
        if found is None:
            missing.append(str(each.id))
        else:
            results.append(_wire(subscriptions.switch(found, active=each.active)))
    errors = [missing_objects("subscription", missing)] if missing else []
    return batch_response(context, results, errors)
