"""Event filters of lists: what happened to a record, and how often. Pure.

Every event has the ids of HubSpot's types of events: UNIFIED_EVENTS and the older filters look at the same ones.

Source: docs (list filter definitions) for the older filters, and (workflow enrollment types) for the ids of types.
Assumed: the names of the properties of events, and that a filter without occurrences asks for one.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from fake_hubspot.portal.list_properties import Values, check_operation, holds, referenced_by
from fake_hubspot.portal.list_times import unbuilt_window, window

__all__ = [
    "ALL_SUBSCRIPTIONS",
    "EMAIL_TYPES",
    "EVENT_FILTERS",
    "FORM_SUBMISSION",
    "NEEDED",
    "NOT_BUILT",
    "NOT_OPTED",
    "PAGE_VISIT",
    "RecordEvent",
    "Witness",
    "check_event_filter",
    "check_event_type",
    "happened",
    "occurs_enough",
    "unbuilt_refining",
]

Filter = Mapping[str, Any]
FORM_SUBMISSION, PAGE_VISIT = "4-1639801", "4-96000"
# Events of e-mails by the type that version 1 gives them. Reports of spam have no known id.
EMAIL_TYPES = {
    "SENT": "4-667638",
    "DELIVERED": "4-665536",
    "OPEN": "4-666440",
    "CLICK": "4-666288",
    "REPLY": "4-665538",
    "BOUNCE": "4-5470331",
    "STATUSCHANGE": "4-666289",
    "SPAMREPORT": "SPAMREPORT",
}
KNOWN_TYPES = frozenset({FORM_SUBMISSION, PAGE_VISIT, *EMAIL_TYPES.values()})
# Why other filters are not evaluated. Source: the fake has no such data.
ADS, SURVEYS = ("ADS_SEARCH", "ADS_TIME"), ("SURVEY_MONKEY", "SURVEY_MONKEY_VALUE")
NOT_BUILT = frozenset({*ADS, "CAMPAIGN_INFLUENCED", "CTA", "PRIVACY", *SURVEYS, "WEBINAR"})
ALL_SUBSCRIPTIONS, NOT_OPTED = "", "NOT_OPTED"
OPT_STATES = ("OPT_IN", "OPT_OUT", NOT_OPTED)
PROTOCOL = re.compile("^[a-z]{1,20}://")


class RecordEvent(msgspec.Struct, frozen=True):
    """Something that happened to a record.

    Attributes:
        kinds: The ids and names of its type.

    Units: `at_ms` milliseconds since 1970.
    """

    kinds: tuple[str, ...]
    at_ms: int
    properties: Mapping[str, str] = {}


class Witness(Values, Protocol):
    """What event filters ask about a record besides its properties."""

    def events(self) -> Sequence[RecordEvent]:
        """Return what happened to the record."""

    def opt_state(self, subscription_id: str) -> str:
        """Return whether the record's address gets a kind of e-mail, or any of them: one of `OPT_STATES`."""


class _Happening(msgspec.Struct, frozen=True):
    """The properties of an event, for property filters; an event has no past."""

    event: RecordEvent
    now_ms: int

    def value(self, name: str) -> str:
        return self.event.properties.get(name, "")

    def past(self, name: str) -> list[tuple[str, int]]:
        return [(self.event.properties[name], self.event.at_ms)] if name in self.event.properties else []


def unbuilt_refining(refining: Any) -> str:
    """Return what of a refinement by occurrences or by time cannot be evaluated, empty if everything can."""
    if not refining or (isinstance(refining, Mapping) and refining.get("type") == "NUM_OCCURRENCES"):
        return ""
    return unbuilt_window(refining)


def occurs_enough(found: int, refining: Any) -> bool:
    """Return whether something happened as often as a refinement asks for: at least once without one."""
    least, most = (refining or {}).get("minOccurrences"), (refining or {}).get("maxOccurrences")
    return found >= (1 if least is None else least) and (most is None or found <= most)


def happened(one: Filter, witness: Witness, wanted: Callable[[_Happening], bool]) -> bool:
    """Return whether events of a kind happened as often, and in the time, that the refinements of a filter ask for."""
    found = [event for event in witness.events() if wanted(_Happening(event, witness.now_ms))]
    for name in ("pruningRefineBy", "coalescingRefineBy"):
        refining = one.get(name)
        if refining and refining.get("type") != "NUM_OCCURRENCES":
            lets_through = window(refining, witness.now_ms, referenced_by(witness))
            found = [event for event in found if lets_through(event.at_ms)]
    return occurs_enough(len(found), one.get("coalescingRefineBy"))


def check_event_type(kind: Any) -> str:
    """Return that the fake has no events of one of HubSpot's types, empty if it has, or if the account defines it."""
    is_missing = str(kind).startswith("4-") and kind not in KNOWN_TYPES
    return f"the event type {kind!s:.50} of list filters" if is_missing else ""


def check_event_filter(one: Filter) -> str:
    """Return what of an event filter cannot be evaluated, empty if everything can."""
    kind, operator = one["filterType"], one.get("operator")
    if operator not in OPERATORS[kind]:
        return f"the operator {operator!s:.50} of the filter type {kind}"
    problems = [check_event_type(one.get("eventTypeId")) if kind == "UNIFIED_EVENTS" else ""]
    problems += [check_operation(line.get("operation") or {}) for line in one.get("filterLines") or []]
    problems += [unbuilt_refining(one.get(name)) for name in ("pruningRefineBy", "coalescingRefineBy")]
    problems.append(CHECKS.get(kind, _nothing)(one))
    return next(filter(None, problems), "")


def _nothing(_: Filter) -> str:
    return ""


def _check_email(one: Filter) -> str:
    level = one.get("level")
    return "" if level in EMAIL_LEVELS else f"the level {level!s:.50} of the filter type EMAIL_EVENT"


def _check_states(one: Filter) -> str:
    states = one.get("acceptedStatuses") or one.get("acceptedOptStates") or []
    if unknown := [state for state in states if state not in OPT_STATES]:
        return f"the status {unknown[0]!s:.50} of subscriptions in list filters"
    kind = one.get("subscriptionType")
    if kind not in (None, *INDIVIDUAL, *WIDE):
        return f"the subscription type {kind!s:.50} of list filters"
    channel = one.get("channel", "EMAIL")
    return "" if channel == "EMAIL" else f"the channel {channel!s:.50} of list filters"


CHECKS: Mapping[str, Callable[[Filter], str]] = {
    "EMAIL_EVENT": _check_email,
    "EMAIL_SUBSCRIPTION": _check_states,
    "COMMUNICATION_SUBSCRIPTION": _check_states,
}
EMAIL_LEVELS = {"EMAIL_API_CAMPAIGN": "emailCampaignId", "EMAIL_API_CAMPAIGN_GROUP": "emailCampaignGroupId"}
INDIVIDUAL = ("SUBSCRIPTION", "INDIVIDUAL_SUBSCRIPTION")
WIDE = ("PORTAL", "PORTAL_WIDE", "BRAND", "BUSINESS_UNIT_WIDE")


def _meets(happening: _Happening, lines: Iterable[Filter]) -> bool:
    return all(holds(line["operation"], line["property"], happening) for line in lines)


def _is(kind: str) -> Callable[[_Happening], bool]:
    return lambda happening: kind in happening.event.kinds


def _says(one: Filter, operator: str) -> bool:
    return bool(one["operator"] == operator)


def _event(one: Filter, witness: Witness) -> bool:
    return happened(one, witness, _is(str(one["eventId"]))) == _says(one, "HAS_EVENT")


def _form(one: Filter, witness: Witness) -> bool:
    """Return whether a form, or any form, was filled out, perhaps on one page."""
    asked = {"hs_form_id": one.get("formId"), "hs_page_id": one.get("pageId")}

    def wanted(happening: _Happening) -> bool:
        return FORM_SUBMISSION in happening.event.kinds and all(
            happening.value(name) == value for name, value in asked.items() if value
        )

    return happened(one, witness, wanted) == _says(one, "FILLED_OUT")


def _bare(url: str) -> str:
    """Return an address without what does not tell pages apart. Source: assumed."""
    return PROTOCOL.sub("", url.casefold()).rstrip("/")


def _page_view(one: Filter, witness: Witness) -> bool:
    wanted_url, operator = _bare(one["pageUrl"]), str(one["operator"])

    def wanted(happening: _Happening) -> bool:
        seen = _bare(happening.value("hs_url"))
        is_page = wanted_url in seen if operator.endswith("CONTAINS") else wanted_url == seen
        return PAGE_VISIT in happening.event.kinds and is_page

    return happened(one, witness, wanted) != operator.startswith("NOT_")


def _timeline(one: Filter, witness: Witness) -> bool:
    """Return whether an app's event with these tokens happened."""
    kind, lines = str(one["eventTypeId"]), one.get("filterLines") or []
    return happened(one, witness, lambda happening: kind in happening.event.kinds and _meets(happening, lines))


def _email(one: Filter, witness: Witness) -> bool:
    """Return whether events of an e-mail happened, and perhaps others did not."""
    there, missing = EMAIL_OPERATORS[one["operator"]]
    asked = {EMAIL_LEVELS[one["level"]]: one.get("emailId"), "appId": one.get("appId")}

    def has(kind: str) -> bool:
        url = {"url": one["clickUrl"]} if kind == "CLICK" and one.get("clickUrl") else {}
        values = {name: str(value) for name, value in (asked | url).items() if value}

        def wanted(happening: _Happening) -> bool:
            return EMAIL_TYPES[kind] in happening.event.kinds and all(
                happening.value(name) == value for name, value in values.items()
            )

        return happened(one, witness, wanted)

    return has(there) and not (missing and has(missing))


def _subscription(one: Filter, witness: Witness) -> bool:
    """Return whether one of the subscriptions, or the address as a whole, has one of the accepted states."""
    states = one.get("acceptedStatuses") or one.get("acceptedOptStates") or []
    ids = [ALL_SUBSCRIPTIONS] if one.get("subscriptionType") in WIDE else [str(x) for x in one["subscriptionIds"]]
    return any(witness.opt_state(each) in states for each in ids)


# The event that must have happened, and the one that must not.
EMAIL_OPERATORS = {
    "SENT": ("SENT", ""),
    "RECEIVED": ("DELIVERED", ""),
    "OPENED": ("OPEN", ""),
    "LINK_CLICKED": ("CLICK", ""),
    "REPLIED": ("REPLY", ""),
    "BOUNCED": ("BOUNCE", ""),
    "MARKED_SPAM": ("SPAMREPORT", ""),
    "UNSUBSCRIBED": ("STATUSCHANGE", ""),
    "SENT_BUT_NOT_RECEIVED": ("SENT", "DELIVERED"),
    "SENT_BUT_LINK_NOT_CLICKED": ("SENT", "CLICK"),
    "RECEIVED_BUT_NOT_OPENED": ("DELIVERED", "OPEN"),
    "OPENED_BUT_LINK_NOT_CLICKED": ("OPEN", "CLICK"),
    "OPENED_BUT_NOT_REPLIED": ("OPEN", "REPLY"),
}
FORM_OPERATORS = ("FILLED_OUT", "NOT_FILLED_OUT")
NO_OPERATOR = (None,)
# HAS_PAGEVIEW_MATCHES_REGEX and its opposite are left out: the fake runs no pattern of others.
OPERATORS: Mapping[str, Iterable[str | None]] = {
    "COMMUNICATION_SUBSCRIPTION": NO_OPERATOR,
    "EMAIL_EVENT": EMAIL_OPERATORS,
    "EMAIL_SUBSCRIPTION": NO_OPERATOR,
    "EVENT": ("HAS_EVENT", "NOT_HAS_EVENT"),
    "FORM_SUBMISSION": FORM_OPERATORS,
    "FORM_SUBMISSION_ON_PAGE": FORM_OPERATORS,
    "INTEGRATION_EVENT": NO_OPERATOR,
    "PAGE_VIEW": ("HAS_PAGEVIEW_EQ", "HAS_PAGEVIEW_CONTAINS", "NOT_HAS_PAGEVIEW_EQ", "NOT_HAS_PAGEVIEW_CONTAINS"),
    "UNIFIED_EVENTS": NO_OPERATOR,
}
# The members without which a filter says nothing.
NEEDED: Mapping[str, tuple[str, ...]] = {
    "COMMUNICATION_SUBSCRIPTION": ("subscriptionIds", "acceptedOptStates"),
    "EMAIL_EVENT": ("level",),
    "EMAIL_SUBSCRIPTION": ("subscriptionIds", "acceptedStatuses"),
    "EVENT": ("eventId",),
    "FORM_SUBMISSION": (),
    "FORM_SUBMISSION_ON_PAGE": ("pageId",),
    "INTEGRATION_EVENT": ("eventTypeId",),
    "PAGE_VIEW": ("pageUrl",),
    "UNIFIED_EVENTS": ("eventTypeId",),
}
EVENT_FILTERS: Mapping[str, Callable[[Filter, Witness], bool]] = {
    "COMMUNICATION_SUBSCRIPTION": _subscription,
    "EMAIL_EVENT": _email,
    "EMAIL_SUBSCRIPTION": _subscription,
    "EVENT": _event,
    "FORM_SUBMISSION": _form,
    "FORM_SUBMISSION_ON_PAGE": _form,
    "INTEGRATION_EVENT": _timeline,
    "PAGE_VIEW": _page_view,
    "UNIFIED_EVENTS": _timeline,
}
