"""The apps that want to know what happens in an account: where their webhooks go, and their subscriptions."""

from collections.abc import Callable, Iterable

import msgspec

from fake_hubspot.errors import UsageError
from fake_hubspot.portal.decimal_id import LARGEST_EXACT_ID
from fake_hubspot.portal.durations import DAY_MS
from fake_hubspot.portal.key_value_store import KeyValueStore
from fake_hubspot.portal.portal_context import PortalContext
from fake_hubspot.portal.signatures import SIGNATURES

__all__ = [
    "CONVERSATION",
    "CONVERSATION_KINDS",
    "CONVERSATION_PROPERTIES",
    "DEFAULT_CONCURRENCY",
    "DEFAULT_SECRET",
    "EVENT_TYPES",
    "NOUNS",
    "Disturbance",
    "Subscription",
    "Subscriptions",
    "WebhookApp",
]

# The client secret of an app whose settings were made through HubSpot's API, which has no field for it.
DEFAULT_SECRET = "fake-hubspot-client-secret"  # noqa: S105 - public on purpose
DEFAULT_CONCURRENCY = 10
TIMEOUT_MS = 5000
MAX_TIMEOUT_MS = 60_000
MAX_CONCURRENCY = 1000
MAX_DELAY_MS = 30 * DAY_MS
# Source: docs (the OpenAPI document of webhooks v3; types of events in the official clients 12.0).
NOUNS = {"contact": "0-1", "company": "0-2", "deal": "0-3", "ticket": "0-5", "product": "0-7", "line_item": "0-8"}
# Conversations are no records here; the control API tells what happens to them. Source: docs (webhooks).
CONVERSATION = "0-11"
CONVERSATION_KINDS = ("creation", "deletion", "privacyDeletion", "newMessage", "propertyChange")
CONVERSATION_PROPERTIES = ("assignedTo", "status", "isArchived")
KINDS = ("propertyChange", "creation", "deletion", "merge", "restore", "associationChange")
EVENT_TYPES = frozenset(
    {
        *(f"{noun}.{kind}" for noun in (*NOUNS, "object") for kind in KINDS),
        "contact.privacyDeletion",
        *(f"conversation.{kind}" for kind in CONVERSATION_KINDS),
    }
    - {"product.associationChange"}
)


class Disturbance(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """What goes wrong on purpose between the account and the receiver.

    Attributes:
        disorder: Events are sent in another order than they happened.
        duplicates: Every event is sent this many times more, with the same `eventId`.
        delay_ms: The portal's time that passes until an event is sent.
        wrong_signature: Requests are signed with another secret.
        stale_timestamp: Requests say that they were sent ten minutes ago, with a signature that fits.

    Units: `delay_ms` milliseconds.
    """

    disorder: bool = False
    duplicates: int = 0
    delay_ms: int = 0
    wrong_signature: bool = False
    stale_timestamp: bool = False

    def check(self) -> None:
        """Check the numbers.

        Raises:
            UsageError: One is out of range.
        """
        _check_range("duplicates", self.duplicates, 0, 10)
        _check_range("delayMs", self.delay_ms, 0, MAX_DELAY_MS)


class WebhookApp(msgspec.Struct, frozen=True, kw_only=True):
    """An app with the settings of its webhooks.

    Attributes:
        target_url: Where events are sent; None until somebody has set it.
        secret: The client secret, with which requests are signed.
        signatures: The versions with which a request is signed.
        timeout_ms: How long the receiver may take.

    Units: `_ms` milliseconds; times since 1970.
    """

    app_id: int
    target_url: str | None = None
    secret: str = DEFAULT_SECRET
    max_concurrent: int = DEFAULT_CONCURRENCY
    signatures: tuple[str, ...] = ("v1", "v3")
    timeout_ms: int = TIMEOUT_MS
    disturbance: Disturbance = Disturbance()
    created_ms: int = 0
    updated_ms: int = 0

    def check(self) -> None:
        """Check the settings.

        Raises:
            UsageError: One cannot be used.
        """
        _check_range("the id of an app", self.app_id, 1, LARGEST_EXACT_ID)
        if not self.secret.strip():
            raise UsageError("expected a client secret, got an empty text; nobody could tell who signed with it")
        _check_range("maxConcurrentRequests", self.max_concurrent, 1, MAX_CONCURRENCY)
        _check_range("timeoutMs", self.timeout_ms, 1, MAX_TIMEOUT_MS)
        unknown = [one for one in self.signatures if one not in SIGNATURES]
        if unknown or {"v1", "v2"} <= set(self.signatures):
            raise UsageError(
                f"expected some of {', '.join(SIGNATURES)}, of v1 and v2 at most one because they share a header; "
                f"got {', '.join(self.signatures)}"
            )
        self.disturbance.check()


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """A type of event that an app wants to know about.

    Attributes:
        event_type: For instance `contact.propertyChange`.
        object_type_id: For `object.*`: the type of the records.
        property_name: For `*.propertyChange`: the property.

    Units: milliseconds since 1970.
    """

    id: int
    app_id: int
    event_type: str
    object_type_id: str | None = None
    property_name: str | None = None
    active: bool = False
    created_ms: int = 0
    updated_ms: int = 0

    @property
    def type_id(self) -> str:
        """The type of the records whose events count."""
        noun = self.event_type.partition(".")[0]
        return self.object_type_id or (CONVERSATION if noun == "conversation" else NOUNS.get(noun, ""))

    @property
    def is_generic(self) -> bool:
        """Whether the events name the type of object instead of their type's name."""
        return self.event_type.startswith("object.")


class Subscriptions:
    """The apps and subscriptions of a portal.

    Args:
        context: The portal.
        on_change: Called after each change.
    """

    def __init__(self, context: PortalContext, *, on_change: Callable[[], None]) -> None:
        self._clock = context.clock
        self._on_change = on_change
        self.apps = KeyValueStore(context.db, "webhook_apps", WebhookApp, on_change=lambda: None)
        self.subscriptions = KeyValueStore(context.db, "webhook_subscriptions", Subscription, on_change=lambda: None)
        self._active: dict[tuple[str, str, str], list[Subscription]] = {}
        self._secrets: tuple[str, ...] = ()
        self._secrets_version: int | None = None
        self._index()

    def reload(self) -> None:
        """Look at what there is, after a change was taken back."""
        self._changed()

    def app(self, app_id: int) -> WebhookApp | None:
        """Return an app, None if nobody has set anything for it."""
        return self.apps.get(str(app_id))

    def put_app(self, app: WebhookApp) -> WebhookApp:
        """Store the settings of an app, now.

        Raises:
            UsageError: A setting cannot be used.
        """
        app.check()
        now, known = self._clock.now_ms(), self.app(app.app_id)
        dated = msgspec.structs.replace(app, created_ms=known.created_ms if known else now, updated_ms=now)
        self.apps.put(str(app.app_id), dated)
        self._changed()
        return dated

    def drop_app(self, app_id: int) -> bool:
        """Remove an app with its subscriptions, and return whether it existed."""
        existed = self.apps.drop(str(app_id)) is not None
        for one in self.of_app(app_id):
            self.subscriptions.drop(str(one.id))
        self._changed()
        return existed

    def of_app(self, app_id: int) -> list[Subscription]:
        """Return the subscriptions of an app, oldest first."""
        return [one for one in self.subscriptions if one.app_id == app_id]

    def find(self, app_id: int, subscription_id: int | None) -> Subscription | None:
        """Return a subscription of an app."""
        found = self.subscriptions.get(str(subscription_id))
        return found if found is not None and found.app_id == app_id else None

    def add(
        self,
        app_id: int,
        event_type: str,
        *,
        object_type_id: str | None = None,
        property_name: str | None = None,
        active: bool = False,
    ) -> Subscription:
        """Subscribe an app to a type of event; an equal subscription is returned instead."""
        wanted = (app_id, event_type, object_type_id, property_name)
        for one in self.subscriptions:
            if (one.app_id, one.event_type, one.object_type_id, one.property_name) == wanted:
                return one if one.active == active else self.switch(one, active=active)
        now = self._clock.now_ms()
        made = Subscription(
            id=max((one.id for one in self.subscriptions), default=0) + 1,
            app_id=app_id,
            event_type=event_type,
            object_type_id=object_type_id,
            property_name=property_name,
            active=active,
            created_ms=now,
            updated_ms=now,
        )
        self.subscriptions.put(str(made.id), made)
        self._changed()
        return made

    def switch(self, subscription: Subscription, *, active: bool) -> Subscription:
        """Switch a subscription on or off."""
        changed = msgspec.structs.replace(subscription, active=active, updated_ms=self._clock.now_ms())
        self.subscriptions.put(str(changed.id), changed)
        self._changed()
        return changed

    def drop(self, subscription: Subscription) -> None:
        """End a subscription."""
        self.subscriptions.drop(str(subscription.id))
        self._changed()

    def has_active(self) -> bool:
        """Return whether anybody wants to know anything."""
        return bool(self._active)

    def wanting(self, kind: str, type_id: str, name: str) -> Iterable[Subscription]:
        """Return the active subscriptions to a kind of event of records of a type, and of one property."""
        return self._active.get((kind, type_id, name), ())

    def secrets(self) -> tuple[str, ...]:
        """Return the client secrets of the apps, which no output may contain. Each printed line needs them."""
        if self._secrets_version != self.apps.version:
            self._secrets, self._secrets_version = tuple(one.secret for one in self.apps), self.apps.version
        return self._secrets

    def _changed(self) -> None:
        self._index()
        self._on_change()

    def _index(self) -> None:
        self._active = {}
        for one in self.subscriptions:
            if one.active:
                kind = one.event_type.partition(".")[2]
                key = (kind, one.type_id, one.property_name or "")
                self._active.setdefault(key, []).append(one)


def _check_range(name: str, number: int, lowest: int, highest: int) -> None:
    if not lowest <= number <= highest:
        raise UsageError(f"expected {name} from {lowest} to {highest}, got {number}")
