"""Webhooks of an account: turns its changes into the events that apps have subscribed to, and keeps them until sent."""

from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any

from fake_hubspot.portal.change_feed import INTEGRATION, PERSON, Change, LinkChange
from fake_hubspot.portal.deliveries import Attempt, Deliveries, Notification
from fake_hubspot.portal.portal_context import PortalContext
from fake_hubspot.portal.subscriptions import NOUNS, Subscription, Subscriptions, WebhookApp

__all__ = ["Webhooks"]

# Source: reader (payloads of 2022 to 2026 in public repositories).
FLAGS = {"creation": "CREATED", "deletion": "DELETED"}
SOURCE_IDS = {INTEGRATION: "1024738", PERSON: "userId:1"}
NOUN_OF = {type_id: noun.upper() for noun, type_id in NOUNS.items()}
LARGEST_EVENT_ID = 2**32


class Webhooks:
    """The webhooks of a portal.

    Args:
        context: The portal.
        seed: Makes ids of events and the spread of retries; they take nothing from the portal's own random source.
        on_work: Called when an event may have to be sent.

    Attributes:
        subscriptions: The apps and what they subscribed to.
        deliveries: The events on their way.
    """

    def __init__(self, context: PortalContext, *, seed: int, on_work: Callable[[], None]) -> None:
        self._context = context
        self._random = Random(f"webhooks {seed}")  # noqa: S311 - deterministic on purpose, no secret is drawn from it
        self._on_work = on_work
        self.deliveries = Deliveries(self._random)
        self.subscriptions = Subscriptions(context, on_change=self._on_subscriptions)
        self._listen()

    def _on_subscriptions(self) -> None:
        """Listen to the account only while somebody wants to know something, and forget what nobody wants now."""
        self._listen()
        self.deliveries.forget(lambda one: not self._is_wanted(one))
        self._on_work()

    def _is_wanted(self, notification: Notification) -> bool:
        """Return whether its subscription and its target still exist."""
        app = self.subscriptions.app(notification.app_id)
        subscription_id: int = notification.content["subscriptionId"]
        return (
            bool(app and app.target_url) and self.subscriptions.find(notification.app_id, subscription_id) is not None
        )

    def _listen(self) -> None:
        self._context.feed.listen("webhooks", self._on_changes if self.subscriptions.has_active() else None)

    def _on_changes(self, changes: list[Change]) -> None:
        is_creation_alone = self._context.assumptions["webhook-creation"] == "alone"
        for change in changes:
            if is_creation_alone and change.is_initial:
                continue
            for subscription in self.subscriptions.wanting(change.kind, change.type_id, change.name):
                app = self.subscriptions.app(subscription.app_id)
                if app is not None and app.target_url and (told := _details(change, subscription)) is not None:
                    content = self._common(change, subscription) | told
                    self.deliveries.add(app, content, now_ms=self._context.clock.now_ms())
        self._on_work()

    def tell(self, change: Change) -> None:
        """Tell a change of what this account does not keep, such as a conversation."""
        self._on_changes([change])

    def _common(self, change: Change, subscription: Subscription) -> dict[str, Any]:
        return {
            "eventId": self._random.randrange(1, LARGEST_EVENT_ID),
            "subscriptionId": subscription.id,
            "portalId": self._context.portal_id,
            "appId": subscription.app_id,
            "occurredAt": change.at_ms,
            "subscriptionType": subscription.event_type,
        }

    def take_due(self) -> Iterator[tuple[WebhookApp, Attempt]]:
        """Yield the requests that have to be sent now."""
        now = self._context.clock.now_ms()
        for app in self.subscriptions.apps:
            for attempt in self.deliveries.take_due(app, now_ms=now):
                yield app, attempt

    def settle(self, attempt: Attempt, **result: Any) -> None:
        """Note how a request ended; see `Deliveries.settle`. What nobody wants any more is not sent again."""
        if result.get("problem"):
            attempt.notifications = [one for one in attempt.notifications if self._is_wanted(one)]
        self.deliveries.settle(attempt, now_ms=self._context.clock.now_ms(), **result)
        self._on_work()

    def next_due_in_ms(self) -> int | None:
        """Return how long it takes until the next event is due, None if none waits or the clock stands."""
        due_ms = self.deliveries.next_due_ms()
        if due_ms is None or self._context.clock.is_frozen:
            return None
        return max(due_ms - self._context.clock.now_ms(), 0)

    def is_settled(self) -> bool:
        """Return whether nothing is under way and nothing is due."""
        return self.deliveries.is_settled(self._context.clock.now_ms())

    def hurry(self) -> int:
        """Send everything that waits for a later time now, and return how many events that are."""
        waiting = self.deliveries.hurry(now_ms=self._context.clock.now_ms())
        self._on_work()
        return waiting


def _details(change: Change, subscription: Subscription) -> dict[str, Any] | None:
    """Return what an event tells of a change; None if this kind of subscription does not tell it.

    Source: docs (webhooks v3, generic subscriptions 2025, changelog 2023 of merge, restore and association change) for
    the names; reader (payloads in public repositories) for the order; that `objectId` of a merge is the primary's, and
    what a merge and a restore have as `changeFlag`, is assumed.
    """
    who = _who(change)
    if change.link is not None:
        return _link_details(change, change.link, subscription, who)
    told: dict[str, Any] = {"objectId": change.record_id}
    if subscription.is_generic:
        told["objectTypeId"] = change.type_id
    if change.kind == "propertyChange":
        told |= {"propertyName": change.name, "propertyValue": change.value}
    if (flag := FLAGS.get(change.kind)) is not None:
        told["changeFlag"] = flag
    if change.message is not None:
        told |= {"messageId": change.message[0], "messageType": change.message[1]}
    if change.merge is not None:
        told |= {
            "primaryObjectId": change.record_id,
            "mergedObjectIds": list(change.merge.merged_ids),
            "newObjectId": change.merge.new_id,
            "numberOfPropertiesMoved": change.merge.moved,
        }
    return told | who


def _link_details(
    change: Change, link: LinkChange, subscription: Subscription, who: Mapping[str, str]
) -> dict[str, Any] | None:
    ends = {"fromObjectId": change.record_id, "toObjectId": link.to_id}
    fate = {"associationRemoved": link.is_removed, "isPrimaryAssociation": link.is_primary}
    if subscription.is_generic:
        kinds = {
            "fromObjectTypeId": change.type_id,
            "toObjectTypeId": link.to_type,
            "associationCategory": link.category,
            "associationTypeId": link.type_id,
        }
        return {**ends, **kinds, **fate, **who}
    if link.to_type not in NOUN_OF:
        return None
    name = f"{NOUN_OF[change.type_id]}_TO_{NOUN_OF[link.to_type]}"
    return {"associationType": name, **ends, **fate, **who}


def _who(change: Change) -> dict[str, str]:
    source_id = SOURCE_IDS.get(change.source)
    return {"changeSource": change.source} | ({"sourceId": source_id} if source_id else {})
