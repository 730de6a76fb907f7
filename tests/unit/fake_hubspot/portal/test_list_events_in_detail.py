"""Each event filter of lists with each of its operators, parameters and types of events."""

from dataclasses import dataclass, field
from typing import Any

from fake_hubspot.portal.list_events import EVENT_FILTERS as FILTERS
from fake_hubspot.portal.list_events import (
    NEEDED,
    RecordEvent,
    check_event_filter,
    check_event_type,
    happened,
    occurs_enough,
    unbuilt_refining,
)
from fake_hubspot.portal.list_properties import holds
from tests.support.cases import Cases

NOW = 1_790_000_000_000
EMAILS = {
    "SENT": "4-667638",
    "DELIVERED": "4-665536",
    "OPEN": "4-666440",
    "CLICK": "4-666288",
    "REPLY": "4-665538",
    "BOUNCE": "4-5470331",
    "STATUSCHANGE": "4-666289",
    "SPAMREPORT": "SPAMREPORT",
}
# By the operator of an e-mail filter: the event that must have happened, and the one that must not.
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
FORM, PAGE = "4-1639801", "4-96000"


@dataclass
class Witness:
    """A record with what happened to it."""

    happened: list[RecordEvent] = field(default_factory=list)
    states: dict[str, str] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    now_ms: int = NOW

    def value(self, name: str) -> str:
        """The value of a property."""
        return self.properties.get(name, "")

    def past(self, _: str) -> list[tuple[str, int]]:
        """No property was ever changed."""
        return []

    def events(self) -> list[RecordEvent]:
        """What happened."""
        return self.happened

    def opt_state(self, subscription_id: str) -> str:
        """Whether the address gets an e-mail."""
        return self.states.get(subscription_id, "NOT_OPTED")


def event(*kinds: str, ago_ms: str | int = 0, **properties: str) -> RecordEvent:
    return RecordEvent(kinds, NOW - int(ago_ms), properties)


def meets(kind: str, *events: RecordEvent, **parts: Any) -> bool:
    """Return whether a record with these events meets a filter."""
    return FILTERS[kind]({"filterType": kind, **parts}, Witness(list(events)))


def test_emails_by_every_operator(cases: Cases) -> None:
    """What must have happened, and what must not."""
    for operator, (there, missing) in EMAIL_OPERATORS.items():
        parts = {"operator": operator, "level": "EMAIL_API_CAMPAIGN"}
        for kind in EMAILS:
            with cases.case(f"{operator} of {kind}"):
                assert meets("EMAIL_EVENT", event(EMAILS[kind]), **parts) is (kind == there)
                both = meets("EMAIL_EVENT", event(EMAILS[there]), event(EMAILS[kind]), **parts)
                assert both is (kind != missing)


def test_emails_by_their_level_app_and_address(cases: Cases) -> None:
    sent = {"emailCampaignId": "1", "emailCampaignGroupId": "2", "appId": "3", "url": "u"}
    for level, number in (("EMAIL_API_CAMPAIGN", 1), ("EMAIL_API_CAMPAIGN_GROUP", 2)):
        for more, expected in (
            ({}, True),
            ({"emailId": number}, True),
            ({"emailId": str(number)}, True),
            ({"emailId": "9"}, False),
            ({"emailId": number, "appId": 3}, True),
            ({"emailId": number, "appId": "4"}, False),
            ({"appId": None, "emailId": None, "clickUrl": None}, True),
        ):
            with cases.case(f"{level} {more}"):
                one = {"operator": "OPENED", "level": level, **more}
                assert meets("EMAIL_EVENT", event(EMAILS["OPEN"], **sent), **one) is expected
    for operator, url, expected in (
        ("LINK_CLICKED", "u", True), ("LINK_CLICKED", "v", False), ("LINK_CLICKED", "", True), ("OPENED", "v", True),
        ("OPENED_BUT_LINK_NOT_CLICKED", "u", False), ("OPENED_BUT_LINK_NOT_CLICKED", "v", True),
    ):  # fmt: skip
        with cases.case(f"{operator} {url}"):
            one = {"operator": operator, "level": "EMAIL_API_CAMPAIGN", "clickUrl": url}
            events = event(EMAILS["OPEN"], **sent), event(EMAILS["CLICK"], **sent)
            assert meets("EMAIL_EVENT", *events, **one) is expected


def test_subscriptions_by_their_states(cases: Cases) -> None:
    """Of one of the subscriptions, or of the address as a whole."""
    witness = Witness(states={"": "OPT_OUT", "1": "OPT_IN"})
    for kind, states in (
        ("EMAIL_SUBSCRIPTION", "acceptedStatuses"),
        ("COMMUNICATION_SUBSCRIPTION", "acceptedOptStates"),
    ):
        for ids, wanted, more, expected in (
            (["1"], ["OPT_IN"], {}, True),
            ([1], ["OPT_OUT", "OPT_IN"], {}, True),
            (["1"], ["OPT_OUT"], {}, False),
            (["2", "1"], ["OPT_IN"], {}, True),
            (["2"], ["NOT_OPTED"], {}, True),
            (["2"], ["OPT_IN"], {}, False),
            (["1"], ["OPT_IN"], {"subscriptionType": "SUBSCRIPTION"}, True),
            (["1"], ["OPT_IN"], {"subscriptionType": "INDIVIDUAL_SUBSCRIPTION"}, True),
            *(
                (["1"], [state], {"subscriptionType": one}, state == "OPT_OUT")
                for one in ("PORTAL", "PORTAL_WIDE", "BRAND", "BUSINESS_UNIT_WIDE")
                for state in ("OPT_IN", "OPT_OUT")
            ),
        ):  # fmt: skip
            with cases.case(f"{kind} {ids} {wanted} {more}"):
                one = {"filterType": kind, "subscriptionIds": ids, states: wanted, **more}
                assert FILTERS[kind](one, witness) is expected
                assert check_event_filter(one) == ""


def test_custom_events_by_their_type(cases: Cases) -> None:
    """Under any of its names, as a number too."""
    for operator, number, expected in (
        ("HAS_EVENT", 5, True), ("HAS_EVENT", "name", True), ("HAS_EVENT", "6", False),
        ("NOT_HAS_EVENT", "5", False), ("NOT_HAS_EVENT", "6", True),
    ):  # fmt: skip
        with cases.case(f"{operator} {number}"):
            assert meets("EVENT", event("5", "name"), operator=operator, eventId=number) is expected


def test_forms_by_id_and_page(cases: Cases) -> None:
    filled = event(FORM, hs_form_id="f", hs_page_id="p")
    for kind in ("FORM_SUBMISSION", "FORM_SUBMISSION_ON_PAGE"):
        for more, expected in (
            ({}, True), ({"formId": "f"}, True), ({"formId": "g"}, False), ({"pageId": "p"}, True),
            ({"pageId": "q"}, False), ({"formId": "f", "pageId": "q"}, False), ({"formId": "", "pageId": None}, True),
        ):  # fmt: skip
            with cases.case(f"{kind} {more}"):
                assert meets(kind, filled, operator="FILLED_OUT", **more) is expected
                assert meets(kind, filled, operator="NOT_FILLED_OUT", **more) is not expected
                assert meets(kind, event(PAGE, hs_form_id="f", hs_page_id="p"), operator="FILLED_OUT", **more) is False


def test_visits_by_address(cases: Cases) -> None:
    """Without regard to the protocol, to case and to a slash at the end."""
    for seen, wanted, is_same, is_part in (
        ("https://a.example/X", "a.example/x", True, True),
        ("a.example/x/", "http://A.example/x", True, True),
        ("a.example/x", "a.example", False, True),
        ("a.example/x", "b.example", False, False),
        ("a.example/x", "x", False, True),
        ("https://a.example", "https", False, False),
        ("https://a.example/?to=http://b", "a.example/?to=http://b", True, True),
        ("a.example/?to=http://b", "b", False, True),
    ):
        for operator, expected in (("EQ", is_same), ("CONTAINS", is_part)):
            with cases.case(f"{seen} {operator} {wanted}"):
                visit = event(PAGE, hs_url=seen)
                assert meets("PAGE_VIEW", visit, operator=f"HAS_PAGEVIEW_{operator}", pageUrl=wanted) is expected
                assert (
                    meets("PAGE_VIEW", visit, operator=f"NOT_HAS_PAGEVIEW_{operator}", pageUrl=wanted) is not expected
                )
                of_form = event(FORM, hs_url=seen)
                assert meets("PAGE_VIEW", of_form, operator=f"HAS_PAGEVIEW_{operator}", pageUrl=wanted) is False


def line(name: str, operator: str, **operation: Any) -> dict[str, Any]:
    return {"property": name, "operation": {"operator": operator, **operation}}


def test_timeline_events_by_every_token(cases: Cases) -> None:
    """Every line must be met by the same event; an event has no past but its own."""
    seen = event("7", a="1", b="2", ago_ms=86_400_000), event("7", a="3")
    for kind in ("INTEGRATION_EVENT", "UNIFIED_EVENTS"):
        for lines, expected in (
            (None, True),
            ([], True),
            ([line("a", "IS_EQUAL_TO", value="1"), line("b", "IS_EQUAL_TO", value="2")], True),
            ([line("a", "IS_EQUAL_TO", value="3"), line("b", "IS_EQUAL_TO", value="2")], False),
            ([line("c", "IS_UNKNOWN")], True),
            ([line("c", "HAS_NEVER_BEEN_EQUAL_TO", value="1")], False),
            ([line("a", "HAS_EVER_BEEN_EQUAL_TO", value="1")], True),
            ([line("b", "UPDATED_IN_LAST_X_DAYS", numberOfDays=1)], False),
            ([line("b", "UPDATED_IN_LAST_X_DAYS", numberOfDays=1.1)], True),
            ([line("c", "UPDATED_IN_LAST_X_DAYS", numberOfDays=9)], False),
        ):
            with cases.case(f"{kind} {lines}"):
                assert meets(kind, *seen, eventTypeId=7, filterLines=lines) is expected
                assert meets(kind, *seen, eventTypeId="8", filterLines=lines) is False


def test_refinements_bound_how_often_and_when(cases: Cases) -> None:
    for found, least, most, expected in (
        (0, None, None, False), (1, None, None, True), (9, None, None, True), (0, 0, None, True), (2, 2, None, True),
        (1, 2, None, False), (2, None, 2, True), (3, None, 2, False), (0, None, 2, False), (0, 0, 0, True),
        (1, 0, 0, False),
    ):  # fmt: skip
        with cases.case(f"{found} of {least} to {most}"):
            assert occurs_enough(found, {"minOccurrences": least, "maxOccurrences": most}) is expected
    with cases.case("without a refinement"):
        assert (occurs_enough(0, None), occurs_enough(1, None), occurs_enough(1, {})) == (False, True, True)
    events = [event("7", ago_ms=one) for one in (0, 1, 2)]
    recent = {"type": "ABSOLUTE_COMPARATIVE", "comparison": "AFTER", "timestamp": NOW - 2}
    old = {"type": "ABSOLUTE_COMPARATIVE", "comparison": "BEFORE", "timestamp": NOW - 1}
    often = {"type": "NUM_OCCURRENCES", "minOccurrences": 2}
    oftener = {"type": "NUM_OCCURRENCES", "minOccurrences": 3}
    referred = {"timeType": "PROPERTY_REFERENCED", "property": "p"}
    by_property = {"type": "TIME_POINT", "operator": "IS_BEFORE", "timePoint": referred}
    for pruning, coalescing, expected in (
        (None, None, True), (None, oftener, True), (recent, often, True), (recent, oftener, False),
        (recent, old, False), (None, recent, True), (None, old, True), (often, None, True), (oftener, old, True),
        (by_property, None, True), (by_property, often, False),
    ):  # fmt: skip
        with cases.case(f"{pruning} {coalescing}"):
            witness = Witness(events, properties={"p": str(NOW - 1)})
            one = {"pruningRefineBy": pruning, "coalescingRefineBy": coalescing}
            assert happened(one, witness, lambda _: True) is expected
            assert happened(one, witness, lambda seen: seen.event.at_ms > NOW) is False


def test_what_of_a_refinement_cannot_be_evaluated_is_told(cases: Cases) -> None:
    for refining, text in (
        (None, ""), ({}, ""), ({"type": "NUM_OCCURRENCES"}, ""), ({"type": "ALL_HISTORY"}, ""),
        ({"type": "OTHER"}, "the refinement OTHER of list filters"),
        ("NUM_OCCURRENCES", "the refinement NUM_OCCURRENCES of list filters"),
        (["type"], "the refinement ['type'] of list filters"),
    ):  # fmt: skip
        with cases.case(refining):
            assert unbuilt_refining(refining) == text


def test_hubspot_types_of_events_are_known_or_refused(cases: Cases) -> None:
    """What an account defines is not refused."""
    for kind in (FORM, PAGE, *EMAILS.values(), "pe1_opened", "1001", 1001, None, "2-4-1"):
        with cases.case(kind):
            assert check_event_type(kind) == ""
    for kind in ("4-1", "4-"):
        with cases.case(kind):
            assert check_event_type(kind) == f"the event type {kind} of list filters"


OPERATORS: dict[str, tuple[str | None, ...]] = {
    "COMMUNICATION_SUBSCRIPTION": (None,),
    "EMAIL_EVENT": tuple(EMAIL_OPERATORS),
    "EMAIL_SUBSCRIPTION": (None,),
    "EVENT": ("HAS_EVENT", "NOT_HAS_EVENT"),
    "FORM_SUBMISSION": ("FILLED_OUT", "NOT_FILLED_OUT"),
    "FORM_SUBMISSION_ON_PAGE": ("FILLED_OUT", "NOT_FILLED_OUT"),
    "INTEGRATION_EVENT": (None,),
    "PAGE_VIEW": ("HAS_PAGEVIEW_EQ", "HAS_PAGEVIEW_CONTAINS", "NOT_HAS_PAGEVIEW_EQ", "NOT_HAS_PAGEVIEW_CONTAINS"),
    "UNIFIED_EVENTS": (None,),
}
LEVELS = ("EMAIL_API_CAMPAIGN", "EMAIL_API_CAMPAIGN_GROUP")


def test_what_of_a_filter_cannot_be_evaluated_is_told(cases: Cases) -> None:
    """The operator first, then the type of event, the lines, the refinements, and what the type of filter adds."""
    for kind, operators in OPERATORS.items():
        for operator in operators:
            for level in LEVELS:
                with cases.case(f"{kind} {operator} {level}"):
                    assert check_event_filter({"filterType": kind, "operator": operator, "level": level}) == ""
        for operator in {"HAS_EVENT", "HAS", "SENT", "OPEN", None} - {*operators}:
            with cases.case(f"{kind} {operator}"):
                told = check_event_filter({"filterType": kind, "operator": operator, "level": LEVELS[0]})
                assert told == f"the operator {operator} of the filter type {kind}"
    odd_line, fine_line = line("p", "IS_ODD"), line("p", "IS_KNOWN")
    rows: tuple[tuple[str, dict[str, Any], str], ...] = (
        ("UNIFIED_EVENTS", {"eventTypeId": "4-1", "filterLines": [odd_line]}, "the event type 4-1 of list filters"),
        ("INTEGRATION_EVENT", {"eventTypeId": "4-1"}, ""),
        ("INTEGRATION_EVENT", {"filterLines": [fine_line]}, ""),
        ("INTEGRATION_EVENT", {"filterLines": [fine_line, odd_line]}, "the operator IS_ODD of list filters"),
        ("INTEGRATION_EVENT", {"filterLines": [{"property": "p"}]}, "the operator None of list filters"),
        ("INTEGRATION_EVENT", {"pruningRefineBy": {"type": "A"}}, "the refinement A of list filters"),
        ("INTEGRATION_EVENT", {"coalescingRefineBy": {"type": "B"}}, "the refinement B of list filters"),
        (
            "INTEGRATION_EVENT",
            {"pruningRefineBy": {"type": "A"}, "coalescingRefineBy": {"type": "B"}},
            "the refinement A of list filters",
        ),
        ("EMAIL_EVENT", {"operator": "SENT"}, "the level None of the filter type EMAIL_EVENT"),
        ("EMAIL_EVENT", {"operator": "SENT", "level": "X"}, "the level X of the filter type EMAIL_EVENT"),
        ("EVENT", {"operator": "HAS_EVENT", "level": "X", "channel": "X"}, ""),
        *(
            (kind, more, text)
            for kind in ("EMAIL_SUBSCRIPTION", "COMMUNICATION_SUBSCRIPTION")
            for more, text in (
                ({"channel": "EMAIL"}, ""),
                ({"channel": "SMS"}, "the channel SMS of list filters"),
                ({"subscriptionType": None}, ""),
                ({"subscriptionType": "X", "channel": "SMS"}, "the subscription type X of list filters"),
                ({"acceptedStatuses": ["OPT_IN", "OPT_OUT", "NOT_OPTED"]}, ""),
                ({"acceptedStatuses": ["OPT_IN", "X"]}, "the status X of subscriptions in list filters"),
                ({"acceptedOptStates": ["Y", "X"]}, "the status Y of subscriptions in list filters"),
            )
        ),
    )
    for kind, more, text in rows:
        with cases.case(f"{kind} {more}"):
            assert check_event_filter({"filterType": kind, **more}) == text


def test_the_members_that_a_filter_needs() -> None:
    assert NEEDED == {
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


def test_an_event_has_its_properties_alone() -> None:
    """An event has no property of its record."""
    witness = Witness([event("7", a="1")], properties={"b": "2"})

    assert happened({}, witness, lambda one: holds({"operator": "IS_KNOWN"}, "a", one))
    assert not happened({}, witness, lambda one: holds({"operator": "IS_KNOWN"}, "b", one))
