"""Subscriptions, events, limits and what is shallow: what was given is kept, and what is wrong is refused."""

from typing import Any

from tests.support.cases import Cases
from tests.unit.fake_hubspot.inprocess import Fake

V3, V4 = "/communication-preferences/v3", "/communication-preferences/v4"
MAIL = "a@example.com"


def states(fake: Fake, email: str = MAIL) -> list[str]:
    """Return the states of an address in version 4."""
    return [one["status"] for one in fake.get(f"{V4}/statuses/{email}?channel=EMAIL").json()["results"]]


def test_both_versions_of_subscriptions_read_what_the_other_wrote(empty: Fake) -> None:
    """Until the address leaves everything."""
    assert len(empty.get(f"{V3}/definitions").json()["subscriptionDefinitions"]) == 3
    assert empty.get(f"{V4}/definitions").json()["status"] == "COMPLETE"
    assert states(empty) == ["NOT_SPECIFIED"] * 3

    joined = empty.post(f"{V3}/subscribe", {"emailAddress": MAIL, "subscriptionId": "2"})
    left = empty.post(f"{V4}/statuses/{MAIL}", {"subscriptionId": 3, "statusState": "UNSUBSCRIBED", "channel": "EMAIL"})

    assert joined.json()["status"] == "SUBSCRIBED"
    assert left.json()["results"][0]["status"] == "UNSUBSCRIBED"
    assert states(empty) == ["NOT_SPECIFIED", "SUBSCRIBED", "UNSUBSCRIBED"]
    assert empty.post(f"{V4}/statuses/{MAIL}/unsubscribe-all?channel=EMAIL", {}).status == 200
    told = empty.get(f"{V3}/status/email/{MAIL}").json()["subscriptionStatuses"]
    assert {one["status"] for one in told} == {"NOT_SUBSCRIBED"}
    assert {one["sourceOfStatus"] for one in told} == {"PORTAL_WIDE_STATUS"}
    everywhere = empty.get(f"{V4}/statuses/{MAIL}/unsubscribe-all?channel=EMAIL").json()["results"]
    assert everywhere[0]["status"] == "UNSUBSCRIBED"


def test_subscriptions_that_cannot_be_are_refused(empty: Fake, cases: Cases) -> None:
    """An unknown type, a wrong address, what is so already, and joining again after leaving."""
    change = {"emailAddress": MAIL, "subscriptionId": "1"}
    assert empty.post(f"{V3}/unsubscribe", change).status == 200
    for name, path, body in (
        ("left already", f"{V3}/unsubscribe", change),
        ("cannot join again", f"{V3}/subscribe", change),
        ("no such type", f"{V3}/subscribe", change | {"subscriptionId": "99"}),
        ("no address", f"{V3}/subscribe", change | {"emailAddress": "x"}),
        ("no basis", f"{V3}/subscribe", {"emailAddress": "b@x.test", "subscriptionId": 2, "legalBasis": "WHY"}),
        ("no state", f"{V4}/statuses/{MAIL}", {"subscriptionId": 1, "statusState": "MAYBE"}),
        ("no channel", f"{V4}/statuses/batch/read", {"inputs": [MAIL]}),
    ):
        with cases.case(name):
            assert empty.post(path, body).status == 400
    assert empty.get(f"{V4}/statuses/{MAIL}").status == 400


def test_subscriptions_of_many_addresses(empty: Fake) -> None:
    """Written together or not at all."""
    good = {"subscriberIdString": MAIL, "subscriptionId": 1, "statusState": "SUBSCRIBED", "channel": "EMAIL"}
    bad = good | {"subscriptionId": 77}
    batch = f"{V4}/statuses/batch"

    assert empty.post(f"{batch}/write", {"inputs": [good, bad]}).status == 400
    assert states(empty) == ["NOT_SPECIFIED"] * 3
    assert empty.post(f"{batch}/write", {"inputs": [good]}).json()["results"][0]["status"] == "SUBSCRIBED"
    (read,) = empty.post(f"{batch}/read?channel=EMAIL", {"inputs": [MAIL]}).json()["results"]
    assert (read["subscriberIdString"], read["statuses"][0]["status"]) == (MAIL, "SUBSCRIBED")
    assert empty.post(f"{batch}/unsubscribe-all?channel=EMAIL", {"inputs": [MAIL]}).status == 200
    (told,) = empty.post(f"{batch}/unsubscribe-all/read?channel=EMAIL", {"inputs": [MAIL]}).json()["results"]
    assert told["statuses"][0]["status"] == "UNSUBSCRIBED"


def test_events_are_read_by_time_type_and_record(fake: Fake, cases: Cases) -> None:
    """And page by page."""
    first, second = (one["id"] for one in fake.get("/crm/v3/objects/contacts").json()["results"])
    name = fake.post("/events/v3/event-definitions", {"label": "Opened Door"}).json()["fullyQualifiedName"]
    inputs = [
        {"eventName": name, "objectId": first if number < 3 else second, "occurredAt": f"2026-01-0{number}T00:00:00Z"}
        for number in range(1, 5)
    ]

    assert fake.post("/events/v3/send", inputs[0] | {"properties": {"door": "left"}}).status == 204
    assert fake.post("/events/v3/send/batch", {"inputs": inputs[1:]}).status == 204

    for query, count in {
        "": 4,
        f"objectType=contact&objectId={first}": 2,
        "objectType=deal": 0,
        f"eventType={name}": 4,
        "eventType=other": 0,
        "occurredAfter=2026-01-02T00:00:00Z": 2,
        "occurredBefore=2026-01-02T00:00:00Z": 1,
    }.items():
        with cases.case(query):
            assert len(fake.get(f"/events/v3/events?{query}").json()["results"]) == count
    latest = fake.get("/events/v3/events?sort=-occurredAt&limit=1").json()
    assert latest["results"][0]["occurredAt"] == "2026-01-04T00:00:00Z"
    following = fake.get(latest["paging"]["next"]["link"].removeprefix("http://api.test")).json()
    assert following["results"][0]["occurredAt"] == "2026-01-03T00:00:00Z"
    assert fake.get("/events/v3/events/event-types").json() == {"eventTypes": [name]}
    assert fake.get(f"/events/v3/event-definitions/{name}").json()["label"] == "Opened Door"


def test_events_that_nobody_can_have_are_refused_together(fake: Fake, cases: Cases) -> None:
    """Without a definition, without a record, at no time."""
    (contact, *_) = fake.get("/crm/v3/objects/contacts").json()["results"]
    name = fake.post("/events/v3/event-definitions", {"label": "Door"}).json()["fullyQualifiedName"]
    good = {"eventName": name, "objectId": contact["id"]}
    for wrong in ({"eventName": "other"}, {"objectId": "1"}, {"email": "no@example.com"}, {"occurredAt": "then"}):
        with cases.case(str(wrong)):
            assert fake.post("/events/v3/send/batch", {"inputs": [good, good | wrong]}).status == 400
    assert fake.get("/events/v3/events").json() == {"results": []}
    assert fake.get("/events/v3/events?occurredAfter=then").status == 400


def test_limits_count_what_there_is(fake: Fake) -> None:
    """Records, own properties, own types and labels."""
    fake.post(
        "/crm/v3/properties/contacts",
        {"name": "own", "label": "O", "type": "string", "fieldType": "text", "groupName": "contactinformation"},
    )
    fake.post("/crm/v4/associations/contacts/deals/labels", {"label": "Buyer", "name": "buyer"})

    records = fake.get("/crm/v3/limits/records").json()["hubspotDefinedObjectTypes"]
    properties = fake.get("/crm/limits/2026-03/custom-properties").json()
    labels = fake.get("/crm/v3/limits/associations/labels?fromObjectTypeId=0-1&toObjectTypeId=0-3").json()

    assert next(one["usage"] for one in records if one["objectTypeId"] == "0-1") == 2
    assert properties["overallUsage"] == 1
    assert labels["results"][0]["allLabels"] == ["Buyer"]
    assert fake.get("/crm/v3/limits/associations/records/contacts/boats").status == 400
    assert fake.get("/crm/v3/object-library/enablement/0-1").json()["enablement"] is True


def test_rules_of_properties_are_read(fake: Fake) -> None:
    """Those of the control API, and those that were set on the path of HubSpot."""
    rule = {"objectType": "contacts", "property": "city", "maxLength": 5}
    assert fake.request("PUT", "/_fake/rules", [rule]).status == 200
    path = "/crm/v3/property-validations/contacts"

    assert fake.request("PUT", f"{path}/city/rule-type/REGEX", {"ruleArguments": ["x"]}).status == 204
    (found,) = fake.get(path).json()["results"]
    assert found["propertyName"] == "city"
    assert [one["ruleType"] for one in found["propertyValidationRules"]] == ["MAX_LENGTH", "REGEX"]
    assert fake.get(f"{path}/city/rule-type/REGEX").json()["ruleArguments"] == ["x"]
    assert fake.get(f"{path}/city/rule-type/URL").status == 404
    assert fake.get(f"{path}/no_such").status == 404


def test_marketing_emails_have_drafts_copies_and_revisions(empty: Fake) -> None:
    """A draft is what the e-mail is once it is published."""
    made = empty.post("/marketing/v3/emails", {"name": "News", "subject": "Old"}).json()
    one = f"/marketing/v3/emails/{made['id']}"

    assert empty.request("PATCH", f"{one}/draft", {"subject": "New"}).json()["subject"] == "New"
    assert empty.get(one).json()["subject"] == "Old"
    assert empty.request("POST", f"{one}/publish").status == 204
    published = empty.get(one).json()
    (revision,) = empty.get(f"{one}/revisions").json()["results"]
    assert (published["subject"], published["state"]) == ("New", "PUBLISHED")
    assert empty.get("/marketing/v3/emails?isPublished=true").json()["total"] == 1
    assert empty.request("POST", f"{one}/revisions/{revision['id']}/restore").status == 204
    assert empty.get(one).json()["subject"] == "Old"
    copy = empty.post("/marketing/v3/emails/clone", {"id": made["id"], "cloneName": "Copy"}).json()
    assert (copy["name"], copy["state"]) == ("Copy", "DRAFT")
    assert empty.post("/marketing/v3/emails/clone", {"id": "1"}).status == 404


def test_batches_of_campaigns(empty: Fake) -> None:
    """Those that there are not make it a 207."""
    batch = "/marketing/v3/campaigns/batch"
    made = empty.post(f"{batch}/create", {"inputs": [{"properties": {"hs_name": name}} for name in "AB"]})
    ids = [{"id": one["id"]} for one in made.json()["results"]]

    changed = empty.post(f"{batch}/update", {"inputs": [ids[0] | {"properties": {"hs_notes": "n"}}]})
    strange, unknown = {"id": "none"}, {"id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301"}
    read = empty.post(f"{batch}/read?properties=hs_notes,hs_name", {"inputs": [*ids, strange, unknown]})
    one = empty.request("PATCH", f"/marketing/v3/campaigns/{ids[0]['id']}", {"properties": {"hs_name": "C"}})

    assert (made.status, changed.status, read.status) == (201, 200, 207)
    assert [each["properties"] for each in read.json()["results"]] == [
        {"hs_name": "A", "hs_notes": "n"},
        {"hs_name": "B"},
    ]
    assert [each["assets"] for each in read.json()["results"]] == [{}, {}]
    first, second = read.json()["errors"]
    assert first == {
        "status": "error",
        "category": "VALIDATION_ERROR",
        "subCategory": "CampaignApiError.INVALID_REQUEST",
        "message": "Invalid request: 'Invalid campaign GUID format: none'",
        "context": {"message": ["Invalid campaign GUID format: none"]},
    }
    assert second["context"] == {"ids": [unknown["id"]]}
    assert one.json()["properties"] == {"hs_name": "C"}
    assert empty.get(f"/marketing/v3/campaigns/{ids[0]['id']}?properties=hs_notes").json()["properties"] == {
        "hs_notes": "n"
    }
    assert empty.post(f"{batch}/archive", {"inputs": ids}).status == 204
    assert empty.get("/marketing/v3/campaigns").json()["total"] == 0


def new_campaign(fake: Fake) -> str:
    """Make a campaign and return its path."""
    made = fake.post("/marketing/v3/campaigns", {"properties": {"hs_name": "C"}})
    return f"/marketing/v3/campaigns/{made.json()['id']}"


def test_totals_of_a_campaign_and_current_rates_are_of_what_was_kept(empty: Fake) -> None:
    """Not of nothing."""
    campaign = new_campaign(empty)
    assert empty.post("/marketing/v3/campaigns/c/budget", {"name": "B", "amount": 10}).status == 404
    assert empty.post(f"{campaign}/budget", {"name": "B", "amount": 10}).status == 201
    assert empty.post(f"{campaign}/spend", {"name": "S", "amount": 4}).status == 201
    rate = {"fromCurrencyCode": "EUR", "conversionRate": 2}
    assert empty.post("/settings/v3/currencies/exchange-rates", rate).status == 201

    totals = empty.get(f"{campaign}/budget/totals").json()

    assert (totals["budgetTotal"], totals["spendTotal"], totals["remainingBudget"]) == (10, 4, 6)
    assert len(empty.get("/settings/v3/currencies/exchange-rates/current").json()["results"]) == 1


def test_what_is_shallow_is_kept_until_it_is_deleted(empty: Fake, cases: Cases) -> None:
    """Documents at their path: 404 before, what was given after."""
    documents: dict[str, tuple[str, dict[str, Any]]] = {
        "/crm/v3/extensions/calling/7/settings": ("POST", {"name": "Caller", "url": "https://x.test"}),
        "/crm/v3/extensions/videoconferencing/settings/7": ("PUT", {"createMeetingUrl": "https://x.test"}),
        "/automation/v4/actions/7/8/functions/PRE_ACTION_EXECUTION": ("PUT", {"functionSource": "x"}),
    }
    for path, (method, body) in documents.items():
        with cases.case(path):
            assert empty.get(path).status == 404
            assert empty.request(method, path, body).status == 200
            assert empty.get(path).json().items() >= body.items()
            assert empty.get(path.replace("7", "9")).status == 404
            assert empty.request("DELETE", path).status == 204
            assert empty.get(path).status == 404


def test_what_is_below_a_path_is_listed(empty: Fake, cases: Cases) -> None:
    """As long as it is there."""
    for one in (
        "/automation/v4/actions/7/8/functions/PRE_ACTION_EXECUTION",
        f"{new_campaign(empty)}/assets/FORM/12",
        "/marketing/v3/marketing-events/associations/acc/ev/lists/3",
    ):
        with cases.case(one):
            many, _, name = one.rpartition("/")
            assert empty.get(many).json() == {"results": []}
            assert empty.request("PUT", one, {"a": 1}).status == 200
            assert empty.get(many).json() == {"results": [{"id": name, "a": 1}]}
            assert empty.request("DELETE", one).status == 204
            assert empty.get(many).json() == {"results": []}


def test_subscriptions_of_version_1_are_the_same_ones(empty: Fake) -> None:
    """In both directions."""
    legacy = f"/email/public/v1/subscriptions/{MAIL}"

    assert empty.request("PUT", legacy, {"subscriptionStatuses": [{"id": 1, "subscribed": False}]}).status == 200
    assert states(empty) == ["UNSUBSCRIBED", "NOT_SPECIFIED", "NOT_SPECIFIED"]
    assert empty.post(f"{V3}/subscribe", {"emailAddress": MAIL, "subscriptionId": "2"}).status == 200
    statuses = {one["id"]: one["subscribed"] for one in empty.get(legacy).json()["subscriptionStatuses"]}
    assert statuses == {1: False, 2: True}


def test_what_belongs_to_an_app_takes_the_key_of_its_developer(fake: Fake, cases: Cases) -> None:
    """As HubSpot's clients send it; what belongs to the account does not."""
    for path, status in {
        "/integrators/timeline/v3/7/event-templates": 200,
        "/automation/v4/actions/7": 200,
        "/crm/v3/extensions/cards-dev/7": 200,
        "/crm/v3/extensions/calling/7/settings": 404,
        "/marketing/v3/forms": 401,
    }.items():
        with cases.case(path):
            assert fake.get(f"{path}?hapikey={fake.token}", headers={"authorization": ""}).status == status
            assert fake.get(f"{path}?hapikey=wrong", headers={"authorization": ""}).status == 401


def test_timeline_events_and_marketing_events(fake: Fake) -> None:
    """Are kept and returned; what lacks something is refused."""
    timeline = "/integrators/timeline/v3"
    template = fake.post(f"{timeline}/7/event-templates", {"name": "T", "objectType": "contacts"}).json()
    event = fake.post(f"{timeline}/events", {"eventTemplateId": template["id"], "id": "e1", "tokens": {"a": "1"}})
    ids = {"externalAccountId": "acc", "externalEventId": "ev"}
    made = fake.post("/marketing/v3/marketing-events/events", {"eventName": "Fair", **ids}).json()
    one = "/marketing/v3/marketing-events/events/ev?externalAccountId=acc"

    assert event.status == 201
    assert fake.get(f"{timeline}/events/{template['id']}/e1").json()["tokens"] == {"a": "1"}
    assert fake.post(f"{timeline}/events", {"tokens": {}}).status == 400
    assert fake.get(one).json()["objectId"] == made["objectId"]
    assert fake.request("PATCH", one, {"eventName": "Fair 2"}).json()["eventName"] == "Fair 2"
    assert fake.get("/marketing/v3/marketing-events/events/ev?externalAccountId=other").status == 404
    attendance = f"/marketing/v3/marketing-events/{made['objectId']}/attendance/attend/email-create"
    assert fake.post(attendance, {"inputs": [{"email": "a@example.com"}]}).status == 200
    counts = fake.get(f"/marketing/v3/marketing-events/participations/{made['objectId']}").json()
    assert counts == {"attended": 1, "registered": 0, "cancelled": 0, "noShows": 0}
    listed = fake.get("/marketing/v3/marketing-events").json()["results"][0]
    assert (listed["eventName"], listed["attendees"], listed["noShows"]) == ("Fair 2", counts["attended"], 0)
    assert (listed["eventStatus"], listed["eventStatusV2"]) == ("ONGOING", "ongoing")
