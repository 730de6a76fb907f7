"""The journal of events: what subscriptions write into it, and how it is read."""

from typing import Any

from fake_hubspot.settings import Settings
from tests.support.cases import Cases
from tests.unit.fake_hubspot.inprocess import Fake

JOURNAL, LOCAL = "/webhooks-journal/journal/2026-03", "/webhooks-journal/journal-local/2026-03"
SUBSCRIPTIONS = "/webhooks-journal/subscriptions/2026-03"
CONTACTS = "/crm/v3/objects/contacts"
DAY_MS = 86_400_000


def subscribe(fake: Fake, *actions: str, kind: str = "OBJECT", **more: Any) -> dict[str, Any]:
    """Subscribe to what happens to contacts."""
    body = {"subscriptionType": kind, "objectTypeId": "0-1", "actions": actions, "portalId": fake.portal.id, **more}
    answer = fake.post(SUBSCRIPTIONS, body)
    assert answer.status == 200, answer.content
    made: dict[str, Any] = answer.json()
    return made


def create(fake: Fake, **properties: str) -> int:
    """Create a contact."""
    return int(fake.post(CONTACTS, {"properties": properties}).json()["id"])


def events_of(fake: Fake, entry: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the events of an entry, read without a token."""
    answer = fake.get(entry["url"].removeprefix("http://api.test"), headers={"authorization": ""})
    assert answer.status == 200, answer.content
    assert answer.json()["offset"] == entry["currentOffset"]
    found: list[dict[str, Any]] = answer.json()["journalEvents"]
    return found


def read_all(fake: Fake, path: str = JOURNAL) -> list[dict[str, Any]]:
    """Return every event from the earliest on, as a client reads them."""
    found: list[dict[str, Any]] = []
    answer = fake.get(f"{path}/earliest")
    while answer.status == 200:
        entry = answer.json()
        found += events_of(fake, entry)
        answer = fake.get(f"{path}/offset/{entry['currentOffset']}/next")
    assert answer.status == 204
    return found


def test_a_client_reads_what_happened_from_offset_to_offset(empty: Fake) -> None:
    """Nothing is written before the subscription."""
    create(empty, firstname="Before")
    assert empty.get(f"{JOURNAL}/latest").status == 204
    subscribe(empty, "CREATE", "UPDATE", "DELETE", "RESTORE", "MERGE")
    one, two = create(empty, firstname="Ada"), create(empty, firstname="Ben")
    empty.request("PATCH", f"{CONTACTS}/{one}", {"properties": {"firstname": "Åse", "city": "Oslo"}})
    merged = empty.post(f"{CONTACTS}/merge", {"primaryObjectId": str(one), "objectIdToMerge": str(two)}).json()
    empty.request("DELETE", f"{CONTACTS}/{merged['id']}")

    events = read_all(empty)

    assert [event["action"] for event in events][:3] == ["CREATE", "CREATE", "UPDATE"]
    assert {"MERGE", "DELETE"} <= {event["action"] for event in events}
    assert [event["objectId"] for event in events][:3] == [one, two, one]
    assert {k: events[2]["propertyChanges"][k] for k in ("firstname", "city")} == {"firstname": "Åse", "city": "Oslo"}
    assert {(event["type"], event["objectTypeId"], event["portalId"]) for event in events} == {
        ("OBJECT", "0-1", empty.portal.id)
    }
    assert read_all(empty, LOCAL) == events
    assert read_all(empty, "/webhooks/v4/journal") == events


def test_a_subscription_limits_what_is_written(empty: Fake) -> None:
    """To properties, to records, to types that are linked; its end ends it."""
    one, two = create(empty, firstname="Ada"), create(empty, firstname="Ben")
    company = empty.post("/crm/v3/objects/companies", {"properties": {"name": "C"}}).json()["id"]
    deal = empty.post("/crm/v3/objects/deals", {"properties": {"dealname": "D", "dealstage": "closedwon"}}).json()["id"]
    made = subscribe(empty, "UPDATE", properties=["city"], objectIds=[one])
    subscribe(empty, "ASSOCIATION_ADDED", "ASSOCIATION_REMOVED", kind="ASSOCIATION", associatedObjectTypeIds=["0-2"])
    for contact in (one, two):
        empty.request("PATCH", f"{CONTACTS}/{contact}", {"properties": {"firstname": "X"}})
        empty.request("PATCH", f"{CONTACTS}/{contact}", {"properties": {"city": "Oslo"}})
    for kind, other in (("companies", company), ("deals", deal)):
        empty.request("PUT", f"/crm/v4/objects/contacts/{one}/associations/default/{kind}/{other}")
    empty.request("DELETE", f"/crm/v4/objects/contacts/{one}/associations/companies/{company}")
    assert empty.request("DELETE", f"{SUBSCRIPTIONS}/{made['id']}").status == 204
    empty.request("PATCH", f"{CONTACTS}/{one}", {"properties": {"city": "Bergen"}})

    events = [event for event in read_all(empty) if event["type"] == "OBJECT"]
    links = [event for event in read_all(empty) if event["type"] == "ASSOCIATION"]

    assert [(event["objectId"], event["propertyChanges"]) for event in events] == [(one, {"city": "Oslo"})]
    assert {event["associatedObjectId"] for event in links} == {int(company)}
    assert {event["action"] for event in links} == {"ASSOCIATION_ADDED", "ASSOCIATION_REMOVED"}


def test_entries_are_read_in_batches(empty: Fake) -> None:
    """The first, the last, those behind an offset, and those that a request names."""
    subscribe(empty, "CREATE")
    ids = [create(empty, firstname=str(number)) for number in range(5)]
    batch = f"{JOURNAL}/batch"
    first = empty.get(f"{batch}/earliest/2").json()
    offset = first["results"][1]["currentOffset"]

    latest, following = empty.get(f"{batch}/latest/2").json(), empty.get(f"{batch}/{offset}/next/10").json()
    given = empty.post(f"{batch}/read", {"inputs": [offset]})
    partly = empty.post(f"{batch}/read", {"inputs": ["nothing", offset]})

    def told(page: dict[str, Any]) -> list[int]:
        return [event["objectId"] for entry in page["results"] for event in events_of(empty, entry)]

    assert (told(first), told(latest), told(following)) == (ids[:2], ids[3:], ids[2:])
    assert (given.status, told(given.json())) == (200, ids[1:2])
    assert (partly.status, told(partly.json()), partly.json()["numErrors"]) == (207, ids[1:2], 1)


def test_an_entry_and_its_address_expire(empty: Fake) -> None:
    """By the portal's clock: the address after an hour, the entry after three days."""
    subscribe(empty, "CREATE")
    create(empty, firstname="Ada")
    entry = empty.get(f"{JOURNAL}/earliest").json()
    path = entry["url"].removeprefix("http://api.test")

    empty.request("PUT", "/_fake/clock", {"advanceMs": 3_600_001})
    late = empty.get(path).status
    empty.request("PUT", "/_fake/clock", {"advanceMs": 3 * DAY_MS})

    assert late == 403
    assert empty.get(path.replace("signature=", "signature=0")).status == 404
    assert empty.get(f"{JOURNAL}/offset/{entry['currentOffset']}/next").status == 404
    assert empty.get(f"{JOURNAL}/earliest").status == 204


def test_an_offset_from_before_a_new_start_is_unknown(empty: Fake) -> None:
    """It must not name an entry of the new journal, whose events a client would skip."""

    def first_offset() -> str:
        subscribe(empty, "CREATE")
        create(empty, firstname="Ada")
        return str(empty.get(f"{JOURNAL}/earliest").json()["currentOffset"])

    before = first_offset()
    empty.post("/_fake/reset", {})
    after = first_offset()

    assert before != after
    assert empty.get(f"{JOURNAL}/offset/{before}/next").status == 404


def test_a_snapshot_is_an_entry_with_the_values_of_a_record(empty: Fake) -> None:
    """A record that is not there fails, and says so in its status."""
    one = create(empty, firstname="Ada")
    wanted = [
        {"portalId": empty.portal.id, "objectId": number, "objectTypeId": "0-1", "properties": ["firstname", "city"]}
        for number in (one, 9, -1, 2**63, 10**40)
    ]

    made = empty.post("/webhooks-journal/snapshots/2026-03/crm", {"snapshotRequests": wanted}).json()
    statuses = [
        empty.get(f"{JOURNAL}/status/{each['snapshotStatusId']}").json()["status"] for each in made["snapshotResponses"]
    ]

    (event,) = read_all(empty)
    assert (event["action"], event["properties"]) == ("SNAPSHOT", {"firstname": "Ada", "city": None})
    assert statuses == ["COMPLETED", *["FAILED"] * 4]


def test_a_privacy_deletion_is_written_whatever_its_subscription_leaves_out(cases: Cases) -> None:
    """Neither a type nor an action is required of it."""
    for more in ({}, {"objectTypeId": "0-1"}, {"actions": ["GDPR_DELETE"]}):
        fake = Fake(Settings(contacts=0))
        with cases.case(str(more)):
            subscribed = fake.post(SUBSCRIPTIONS, {"subscriptionType": "GDPR_PRIVACY_DELETION", **more})
            one = create(fake, firstname="Ada")
            deleted = fake.post(f"{CONTACTS}/gdpr-delete", {"objectId": str(one)})

            told = [(event["action"], event["objectId"]) for event in read_all(fake)]
            assert (subscribed.status, deleted.status, told) == (200, 204, [("GDPR_DELETE", one)])
        fake.app.portals.close()


def test_subscriptions_are_listed_changed_and_ended(empty: Fake) -> None:
    """A second one of the same kind to the same type changes the first."""
    first = subscribe(empty, "CREATE")
    again = subscribe(empty, "CREATE", "UPDATE")
    other = subscribe(empty, "GDPR_DELETE", kind="GDPR_PRIVACY_DELETION")
    condition = {"property": "city", "operator": "EQ", "value": "Oslo"}
    made = empty.post(
        f"{SUBSCRIPTIONS}/filters", {"subscriptionId": first["id"], "filter": {"conditions": [condition]}}
    )
    filter_path = f"{SUBSCRIPTIONS}/filters/{made.json()['filterId']}"

    assert first["id"] == again["id"]
    listed = empty.get(SUBSCRIPTIONS).json()["results"]
    assert [(one["id"], one["actions"]) for one in listed] == [
        (first["id"], ["CREATE", "UPDATE"]), (other["id"], ["GDPR_DELETE"]),
    ]  # fmt: skip
    assert empty.get(f"{SUBSCRIPTIONS}/{first['id']}").json() == listed[0]
    (kept,) = empty.get(filter_path).json()["filter"]["conditions"]
    assert {name: kept[name] for name in condition} == condition
    assert len(empty.get(f"{SUBSCRIPTIONS}/filters/subscription/{first['id']}").json()) == 1
    assert empty.request("DELETE", filter_path).status == 204
    assert empty.get(filter_path).status == 404
    assert empty.request("DELETE", f"{SUBSCRIPTIONS}/portals/{empty.portal.id}").status == 204
    assert empty.get(SUBSCRIPTIONS).json() == {"results": []}
    assert not empty.portal.context.feed.is_heard


def test_what_cannot_be_subscribed_is_refused(empty: Fake, cases: Cases) -> None:
    """Nothing is kept of it."""
    good: dict[str, Any] = {"subscriptionType": "OBJECT", "objectTypeId": "0-1", "actions": ["CREATE"]}
    changes: dict[str, dict[str, Any]] = {
        "type": {"subscriptionType": "NOTHING"},
        "action": {"actions": ["EAT"]},
        "no action": {"actions": []},
        "no type of object": {"objectTypeId": None},
        "portal": {"portalId": 1},
        "type of object": {"objectTypeId": "butterflies"},
    }
    for name, change in changes.items():
        with cases.case(name):
            assert empty.post(SUBSCRIPTIONS, good | change).status == 400
    for path in (f"{JOURNAL}/batch/earliest/0", f"{JOURNAL}/batch/latest/x", f"{JOURNAL}/earliest?installPortalId=1"):
        with cases.case(path):
            assert empty.get(path).status == 400
    assert empty.get(SUBSCRIPTIONS).json() == {"results": []}


def test_a_filter_lets_only_some_records_into_the_journal(empty: Fake, cases: Cases) -> None:
    """All conditions of one of the filters hold for the values as they are after the change."""
    wanted = subscribe(empty, "CREATE")["id"]
    people = {
        "Ada": {"city": "Oslo", "annualrevenue": "9"},
        "Ben": {"city": "Bergen", "annualrevenue": "10"},
        "Cay": {},
    }
    for operator, more, passing in (
        ("EQ", {"value": "Oslo"}, ["Ada"]),
        ("N_EQ", {"value": "Oslo"}, ["Ben", "Cay"]),
        ("STARTS_WITH", {"value": "Be"}, ["Ben"]),
        ("ENDS_WITH", {"value": "lo"}, ["Ada"]),
        ("CONTAINS", {"value": "erg"}, ["Ben"]),
        ("IN", {"values": ["Oslo", "Bergen"]}, ["Ada", "Ben"]),
        ("NOT_IN", {"values": ["Oslo"]}, ["Ben", "Cay"]),
        ("IS_EMPTY", {}, ["Cay"]),
        ("IS_NOT_EMPTY", {}, ["Ada", "Ben"]),
        ("GT", {"property": "annualrevenue", "value": "9"}, ["Ben"]),
        ("GTE", {"property": "annualrevenue", "value": "9"}, ["Ada", "Ben"]),
        ("LT", {"property": "annualrevenue", "value": "10"}, ["Ada"]),
        ("LTE", {"property": "annualrevenue", "value": "10"}, ["Ada", "Ben"]),
    ):
        with cases.case(operator):
            condition: dict[str, Any] = {"property": "city", "operator": operator, **more}
            path = f"{SUBSCRIPTIONS}/filters"
            made = empty.post(path, {"subscriptionId": wanted, "filter": {"conditions": [condition]}}).json()[
                "filterId"
            ]
            before = len(read_all(empty))
            names = {create(empty, firstname=name, **values): name for name, values in people.items()}
            assert [names[event["objectId"]] for event in read_all(empty)[before:]] == passing
            assert empty.request("DELETE", f"{path}/{made}").status == 204
    wrong = {"subscriptionId": wanted, "filter": {"conditions": [{"property": "city", "operator": "LIKE"}]}}
    assert empty.post(f"{SUBSCRIPTIONS}/filters", wrong).status == 400
