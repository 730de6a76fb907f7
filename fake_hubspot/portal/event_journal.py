"""The journal of events, which apps read instead of receiving webhooks.

Each commit that concerns a subscription is one entry, which can be read for three days of the portal's clock. Entries
are kept in memory, subscriptions with the portal.

Source: docs (webhooks journal, 2026-03) for actions, types and the three days; reader (sej-webhooks-journal, 2025) for
the keys of an event; what is in `propertyChanges`, and that a commit is an entry, is assumed.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import count
from typing import Any

import msgspec

from fake_hubspot.portal.change_feed import Change
from fake_hubspot.portal.clock import format_time
from fake_hubspot.portal.durations import DAY_MS
from fake_hubspot.portal.identity import uuid_of
from fake_hubspot.portal.journal_filters import JournalCondition, passes
from fake_hubspot.portal.portal_context import PortalContext
from fake_hubspot.portal.resources import Resource, Resources

__all__ = ["ACTIONS", "FILTERS", "KEPT_MS", "SUBSCRIPTIONS", "SUBSCRIPTION_TYPES", "Entry", "EventJournal"]

SUBSCRIPTIONS, FILTERS = "journal-subscriptions", "journal-filters"
KEPT_MS = 3 * DAY_MS
KEPT_ENTRIES = 10_000
SUBSCRIPTION_TYPES = (
    "OBJECT",
    "ASSOCIATION",
    "EVENT",
    "APP_LIFECYCLE_EVENT",
    "LIST_MEMBERSHIP",
    "GDPR_PRIVACY_DELETION",
)
# The type of subscription and the action of each kind of change; links have two actions.
OBJECT, ASSOCIATION, PRIVACY = "OBJECT", "ASSOCIATION", "GDPR_PRIVACY_DELETION"
KINDS = {
    "creation": (OBJECT, "CREATE"),
    "propertyChange": (OBJECT, "UPDATE"),
    "deletion": (OBJECT, "DELETE"),
    "restore": (OBJECT, "RESTORE"),
    "merge": (OBJECT, "MERGE"),
    "privacyDeletion": (PRIVACY, "GDPR_DELETE"),
}
ADDED, REMOVED, SNAPSHOT = "ASSOCIATION_ADDED", "ASSOCIATION_REMOVED", "SNAPSHOT"
ACTIONS = (
    *(action for _, action in KINDS.values()),
    *(ADDED, REMOVED, SNAPSHOT, "APP_INSTALL", "APP_UNINSTALL", "ADDED_TO_LIST", "REMOVED_FROM_LIST"),
)


class Entry(msgspec.Struct, frozen=True):
    """One entry.

    Units: `at_ms` milliseconds since 1970.
    """

    offset: str
    at_ms: int
    events: list[dict[str, Any]]


class _Wanted(msgspec.Struct, frozen=True):
    """What a subscription asks for; an empty field is no limit. Privacy deletions need neither type nor action."""

    kind: str
    actions: frozenset[str]
    type_id: str
    properties: frozenset[str]
    object_ids: frozenset[int]
    to_types: frozenset[str]
    filters: list[tuple[JournalCondition, ...]]


class EventJournal:
    """The entries of a portal, oldest first.

    Args:
        context: The portal.
        resources: Where the subscriptions and their filters are.
        values_of: Returns the values of a record, archived or not.
        seed: The offsets depend on it and on the time, so that an offset from before a restart is unknown.
    """

    def __init__(
        self,
        context: PortalContext,
        resources: Resources,
        values_of: Callable[[str, int], Mapping[str, str]],
        *,
        seed: int,
    ) -> None:
        self._context = context
        self._resources = resources
        self._values_of = values_of
        self._seed = seed
        self._numbers = count()
        self._entries: deque[Entry] = deque(maxlen=KEPT_ENTRIES)
        self._wanted: list[_Wanted] = []
        self.reload()

    def reload(self) -> None:
        """Read the subscriptions again, and listen to the account only if there are some."""
        filters: dict[str, list[tuple[JournalCondition, ...]]] = {}
        for one in self._resources.living(FILTERS):
            conditions = msgspec.convert(one.fields["filter"]["conditions"], tuple[JournalCondition, ...])
            filters.setdefault(str(one.fields["subscriptionId"]), []).append(conditions)
        self._wanted = [_wanted(one, filters.get(one.id, [])) for one in self._resources.living(SUBSCRIPTIONS)]
        self._context.feed.listen("journal", self._on_changes if self._wanted else None)

    def entries(self) -> list[Entry]:
        """Return the entries that can still be read."""
        oldest = self._context.clock.now_ms() - KEPT_MS
        while self._entries and self._entries[0].at_ms < oldest:
            self._entries.popleft()
        return list(self._entries)

    def find(self, offset: str) -> Entry | None:
        """Return one entry."""
        return next((one for one in self.entries() if one.offset == offset), None)

    def add(self, events: list[dict[str, Any]]) -> Entry:
        """Add an entry."""
        at_ms = self._context.clock.now_ms()
        offset = uuid_of(sha256(f"{self._seed} {next(self._numbers)} {at_ms}".encode()).hexdigest())
        made = Entry(offset, at_ms, events)
        self._entries.append(made)
        return made

    def snapshot(self, type_id: str, record_id: int, properties: Mapping[str, str | None]) -> Entry:
        """Add an entry with the values of a record as they are now."""
        common = self._event(OBJECT, SNAPSHOT, type_id, record_id, self._context.clock.now_ms())
        return self.add([common | {"properties": dict(properties)}])

    def _event(self, kind: str, action: str, type_id: str, record_id: int, at_ms: int) -> dict[str, Any]:
        return {
            "type": kind,
            "portalId": self._context.portal_id,
            "occurredAt": format_time(at_ms),
            "action": action,
            "objectTypeId": type_id,
            "objectId": record_id,
        }

    def _on_changes(self, changes: list[Change]) -> None:
        events = [event for group in _groups(changes) for event in self._events_of(group)]
        if events:
            self.add(events)

    def _passes(self, wanted: _Wanted, change: Change) -> bool:
        return not wanted.filters or passes(wanted.filters, self._values_of(change.type_id, change.record_id))

    def _events_of(self, group: Sequence[Change]) -> Iterator[dict[str, Any]]:
        """Yield the events of one change, or of all values that one record got at once."""
        first = group[0]
        if first.link is not None:
            kind, action = ASSOCIATION, REMOVED if first.link.is_removed else ADDED
        else:
            kind, action = KINDS[first.kind]
        values = {one.name: one.value for one in group if one.kind == "propertyChange"}
        for wanted in self._wanted:
            told = _told(wanted, kind, action, first, values)
            if told is not None and self._passes(wanted, first):
                yield self._event(kind, action, first.type_id, first.record_id, first.at_ms) | told
                return  # an event is told once, however many subscriptions want it


def _wanted(one: Resource, filters: list[tuple[JournalCondition, ...]]) -> _Wanted:
    fields = one.fields
    return _Wanted(
        kind=fields.get("subscriptionType", ""),
        actions=frozenset(fields.get("actions") or ()),
        type_id=fields.get("objectTypeId") or "",
        properties=frozenset(fields.get("properties") or ()),
        object_ids=frozenset(fields.get("objectIds") or ()),
        to_types=frozenset(fields.get("associatedObjectTypeIds") or ()),
        filters=filters,
    )


def _groups(changes: Iterable[Change]) -> Iterator[list[Change]]:
    """Yield the changes in groups: all new values of one record, with its creation if it is new."""
    group: list[Change] = []
    for one in changes:
        same = group and (one.type_id, one.record_id) == (group[0].type_id, group[0].record_id)
        if same and one.kind == "propertyChange" and group[0].kind in ("creation", "propertyChange"):
            group.append(one)
            continue
        if group:
            yield group
        group = [one]
    if group:
        yield group


def _told(wanted: _Wanted, kind: str, action: str, change: Change, values: Mapping[str, str]) -> dict[str, Any] | None:
    """Return the members of an event besides the common ones; None if the subscription does not want it."""
    if wanted.kind != kind or (wanted.actions and action not in wanted.actions):
        return None
    if wanted.type_id and wanted.type_id != change.type_id:
        return None
    if wanted.object_ids and change.record_id not in wanted.object_ids:
        return None
    if (link := change.link) is not None:
        if wanted.to_types and link.to_type not in wanted.to_types:
            return None
        return {
            "associatedObjectId": link.to_id,
            "associatedObjectTypeId": link.to_type,
            "associationCategory": link.category,
            "associationTypeId": link.type_id,
        }
    shown = {name: value for name, value in values.items() if not wanted.properties or name in wanted.properties}
    if action == "UPDATE" and not shown:
        return None
    told: dict[str, Any] = {"propertyChanges": shown} if action in ("CREATE", "UPDATE") else {}
    if change.merge is not None:
        told |= {"mergedObjectIds": list(change.merge.merged_ids), "newObjectId": change.merge.new_id}
    return told
