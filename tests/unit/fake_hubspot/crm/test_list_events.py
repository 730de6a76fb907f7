"""Lists whose filters ask what happened: submissions, e-mails, visits, custom events, timeline events, imports."""

from typing import Any

import pytest

from tests.unit.fake_hubspot.crm.test_lists import LISTS, branch, members, new
from tests.unit.fake_hubspot.inprocess import Fake

DAY_MS = 86_400_000
NOW = "2026-05-13T10:00:00Z"
NOW_MS = 1_778_666_400_000


def one_filter(kind: str, **parts: Any) -> dict[str, Any]:
    """A branch with one filter."""
    return {"filterBranchType": "AND", "filters": [{"filterType": kind, **parts}]}


def on(name: str, operator: str, kind: str = "MULTISTRING", **operation: Any) -> dict[str, Any]:
    """One property filter."""
    found: dict[str, Any] = branch(name, operator, kind, **operation)["filterBranches"][0]["filters"][0]
    return found


def unified(event_type: str, *filters: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """A branch of events."""
    inner: dict[str, Any] = {
        "filterBranchType": "UNIFIED_EVENTS",
        "filterBranchOperator": "AND",
        "eventTypeId": event_type,
    }
    inner |= {"operator": "HAS_COMPLETED", "filters": list(filters), "filterBranches": [], **parts}
    return {"filterBranchType": "AND", "filterBranches": [inner], "filters": []}


def select(fake: Fake, *cases: tuple[dict[str, Any], list[str]]) -> None:
    """Make a list of each branch, and compare its members."""
    for number, (given, expected) in enumerate(cases):
        made = new(fake, f"D{number}", processingType="DYNAMIC", filterBranch=given)
        assert members(fake, made) == expected, given


@pytest.fixture
def account(empty: Fake) -> Fake:
    """Three contacts on a Wednesday."""
    empty.request("PUT", "/_fake/clock", {"freeze": True, "at": NOW})
    empty.seed("contacts", *({"id": str(one), "properties": {"email": f"{one}@example.com"}} for one in (1, 2, 3)))
    return empty


def test_a_list_of_a_calendar_period_moves_with_the_days(empty: Fake) -> None:
    """Closed this week, and a week later no longer; a date without a time is a day of the account."""
    empty.request("PUT", "/_fake/clock", {"freeze": True, "at": NOW})
    days = {"1": "2026-05-12T12:00:00Z", "2": "2026-05-04", "3": "2026-06-01"}
    empty.seed("deals", *({"id": one, "properties": {"closedate": day}} for one, day in days.items()))
    given = {
        operator: branch("closedate", f"IN_{operator}_TIME_UNIT", "CALENDAR_DATE", timeUnit=unit)
        for operator, unit in (("THIS", "WEEK"), ("LAST", "WEEK"), ("NEXT", "MONTH"))
    }
    made = {
        operator: new(empty, operator, objectTypeId="0-3", processingType="DYNAMIC", filterBranch=one)
        for operator, one in given.items()
    }

    first = {operator: members(empty, one) for operator, one in made.items()}
    empty.request("PUT", "/_fake/clock", {"freeze": True, "at": "2026-05-20T10:00:00Z"})
    later = {operator: members(empty, one) for operator, one in made.items()}

    assert first == {"THIS": ["1"], "LAST": ["2"], "NEXT": ["3"]}
    assert later == {"THIS": [], "LAST": ["1"], "NEXT": ["3"]}


def test_points_compare_changes_anniversaries_and_other_properties(account: Fake) -> None:
    """When a property was changed, what day of this year it is, and which of two times is later."""
    account.request("PATCH", "/crm/v3/objects/contacts/1", {"properties": {"city": "Oslo"}})
    account.request("PATCH", "/crm/v3/objects/contacts/2", {"properties": {"closedate": "1990-05-20T10:00:00Z"}})
    now, today = ({"timeType": "INDEXED", "indexReference": {"referenceType": kind}} for kind in ("NOW", "TODAY"))
    soon = {"lowerBoundTimePoint": now, "upperBoundTimePoint": today | {"offset": {"days": 8}}}
    so_far = {"lowerBoundTimePoint": today, "upperBoundTimePoint": now}
    other = {"timeType": "PROPERTY_REFERENCED", "property": "createdate", "referenceType": "VALUE"}
    never = {"timeType": "PROPERTY_REFERENCED", "property": "lastname", "referenceType": "UPDATED_AT"}
    exclusive = {"upperBoundEndpointBehavior": "EXCLUSIVE"}

    def ranged(name: str, parser: str, **more: Any) -> dict[str, Any]:
        return branch(name, "IS_BETWEEN", "TIME_RANGED", propertyParser=parser, **more)

    def at_point(name: str, operator: str, point: dict[str, Any], **more: Any) -> dict[str, Any]:
        return branch(name, operator, "TIME_POINT", timePoint=point, **more)

    select(
        account,
        (ranged("city", "UPDATED_AT", **so_far), ["1"]),
        (ranged("city", "UPDATED_AT", **so_far, **exclusive), []),
        (ranged("closedate", "VALUE", **soon), []),
        (ranged("closedate", "ANNIVERSARY", **soon), ["2"]),
        (at_point("closedate", "IS_BEFORE", other), ["2"]),
        (at_point("createdate", "IS_BEFORE", other), []),
        (at_point("createdate", "IS_BEFORE", other, endpointBehavior="INCLUSIVE"), ["1", "2", "3"]),
        (at_point("createdate", "IS_AFTER", never), []),
        (branch("closedate", "IS_EQUAL_TO", "DATE", year=1990, month="MAY", day=20), ["2"]),
    )


def test_forms_that_were_filled_out_or_not(account: Fake) -> None:
    """Any form, one form, on one page, often enough, and lately."""
    form, other = (account.post("/marketing/v3/forms", {"name": name}).json()["id"] for name in ("F", "G"))
    for form_id, email, days_ago, page in (
        (form, "1@EXAMPLE.com", 9, "11"),
        (form, "1@example.com", 1, "12"),
        (other, "2@example.com", 5, "11"),
    ):
        body = {
            "fields": [{"name": "email", "value": email}],
            "submittedAt": NOW_MS - days_ago * DAY_MS,
            "context": {"pageUri": "https://example.com/a", "pageId": page},
        }
        path = f"/submissions/v3/integration/secure/submit/{account.portal.id}/{form_id}"
        assert account.post(path, body).status == 200
    offset = {"amount": 3, "timeUnit": "DAYS", "offsetDirection": "PAST"}
    lately = {"pruningRefineBy": {"type": "RELATIVE_COMPARATIVE", "comparison": "AFTER", "timeOffset": offset}}
    twice = {"coalescingRefineBy": {"type": "NUM_OCCURRENCES", "minOccurrences": 2}}
    filled, left = ({"operator": one} for one in ("FILLED_OUT", "NOT_FILLED_OUT"))

    select(
        account,
        (one_filter("FORM_SUBMISSION", **filled), ["1", "2"]),
        (one_filter("FORM_SUBMISSION", **left), ["3"]),
        (one_filter("FORM_SUBMISSION", **filled, formId=form), ["1"]),
        (one_filter("FORM_SUBMISSION", **filled, **twice), ["1"]),
        (one_filter("FORM_SUBMISSION", **filled, **lately), ["1"]),
        (one_filter("FORM_SUBMISSION", **filled, **lately, **twice), []),
        (one_filter("FORM_SUBMISSION_ON_PAGE", **filled, pageId="11"), ["1", "2"]),
        (one_filter("FORM_SUBMISSION_ON_PAGE", **left, pageId="11", formId=other), ["1", "3"]),
        (unified("4-1639801", on("hs_form_id", "IS_ANY_OF", "ENUMERATION", values=[other])), ["2"]),
        (unified("4-1639801", operator="HAS_NOT_COMPLETED"), ["3"]),
    )
    listed = account.get(f"/form-integrations/v1/submissions/forms/{form}").json()["results"]
    assert tuple(listed[0]) == ("conversionId", "submittedAt", "values", "pageUrl")


def test_emails_that_were_opened_and_links_that_were_not_clicked(account: Fake) -> None:
    """By the events of e-mails, which an account is seeded with, and by its subscriptions."""
    rows: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("1", "SENT", {}),
        ("1", "OPEN", {}),
        ("1", "CLICK", {"url": "https://example.com/x"}),
        ("2", "SENT", {}),
        ("2", "OPEN", {}),
        ("3", "SENT", {"emailCampaignId": 78}),
    )
    events = [
        {"recipient": f"{who}@example.com", "type": kind, "emailCampaignId": 77, "appId": 5, "created": NOW_MS, **more}
        for who, kind, more in rows
    ]
    account.post("/_fake/seed", {"resources": {"email-events": events}})
    for email, state in (("2@example.com", "UNSUBSCRIBED"), ("3@example.com", "SUBSCRIBED")):
        change = {"subscriptionId": 2, "statusState": state, "channel": "EMAIL"}
        assert account.post(f"/communication-preferences/v4/statuses/{email}", change).status == 200

    def of_email(operator: str, **more: Any) -> dict[str, Any]:
        given = {"level": "EMAIL_API_CAMPAIGN", "emailId": "77", "operator": operator, **more}
        return one_filter("EMAIL_EVENT", **given)

    def opted(state: str) -> dict[str, Any]:
        return one_filter("EMAIL_SUBSCRIPTION", subscriptionIds=["2"], acceptedStatuses=[state])

    channel = {"subscriptionIds": ["2"], "acceptedOptStates": ["OPT_IN"], "channel": "EMAIL"}
    select(
        account,
        (of_email("SENT"), ["1", "2"]),
        (of_email("SENT", emailId="78"), ["3"]),
        (of_email("OPENED", appId="5"), ["1", "2"]),
        (of_email("OPENED", appId="6"), []),
        (of_email("LINK_CLICKED", clickUrl="https://example.com/x"), ["1"]),
        (of_email("LINK_CLICKED", clickUrl="https://example.com/y"), []),
        (of_email("OPENED_BUT_LINK_NOT_CLICKED"), ["2"]),
        (of_email("SENT_BUT_NOT_RECEIVED"), ["1", "2"]),
        (of_email("UNSUBSCRIBED", emailId=None), ["2"]),
        (unified("4-666288"), ["1"]),
        (opted("OPT_IN"), ["3"]),
        (opted("OPT_OUT"), ["2"]),
        (opted("NOT_OPTED"), ["1"]),
        (one_filter("COMMUNICATION_SUBSCRIPTION", subscriptionType="PORTAL_WIDE", **channel), ["3"]),
    )


def test_visits_custom_events_and_timeline_events(account: Fake) -> None:
    """By address, by the properties of an event, and by an app's tokens."""
    made = account.post("/events/v3/event-definitions", {"label": "Opened Door"}).json()
    name, type_id = made["name"], made["objectTypeId"]
    for who, colour in ((1, "red"), (2, "blue")):
        event = {"eventName": made["fullyQualifiedName"], "objectId": who, "properties": {"colour": colour}}
        assert account.post("/events/v3/send", event).status == 204
    visit = {"eventType": "e_visited_page", "objectType": "CONTACT", "occurredAt": NOW_MS}
    visits = [
        visit | {"objectId": "2", "properties": {"hs_url": "https://www.example.com/prices/"}},
        visit | {"objectId": "3", "properties": {"hs_url": "https://www.example.com/"}},
    ]
    account.post("/_fake/seed", {"resources": {"event-occurrences": visits}})
    token = {"eventTemplateId": "1001", "email": "3@example.com", "tokens": {"score": 7}}
    assert account.post("/integrators/timeline/v3/events", token).status == 201
    red = on("colour", "IS_EQUAL_TO", values=["red"])
    high = on("score", "IS_GREATER_THAN", "NUMBER", value=5)

    def page(operator: str, url: str) -> dict[str, Any]:
        return one_filter("PAGE_VIEW", operator=operator, pageUrl=url)

    select(
        account,
        (unified(made["fullyQualifiedName"]), ["1", "2"]),
        (unified(type_id, red), ["1"]),
        (unified(type_id, red, operator="HAS_NOT_COMPLETED"), ["2", "3"]),
        (one_filter("EVENT", eventId=name, operator="HAS_EVENT"), ["1", "2"]),
        (one_filter("EVENT", eventId=name, operator="NOT_HAS_EVENT"), ["3"]),
        (one_filter("UNIFIED_EVENTS", eventTypeId=type_id, filterLines=[]), ["1", "2"]),
        (page("HAS_PAGEVIEW_EQ", "www.example.com/prices"), ["2"]),
        (page("HAS_PAGEVIEW_CONTAINS", "example.com"), ["2", "3"]),
        (page("NOT_HAS_PAGEVIEW_CONTAINS", "prices"), ["1", "3"]),
        (unified("4-96000"), ["2", "3"]),
        (one_filter("INTEGRATION_EVENT", eventTypeId=1001, filterLines=[high]), ["3"]),
        (one_filter("INTEGRATION_EVENT", eventTypeId=1002, filterLines=[]), []),
    )


def test_links_imports_and_records_that_properties_name(account: Fake) -> None:
    """How many links, which import wrote a record, and what is true of the record whose id a property holds."""
    account.seed("companies", {"id": "7", "properties": {"city": "Oslo"}}, {"id": "8", "properties": {"city": "Rome"}})
    account.seed(
        "contacts",
        {"id": "4", "properties": {"email": "4@example.com", "associatedcompanyid": "7"}},
        {"id": "5", "properties": {"email": "5@example.com", "associatedcompanyid": "99"}},
    )
    for company in ("7", "8"):
        account.request("PUT", f"/crm/v4/objects/contacts/1/associations/default/companies/{company}")
    oslo = {"processingType": "DYNAMIC", "filterBranch": branch("city", "IS_EQUAL_TO", value="Oslo")}
    in_oslo = new(account, "O", objectTypeId="0-2", **oslo)["listId"]
    link = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}
    named = {"propertyWithObjectId": "associatedcompanyid", "operator": "IN_LIST"}
    city: dict[str, Any] = {"filterBranchType": "PROPERTY_ASSOCIATION", "objectTypeId": "0-2", **named}
    city["filters"] = [on("city", "IS_EQUAL_TO", value="Oslo")]
    account.portal.resources.add("imports.records/31", {}, resource_id="0-1/2")
    imported = {"id": "31", "inListType": "IMPORT"}
    twice = {"type": "NUM_OCCURRENCES", "minOccurrences": 2}

    select(
        account,
        (one_filter("NUM_ASSOCIATIONS", coalescingRefineBy=twice, **link), ["1"]),
        ({"filterBranchType": "OR", "filterBranches": [city], "filters": []}, ["1", "4"]),
        (one_filter("PROPERTY_ASSOCIATION", listId=in_oslo, toObjectTypeId="0-2", **named), ["1", "4"]),
        (one_filter("IN_LIST", operator="IN_LIST", metadata=imported), ["2"]),
        (one_filter("IN_LIST", operator="NOT_IN_LIST", metadata=[imported]), ["1", "3", "4", "5"]),
    )


SUBSCRIPTION = {"subscriptionIds": ["1"], "acceptedStatuses": ["OPT_IN"]}


@pytest.mark.parametrize(
    ("given", "status", "text"),
    [
        (one_filter("PAGE_VIEW", operator="HAS_PAGEVIEW_MATCHES_REGEX", pageUrl="x"), 404, "the operator HAS_PAGEVIE"),
        (one_filter("PAGE_VIEW", operator="HAS_PAGEVIEW_EQ"), 400, "Invalid filterBranch: a filter of type PAGE_VIEW"),
        (one_filter("EMAIL_EVENT", operator="SENT", level="HUBSPOT_CAMPAIGN"), 404, "the level HUBSPOT_CAMPAIGN of"),
        (
            one_filter("EMAIL_SUBSCRIPTION", **SUBSCRIPTION | {"acceptedStatuses": ["MAYBE"]}),
            404,
            "the status MAYBE of subscriptions",
        ),
        (
            one_filter("EMAIL_SUBSCRIPTION", **SUBSCRIPTION, subscriptionType="SPAMREPORT"),
            404,
            "the subscription type SPAMREPORT",
        ),
        (
            one_filter(
                "COMMUNICATION_SUBSCRIPTION", subscriptionIds=["1"], acceptedOptStates=["OPT_IN"], channel="SMS"
            ),
            404,
            "the channel SMS",
        ),
        (
            one_filter("IN_LIST", operator="IN_LIST", metadata={"id": "1", "inListType": "WORKFLOWS_GOAL"}),
            404,
            "the metadata WORKFLOWS_GOAL of the filter type IN_LIST",
        ),
        (unified("pe1_x", operator="MAY_HAVE"), 404, "the operator MAY_HAVE of the filter branch type UNIFIED_EVENTS"),
        (
            unified("pe1_x", {"filterType": "IN_LIST", "listId": "1"}),
            404,
            "the filter type IN_LIST in a filter branch of type UNIFIED_EVENTS",
        ),
        (
            one_filter("FORM_SUBMISSION", operator="FILLED_OUT", pruningRefineBy={"type": "SOMETIMES"}),
            404,
            "the refinement SOMETIMES of list filters",
        ),
    ],
)
def test_what_the_fake_has_no_events_of_is_refused_by_name(
    empty: Fake, given: dict[str, Any], status: int, text: str
) -> None:
    """A list that could only be empty teaches nothing."""
    body = {"name": "L", "objectTypeId": "0-1", "processingType": "DYNAMIC", "filterBranch": given}

    answer = empty.post(LISTS, body)

    assert (answer.status, answer.json()["message"][: len(text)]) == (status, text)
