"""Which events a portal's writes give, and that each reaches its receiver: any sequence of writes, any failures."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from fake_hubspot.portal.config import PortalConfig
from fake_hubspot.portal.deliveries import MAX_EVENTS, RETRY_DELAYS_MS
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.subscriptions import Disturbance, WebhookApp

APP = 7
NOW_MS = 1_780_000_000_000
DAY_MS = 86_400_000
EVERYTHING = (
    *(("contact." + kind, None) for kind in ("creation", "deletion", "privacyDeletion", "restore", "merge")),
    ("contact.associationChange", None),
    ("contact.propertyChange", "firstname"),
    ("company.creation", None),
    ("company.associationChange", None),
    ("company.propertyChange", "name"),
)
Event = tuple[Any, ...]


def subscribed_portal(**app: Any) -> Portal:
    """Return a portal whose app wants to know everything; its clock stands."""
    portal = Portal(PortalConfig(contacts=0), time_source=lambda: NOW_MS)
    portal.clock.freeze(NOW_MS)
    subscriptions = portal.webhooks.subscriptions
    subscriptions.put_app(WebhookApp(app_id=APP, target_url="http://127.0.0.1:9/", **app))
    for event_type, name in EVERYTHING:
        subscriptions.add(APP, event_type, property_name=name, active=True)
    return portal


def told(events: list[dict[str, Any]]) -> Counter[Event]:
    """Return what events say, without what every event has."""
    return Counter(
        (
            one["subscriptionType"],
            one.get("objectId", (one.get("fromObjectId"), one.get("toObjectId"))),
            one.get("propertyValue"),
            one.get("associationRemoved"),
            tuple(one.get("mergedObjectIds", ())),
        )
        for one in events
    )


def deliver_all(portal: Portal, succeeds: Callable[[], bool]) -> list[dict[str, Any]]:
    """Send everything, in time as it comes; return the events that arrived."""
    arrived: list[dict[str, Any]] = []
    while True:
        for _, attempt in portal.webhooks.take_due():
            assert 0 < len(attempt.events) <= MAX_EVENTS
            is_fine = succeeds()
            arrived += attempt.events if is_fine else []
            portal.webhooks.settle(attempt, status=200 if is_fine else 500, problem="" if is_fine else "500")
        due_ms = portal.webhooks.deliveries.next_due_ms()
        if due_ms is None:
            return arrived
        portal.clock.freeze(max(due_ms, portal.clock.now_ms()))


class Writes:
    """Writes to a portal, each with the events that it must give."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.contact, self.company = portal.types["0-1"], portal.types["0-2"]
        self.expected: Counter[Event] = Counter()
        self.living: list[int] = []
        self.archived: list[int] = []
        company = portal.records.create(self.company, {"name": "Acme"})
        self.company_id = company.id
        self._expect("company.creation", company.id)
        self._expect("company.propertyChange", company.id, "Acme")

    def write(self, kind: str, number: int) -> None:
        """Do one kind of write."""
        getattr(self, f"_{kind}")(number)

    def _expect(self, kind: str, record: Any, value: str | None = None, removed: bool | None = None) -> None:
        self.expected[(kind, record, value, removed, ())] += 1

    def _record(self, number: int, ids: list[int], *, archived: bool = False) -> Any:
        return self.portal.records.find(self.contact, ids[number % len(ids)], archived=archived)

    def _create(self, number: int) -> None:
        made = self.portal.records.create(self.contact, {"firstname": f"n{number}"})
        self.living.append(made.id)
        self._expect("contact.creation", made.id)
        self._expect("contact.propertyChange", made.id, f"n{number}")

    def _update(self, number: int) -> None:
        if self.living:
            record = self._record(number, self.living)
            if record.properties["firstname"] != f"n{number}":
                self._expect("contact.propertyChange", record.id, f"n{number}")
            self.portal.records.update(self.contact, record, {"firstname": f"n{number}", "lastname": "x"})

    def _archive(self, number: int) -> None:
        if self.living:
            record = self._record(number, self.living)
            self.portal.records.archive(self.contact, record)
            self.living.remove(record.id)
            self.archived.append(record.id)
            self._expect("contact.deletion", record.id)

    def _restore(self, number: int) -> None:
        if self.archived:
            record = self._record(number, self.archived, archived=True)
            self.portal.records.restore(self.contact, record)
            self.archived.remove(record.id)
            self.living.append(record.id)
            self._expect("contact.restore", record.id)

    def _erase(self, number: int) -> None:
        if self.living:
            record = self._record(number, self.living)
            self.portal.records.erase(self.contact, record)
            self.living.remove(record.id)
            self._expect("contact.deletion", record.id)
            self._expect("contact.privacyDeletion", record.id)

    def _merge(self, number: int) -> None:
        if len(self.living) > 1:
            primary, other = self._record(number, self.living), self._record(number + 1, self.living)
            merged = self.portal.records.merge(self.contact, primary, other)
            self.living = [one for one in self.living if one not in (primary.id, other.id)] + [merged.id]
            self.expected[("contact.merge", primary.id, None, None, (other.id,))] += 1

    def _link(self, number: int) -> None:
        self._relink(number, is_removed=False)

    def _unlink(self, number: int) -> None:
        self._relink(number, is_removed=True)

    def _relink(self, number: int, *, is_removed: bool) -> None:
        if not self.living:
            return
        contact_id, links = self._record(number, self.living).id, self.portal.associations
        before = self._links(contact_id)
        (links.unlink if is_removed else links.connect)(self.contact, contact_id, self.company, self.company_id)
        for _ in range(abs(len(self._links(contact_id)) - len(before))):
            self._expect("contact.associationChange", (contact_id, self.company_id), removed=is_removed)
            self._expect("company.associationChange", (self.company_id, contact_id), removed=is_removed)

    def _links(self, contact_id: int) -> list[Any]:
        return self.portal.associations.of(self.contact, contact_id, self.company)

    def _take_back(self, number: int) -> None:  # gives no event
        try:
            with self.portal.db.transaction():
                self.portal.records.create(self.contact, {"firstname": f"r{number}"})
                raise ZeroDivisionError
        except ZeroDivisionError:
            pass


KINDS = ("create", "create", "update", "archive", "restore", "erase", "merge", "link", "unlink", "take_back")


EVERY_KIND = [(kind, 0) for kind in ("create", "link", "archive", "restore", "create", "merge", "unlink", "erase")]


@settings(max_examples=40, deadline=None)
@example(writes=[*EVERY_KIND, ("create", 1), ("update", 2), ("take_back", 0)], failures=[1], disturbance=Disturbance())
@given(
    writes=st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 5)), max_size=25),
    failures=st.lists(st.integers(0, 3), max_size=10),
    disturbance=st.builds(Disturbance, disorder=st.booleans(), duplicates=st.integers(0, 2)),
)
def test_every_write_gives_its_events_and_each_arrives(
    writes: list[tuple[str, int]], failures: list[int], disturbance: Disturbance
) -> None:
    portal = subscribed_portal(disturbance=disturbance)
    done = Writes(portal)
    for kind, number in writes:
        done.write(kind, number)
    left = iter(failures)

    arrived = deliver_all(portal, lambda: next(left, 0) != 1)

    wanted = Counter({event: count * (1 + disturbance.duplicates) for event, count in done.expected.items()})
    assert told(arrived) == wanted
    assert portal.webhooks.deliveries.gave_up == 0
    assert len({one["eventId"] for one in arrived}) * (1 + disturbance.duplicates) == len(arrived)
    portal.close()


def test_without_an_active_subscription_nothing_listens() -> None:
    portal = subscribed_portal()
    subscriptions = portal.webhooks.subscriptions
    assert portal.context.feed.is_heard

    for one in list(subscriptions.subscriptions):
        subscriptions.switch(one, active=False)

    assert not portal.context.feed.is_heard
    portal.records.create(portal.types["0-1"], {"firstname": "a"})
    assert deliver_all(portal, lambda: True) == []
    portal.close()


def test_a_receiver_that_never_answers_gets_eleven_attempts_within_a_day() -> None:
    portal = subscribed_portal()
    portal.records.create(portal.types["0-2"], {"name": "Acme"})
    numbers: list[set[int]] = []

    def fails() -> bool:
        numbers.append({event["attemptNumber"] for event in portal.webhooks.deliveries.attempts[-1].events})
        return False

    assert deliver_all(portal, fails) == []

    assert set.union(*numbers) == set(range(len(RETRY_DELAYS_MS) + 1))
    assert portal.webhooks.deliveries.gave_up == 2
    assert DAY_MS / 2 < portal.clock.now_ms() - NOW_MS <= DAY_MS
    assert sum(RETRY_DELAYS_MS) <= DAY_MS
    portal.close()


def test_requests_hold_at_most_100_events_and_so_many_are_under_way() -> None:
    portal = subscribed_portal(max_concurrent=2)
    with portal.db.transaction():
        for number in range(130):
            portal.records.create(portal.types["0-1"], {"firstname": str(number)})

    under_way = [attempt for _, attempt in portal.webhooks.take_due()]
    assert [attempt.count for attempt in under_way] == [100, 100]
    assert list(portal.webhooks.take_due()) == []
    portal.webhooks.settle(under_way[0], status=200)

    assert [attempt.count for _, attempt in portal.webhooks.take_due()] == [60]
    portal.close()


def test_delay_holds_events_until_the_clock_says_so() -> None:
    portal = subscribed_portal(disturbance=Disturbance(delay_ms=1000))
    portal.records.create(portal.types["0-2"], {"name": "Acme"})

    assert list(portal.webhooks.take_due()) == []
    assert portal.webhooks.is_settled()
    portal.clock.advance(999)
    assert list(portal.webhooks.take_due()) == []
    portal.clock.advance(1)
    assert [attempt.count for _, attempt in portal.webhooks.take_due()] == [2]
    portal.close()


def test_events_of_what_was_unsubscribed_are_not_sent_any_more() -> None:
    def unsubscribe(portal: Portal) -> None:
        for one in portal.webhooks.subscriptions.of_app(APP):
            portal.webhooks.subscriptions.drop(one)

    ways: dict[str, Callable[[Portal], object]] = {
        "unsubscribe": unsubscribe,
        "drop the app": lambda portal: portal.webhooks.subscriptions.drop_app(APP),
        "forget the target": lambda portal: portal.webhooks.subscriptions.put_app(WebhookApp(app_id=APP)),
        "reset": lambda portal: portal.clear(),
    }
    for name, act in ways.items():
        portal = subscribed_portal()
        portal.records.create(portal.types["0-2"], {"name": "Acme"})
        act(portal)
        assert deliver_all(portal, lambda: True) == [], name
        portal.close()


def test_an_app_that_is_gone_gets_no_retry_of_what_was_under_way() -> None:
    portal = subscribed_portal()
    portal.records.create(portal.types["0-2"], {"name": "Acme"})
    ((_, attempt),) = portal.webhooks.take_due()

    portal.webhooks.subscriptions.drop_app(APP)
    portal.webhooks.settle(attempt, status=500, problem="500")

    assert portal.webhooks.deliveries.waiting == 0
    assert portal.webhooks.is_settled()
    portal.close()


def test_generic_events_name_types_and_kinds_of_links() -> None:
    portal = subscribed_portal()
    subscriptions = portal.webhooks.subscriptions
    subscriptions.drop_app(APP)
    subscriptions.put_app(WebhookApp(app_id=APP, target_url="http://127.0.0.1:9/"))
    for kind in ("creation", "associationChange"):
        subscriptions.add(APP, f"object.{kind}", object_type_id="0-2", active=True)
    company = portal.records.create(portal.types["0-2"], {"name": "Acme"})
    contact = portal.records.create(portal.types["0-1"], {"firstname": "Ada"})
    portal.associations.connect(portal.types["0-1"], contact.id, portal.types["0-2"], company.id)

    made, *links = deliver_all(portal, lambda: True)

    assert (made["subscriptionType"], made["objectTypeId"], made["objectId"]) == ("object.creation", "0-2", company.id)
    assert {(one["fromObjectTypeId"], one["toObjectTypeId"], one["associationTypeId"]) for one in links} == {
        ("0-2", "0-1", 2),
        ("0-2", "0-1", 280),
    }
    assert {one["associationTypeId"]: one["isPrimaryAssociation"] for one in links} == {2: True, 280: False}
    portal.close()


def test_a_label_that_is_taken_off_is_told_alone() -> None:
    portal = subscribed_portal()
    contact_type, company_type = portal.types["0-1"], portal.types["0-2"]
    company = portal.records.create(company_type, {"name": "Acme"})
    contact = portal.records.create(contact_type, {"firstname": "Ada"})
    portal.associations.connect(contact_type, contact.id, company_type, company.id)
    deliver_all(portal, lambda: True)
    primary = next(one for one in portal.associations.types(contact_type, company_type) if one.is_primary)

    portal.associations.unlink_type(primary, contact.id, company.id)

    removed = [one for one in deliver_all(portal, lambda: True) if "associationType" in one]
    assert [(one["associationType"], one["associationRemoved"], one["isPrimaryAssociation"]) for one in removed] == [
        ("CONTACT_TO_COMPANY", True, True),
        ("COMPANY_TO_CONTACT", True, True),
    ]
    portal.close()


def test_keys_come_in_the_order_that_receivers_have_seen() -> None:
    portal = subscribed_portal()
    portal.records.create(portal.types["0-2"], {"name": "Acme"})

    created, changed = deliver_all(portal, lambda: True)

    head = ["eventId", "subscriptionId", "portalId", "appId", "occurredAt", "subscriptionType", "attemptNumber"]
    assert list(created) == [*head, "objectId", "changeFlag", "changeSource", "sourceId"]
    assert list(changed) == [*head, "objectId", "propertyName", "propertyValue", "changeSource", "sourceId"]
    assert (created["occurredAt"], created["portalId"], created["appId"]) == (NOW_MS, portal.id, APP)
    portal.close()


def test_a_creation_can_be_told_alone() -> None:
    portal = subscribed_portal()
    portal.assumptions.choose({"webhook-creation": "alone"})
    company = portal.records.create(portal.types["0-2"], {"name": "Acme"})
    portal.records.update(portal.types["0-2"], company, {"name": "Apex"})

    arrived = deliver_all(portal, lambda: True)

    assert [(one["subscriptionType"], one.get("propertyValue")) for one in arrived] == [
        ("company.creation", None),
        ("company.propertyChange", "Apex"),
    ]
    portal.close()


def test_kept_events_are_bounded() -> None:
    portal = subscribed_portal()
    for number in range(6):
        portal.records.create(portal.types["0-1"], {"firstname": str(number)})
        for _, attempt in portal.webhooks.take_due():
            portal.webhooks.settle(attempt, status=200, size=1024 * 1024)

    kept = [bool(attempt.events) for attempt in portal.webhooks.deliveries.attempts]
    assert kept == [False, False, True, True, True, True]
    portal.close()
