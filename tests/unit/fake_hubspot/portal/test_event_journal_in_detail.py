"""What each subscription to the journal lets through, what its events say, and how long entries are kept."""

from typing import Any

from fake_hubspot.portal.change_feed import LinkChange, MergeChange
from fake_hubspot.portal.event_journal import ACTIONS, SUBSCRIPTION_TYPES
from fake_hubspot.portal.portal import Portal
from tests.support.cases import Cases
from tests.unit.fake_hubspot.portal.still_portal import NOW, NOW_TEXT

THREE_DAYS = 259_200_000
HEAD = ["type", "portalId", "occurredAt", "action", "objectTypeId", "objectId"]
COMPANY = LinkChange("0-2", 6, "HUBSPOT_DEFINED", 279, is_primary=False, is_removed=False)
REMOVED = LinkChange("0-3", 7, "USER_DEFINED", 9, is_primary=False, is_removed=True)


def subscribe(portal: Portal, kind: str = "OBJECT", resource_id: str = "1", **fields: Any) -> None:
    """Make one subscription, or replace it."""
    portal.resources.add("journal-subscriptions", {"subscriptionType": kind, **fields}, resource_id=resource_id)
    portal.event_journal.reload()


def change(portal: Portal, kind: str) -> list[dict[str, Any]]:
    """Make one kind of change of the contact 5, or of its links, and return the events of its entry."""
    feed, before = portal.context.feed, len(portal.event_journal.entries())
    if kind == "link":
        feed.add_links([("0-1", 5, COMPANY)])
    elif kind == "unlink":
        feed.add_links([("0-1", 5, REMOVED)])
    elif kind in ("create", "update"):
        feed.add_values("0-1", 5, {"c": "3"}, {"a": "1", "b": "2", "c": "3"}, is_new=kind == "create")
    else:
        feed.add(kind, "0-1", 5, merge=MergeChange((6, 7), 8, 9) if kind == "merge" else None)
    entries = portal.event_journal.entries()[before:]
    assert len(entries) < 2
    return entries[0].events if entries else []


LINK = {
    "associatedObjectId": 6,
    "associatedObjectTypeId": "0-2",
    "associationCategory": "HUBSPOT_DEFINED",
    "associationTypeId": 279,
}
UNLINK = {
    "associatedObjectId": 7,
    "associatedObjectTypeId": "0-3",
    "associationCategory": "USER_DEFINED",
    "associationTypeId": 9,
}
# By the change: the type of subscription, the action, and what an event says besides what every event does.
CHANGES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "create": ("OBJECT", "CREATE", {"propertyChanges": {"a": "1", "b": "2"}}),
    "update": ("OBJECT", "UPDATE", {"propertyChanges": {"a": "1", "b": "2"}}),
    "deletion": ("OBJECT", "DELETE", {}),
    "restore": ("OBJECT", "RESTORE", {}),
    "merge": ("OBJECT", "MERGE", {"mergedObjectIds": [6, 7], "newObjectId": 8}),
    "privacyDeletion": ("GDPR_PRIVACY_DELETION", "GDPR_DELETE", {}),
    "link": ("ASSOCIATION", "ASSOCIATION_ADDED", LINK),
    "unlink": ("ASSOCIATION", "ASSOCIATION_REMOVED", UNLINK),
}


def test_each_kind_of_change_has_its_event(portal: Portal, cases: Cases) -> None:
    """For a subscription to its type that names its action, or none; the keys have their order."""
    for kind in ("OBJECT", "GDPR_PRIVACY_DELETION", "ASSOCIATION"):
        for action in (None, *(action for _, action, _ in CHANGES.values())):
            subscribe(portal, kind, actions=None if action is None else [action])
            for name, (its_kind, its_action, more) in CHANGES.items():
                with cases.case(f"{name} for {kind} {action}"):
                    found = change(portal, name)
                    if its_kind != kind or action not in (None, its_action):
                        assert found == []
                        continue
                    (event,) = found
                    common = (kind, portal.id, NOW_TEXT, its_action, "0-1", 5)
                    assert list(event.items()) == [*zip(HEAD, common, strict=True), *more.items()]


def test_a_subscription_is_about_some_records_properties_and_ends(portal: Portal, cases: Cases) -> None:
    every = set(CHANGES) - {"privacyDeletion", "link", "unlink"}
    for fields, passing, values in (
        ({}, every, {"a": "1", "b": "2"}),
        ({"objectTypeId": "0-1"}, every, {"a": "1", "b": "2"}),
        ({"objectTypeId": "0-2"}, set(), {}),
        ({"objectTypeId": None, "objectIds": [5, 6]}, every, {"a": "1", "b": "2"}),
        ({"objectIds": [6]}, set(), {}),
        ({"properties": ["a", "x"]}, every, {"a": "1"}),
        ({"properties": ["c"]}, every - {"update"}, {}),
        ({"associatedObjectTypeIds": ["0-9"]}, every, {"a": "1", "b": "2"}),
    ):
        subscribe(portal, **fields)
        with cases.case(fields):
            found = {name: events for name in CHANGES if (events := change(portal, name))}
            assert set(found) == passing
            if "create" in found:
                assert found["create"][0]["propertyChanges"] == values
            if "update" in found:
                assert found["update"][0]["propertyChanges"] == values
    for ends, passing in (([], {"link", "unlink"}), (["0-2"], {"link"}), (["0-2", "0-3"], {"link", "unlink"})):
        subscribe(portal, "ASSOCIATION", associatedObjectTypeIds=ends)
        with cases.case(ends):
            assert {name for name in CHANGES if change(portal, name)} == passing


def test_a_commit_is_one_entry_with_an_event_for_each_record(portal: Portal) -> None:
    """All values that a record got at once are one event, with its creation; other changes are events of their own."""
    subscribe(portal)
    feed = portal.context.feed
    with portal.db.transaction():
        feed.add_values("0-1", 5, {}, {"a": "1"}, is_new=True)
        feed.add_values("0-1", 5, {}, {"b": "2"})
        feed.add_values("0-1", 6, {}, {"a": "3", "b": "4"})
        feed.add_values("0-2", 6, {}, {"a": "5"})
        feed.add("deletion", "0-2", 6)
        feed.add_values("0-2", 6, {}, {"a": "6"})
        feed.add("restore", "0-2", 6)
        feed.add("deletion", "0-2", 6)

    (entry,) = portal.event_journal.entries()
    found = [(one["objectTypeId"], one["objectId"], one["action"], one.get("propertyChanges")) for one in entry.events]
    assert found == [
        ("0-1", 5, "CREATE", {"a": "1", "b": "2"}),
        ("0-1", 6, "UPDATE", {"a": "3", "b": "4"}),
        ("0-2", 6, "UPDATE", {"a": "5"}),
        ("0-2", 6, "DELETE", None),
        ("0-2", 6, "UPDATE", {"a": "6"}),
        ("0-2", 6, "RESTORE", None),
        ("0-2", 6, "DELETE", None),
    ]
    assert entry.at_ms == NOW


def test_an_event_is_told_once_by_the_first_subscription_that_wants_it(portal: Portal) -> None:
    """One that does not want it does not keep it from the others."""
    subscribe(portal, resource_id="1", objectIds=[6])
    subscribe(portal, resource_id="2", properties=["a"])
    subscribe(portal, resource_id="3", properties=["b"])

    (event,) = change(portal, "update")

    assert event["propertyChanges"] == {"a": "1"}


def test_filters_of_a_subscription_are_its_own(portal: Portal) -> None:
    """One of them must let the record through; those of another subscription do not count."""
    record = portal.records.create(portal.types["0-1"], {"city": "Oslo", "firstname": "Ada"})

    def add_filter(number: str, subscription_id: Any, *conditions: tuple[str, str]) -> None:
        wanted = [{"property": name, "operator": "EQ", "value": value} for name, value in conditions]
        fields = {"subscriptionId": subscription_id, "filter": {"conditions": wanted}}
        portal.resources.add("journal-filters", fields, resource_id=number)
        portal.event_journal.reload()

    def is_told() -> bool:
        before = len(portal.event_journal.entries())
        portal.context.feed.add("restore", "0-1", record.id)
        return len(portal.event_journal.entries()) > before

    subscribe(portal)
    assert is_told()
    add_filter("1", 1, ("city", "Bergen"))
    assert not is_told()
    add_filter("2", "9", ("city", "Oslo"))
    assert not is_told()
    add_filter("3", "1", ("city", "Oslo"), ("firstname", "Ben"))
    assert not is_told()
    add_filter("4", "1", ("city", "Oslo"), ("firstname", "Ada"))
    assert is_told()


def test_entries_are_kept_for_three_days(portal: Portal) -> None:
    """And not one millisecond longer; each is found by its offset."""
    journal = portal.event_journal
    first = journal.add([{"a": 1}])
    portal.clock.freeze(NOW + 5)
    second = journal.add([{"b": 2}])
    assert (first.at_ms, second.at_ms, first.events) == (NOW, NOW + 5, [{"a": 1}])
    assert journal.entries() == [first, second]
    assert (journal.find(first.offset), journal.find(second.offset), journal.find("x")) == (first, second, None)

    for later, kept in ((0, [first, second]), (1, [second]), (5, [second]), (6, [])):
        portal.clock.freeze(NOW + THREE_DAYS + later)
        assert journal.entries() == kept


def test_ten_thousand_entries_are_kept(portal: Portal) -> None:
    """Each has an offset of its own."""
    for number in range(10_001):
        portal.event_journal.add([{"number": number}])

    entries = portal.event_journal.entries()
    assert (len(entries), entries[0].events, entries[-1].events) == (10_000, [{"number": 1}], [{"number": 10_000}])
    assert len({one.offset for one in entries}) == 10_000


def test_a_snapshot_is_told_without_a_subscription(portal: Portal) -> None:
    entry = portal.event_journal.snapshot("0-1", 5, {"city": "Oslo", "country": None})

    (event,) = entry.events
    common = ("OBJECT", portal.id, NOW_TEXT, "SNAPSHOT", "0-1", 5)
    values = {"city": "Oslo", "country": None}
    assert list(event.items()) == [*zip(HEAD, common, strict=True), ("properties", values)]
    assert portal.event_journal.entries() == [entry]


def test_the_journal_listens_while_somebody_subscribes(portal: Portal) -> None:
    """Beside webhooks, and again after a new start on the same database."""
    assert not portal.context.feed.is_heard
    subscribe(portal)
    assert portal.context.feed.is_heard
    portal.webhooks.subscriptions.add(7, "contact.creation", active=True)
    (known,) = portal.resources.living("journal-subscriptions")
    portal.resources.archive("journal-subscriptions", known)
    portal.event_journal.reload()
    assert portal.context.feed.is_heard
    assert change(portal, "restore") == []
    portal.webhooks.subscriptions.drop_app(7)
    for one in list(portal.webhooks.subscriptions.subscriptions):
        portal.webhooks.subscriptions.drop(one)
    assert not portal.context.feed.is_heard


def test_the_types_and_actions_are_those_of_the_documentation() -> None:
    assert (
        *("OBJECT", "ASSOCIATION", "EVENT", "APP_LIFECYCLE_EVENT", "LIST_MEMBERSHIP", "GDPR_PRIVACY_DELETION"),
    ) == SUBSCRIPTION_TYPES
    assert (
        *("CREATE", "UPDATE", "DELETE", "RESTORE", "MERGE", "GDPR_DELETE"),
        *("ASSOCIATION_ADDED", "ASSOCIATION_REMOVED", "SNAPSHOT"),
        *("APP_INSTALL", "APP_UNINSTALL", "ADDED_TO_LIST", "REMOVED_FROM_LIST"),
    ) == ACTIONS
