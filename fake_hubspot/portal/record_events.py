"""What happened to the records of a portal, as the filters of lists see it.

Submissions of forms, events of e-mails, custom events with visits of pages, and timeline events, each found by the
address of a contact or by the id of a record.

Source: docs (forms, email events, custom events, timeline) for what they contain; that an event belongs to the contact
that has or had its address is assumed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from fake_hubspot.portal.clock import parse_time
from fake_hubspot.portal.decimal_id import parse_id
from fake_hubspot.portal.list_events import (
    ALL_SUBSCRIPTIONS,
    EMAIL_TYPES,
    FORM_SUBMISSION,
    NOT_OPTED,
    PAGE_VISIT,
    RecordEvent,
)
from fake_hubspot.portal.list_filters import Subject
from fake_hubspot.portal.portal_context import PortalContext
from fake_hubspot.portal.resources import Resource, Resources
from fake_hubspot.portal.types import ObjectTypes

__all__ = [
    "EMAIL_EVENTS",
    "ENROLLED",
    "EVENT_DEFINITIONS",
    "FORMS",
    "IMPORTED",
    "OCCURRENCES",
    "SUBMISSIONS",
    "SUBSCRIPTION_STATUSES",
    "TIMELINE_EVENTS",
    "RecordEvents",
]

# The families of resources that say what happened.
FORMS, SUBMISSIONS, EMAIL_EVENTS = "forms", "form-submissions", "email-events"
OCCURRENCES, EVENT_DEFINITIONS, TIMELINE_EVENTS = "event-occurrences", "event-definitions", "timeline-events"
SUBSCRIPTION_STATUSES, IMPORTED = "email-subscription-statuses", "imports.records"
ENROLLED = "flows.enrolled"
CONTACT = "0-1"
# The event type of a visit of a page. Source: docs (web analytics events).
VISITED_PAGE = "e_visited_page"
# By whom an event is found: an address, or the type and id of a record.
Key = str | tuple[str, int]


class RecordEvents:
    """The events of a portal, read again after a change.

    Args:
        context: The portal's parts.
        resources: Where the events are kept.
        types: Returns the types of records.
        past_values: Returns the values that a property of a record has had.
    """

    def __init__(
        self,
        context: PortalContext,
        resources: Resources,
        *,
        types: Callable[[], ObjectTypes],
        past_values: Callable[[Subject, str], list[tuple[str, int]]],
    ) -> None:
        self._context = context
        self._resources = resources
        self._types = types
        self._past_values = past_values
        self._revision: int | None = None
        self._events: dict[Key, list[RecordEvent]] = {}

    def of(self, subject: Subject) -> Sequence[RecordEvent]:
        """Return what happened to a record."""
        if self._revision != self._context.changes.revision:
            self._read()
        keys: list[Key] = [(subject.type_id, subject.record.id)]
        if subject.type_id == CONTACT and len(self._events):
            keys += dict.fromkeys(value.lower() for value, _ in self._past_values(subject, "email") if value)
        return [event for key in keys for event in self._events.get(key, ())]

    def opt_state(self, subject: Subject, subscription_id: str) -> str:
        """Return whether the record's address gets a kind of e-mail, or any of them."""
        email = subject.record.properties.get("email", "")
        known = self._resources.find(SUBSCRIPTION_STATUSES, email.lower()) if email else None
        if known is None:
            return NOT_OPTED
        if known.fields.get("unsubscribedFromAll"):
            return "OPT_OUT"
        if subscription_id == ALL_SUBSCRIPTIONS:
            return "OPT_IN" if any(one.get("subscribed") for one in known.fields["statuses"]) else NOT_OPTED
        rows = {str(one["id"]): one for one in known.fields.get("statuses", [])}
        return str(rows[subscription_id]["optState"]) if subscription_id in rows else NOT_OPTED

    def is_from(self, kind: str, source_id: str, subject: Subject) -> bool:
        """Return whether an import wrote a record, or whether it is or was enrolled in a workflow."""
        family = IMPORTED if kind == "IMPORT" else ENROLLED
        found = self._resources.find(f"{family}/{source_id}", f"{subject.type_id}/{subject.record.id}")
        return found is not None and not (kind == "WORKFLOWS_ACTIVE" and found.is_archived)

    def _read(self) -> None:
        self._revision = self._context.changes.revision
        self._events = {}
        for key, event in (*self._submissions(), *self._email_events(), *self._occurrences(), *self._timeline()):
            self._events.setdefault(key, []).append(event)

    def _submissions(self) -> Iterator[tuple[Key, RecordEvent]]:
        for form in self._resources.all(FORMS):
            for one in self._resources.all(f"{SUBMISSIONS}/{form.id}"):
                values = {value["name"]: str(value["value"]) for value in one.fields["values"]}
                pages = {"hs_url": "pageUrl", "hs_page_id": "pageId"}
                seen = {name: str(one.fields[field]) for name, field in pages.items() if one.fields.get(field)}
                properties = values | seen | {"hs_form_id": form.id}
                yield (
                    values.get("email", "").lower(),
                    RecordEvent((FORM_SUBMISSION,), one.fields["submittedAt"], properties),
                )

    def _email_events(self) -> Iterator[tuple[Key, RecordEvent]]:
        for one in self._resources.living(EMAIL_EVENTS):
            kind = str(one.fields.get("type", ""))
            if kind == "STATUSCHANGE" and not _unsubscribes(one.fields):
                continue
            at = _time(one.fields.get("created"), one)
            event = RecordEvent((EMAIL_TYPES.get(kind, kind),), at, _texts(one.fields))
            yield str(one.fields.get("recipient", "")).lower(), event

    def _occurrences(self) -> Iterator[tuple[Key, RecordEvent]]:
        names = {str(one.fields.get("fullyQualifiedName")): one for one in self._resources.all(EVENT_DEFINITIONS)}
        for one in self._resources.all(OCCURRENCES):
            kind, key = str(one.fields.get("eventType", "")), self._key(one)
            if key is None:
                continue
            kinds = [kind, PAGE_VISIT] if kind == VISITED_PAGE else [kind]
            if definition := names.get(kind):
                kinds += [
                    str(definition.fields[name]) for name in ("name", "objectTypeId") if name in definition.fields
                ]
            properties = one.fields.get("properties")
            given = _texts(properties if isinstance(properties, dict) else {})
            yield key, RecordEvent(tuple(kinds), _time(one.fields.get("occurredAt"), one), given)

    def _key(self, one: Resource) -> Key | None:
        """Return the type and id of the record that an event names."""
        object_type = self._types().find(str(one.fields.get("objectType") or CONTACT))
        record_id = parse_id(str(one.fields.get("objectId")))
        return None if object_type is None or record_id is None else (object_type.type_id, record_id)

    def _timeline(self) -> Iterator[tuple[Key, RecordEvent]]:
        for one in self._resources.all(TIMELINE_EVENTS):
            fields = one.fields
            tokens = fields.get("tokens")
            event = RecordEvent(
                (str(fields.get("eventTemplateId", "")),),
                _time(fields.get("timestamp"), one),
                _texts(tokens if isinstance(tokens, dict) else {}),
            )
            yield self._key(one) or str(fields.get("email") or "").lower(), event


def _texts(fields: Mapping[str, Any]) -> dict[str, str]:
    """Return values as properties have them."""
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in fields.items()}


def _time(given: Any, one: Resource) -> int:
    """Return when something happened, or when it was told if that is no time."""
    try:
        return parse_time(str(given))
    except ValueError:
        return one.created_ms


def _unsubscribes(fields: Mapping[str, Any]) -> bool:
    changes = fields.get("subscriptions") or []
    out = [one.get("status") for one in changes if isinstance(one, dict)] + [fields.get("portalSubscriptionStatus")]
    return "UNSUBSCRIBED" in out
