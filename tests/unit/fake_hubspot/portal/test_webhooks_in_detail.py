"""What each kind of webhook event says, in which order, and which settings of apps and subscriptions can be used."""

from contextlib import suppress
from random import Random
from typing import Any

import msgspec
import pytest

from fake_hubspot.errors import UsageError
from fake_hubspot.portal.change_feed import Change, LinkChange, MergeChange
from fake_hubspot.portal.config import PortalConfig
from fake_hubspot.portal.portal import Portal
from fake_hubspot.portal.subscriptions import (
    CONVERSATION_KINDS,
    CONVERSATION_PROPERTIES,
    EVENT_TYPES,
    Disturbance,
    Subscription,
    WebhookApp,
)
from tests.support.cases import Cases
from tests.unit.fake_hubspot.portal.still_portal import NOW

URL = "http://127.0.0.1:9/"
HEAD = ["eventId", "subscriptionId", "portalId", "appId", "occurredAt", "subscriptionType", "attemptNumber"]


def told(portal: Portal, event_type: str, change: Change, **subscription: Any) -> list[dict[str, Any]]:
    """Return the events of one change for one subscription."""
    subscriptions = portal.webhooks.subscriptions
    subscriptions.drop_app(7)
    subscriptions.put_app(WebhookApp(app_id=7, target_url=URL))
    subscriptions.add(7, event_type, active=True, **subscription)
    portal.webhooks.tell(change)
    found = []
    for _, attempt in portal.webhooks.take_due():
        found += attempt.events
        portal.webhooks.settle(attempt, status=200)
    return found


LINK = LinkChange(to_type="0-2", to_id=6, category="HUBSPOT_DEFINED", type_id=279, is_primary=False, is_removed=True)
MERGE = MergeChange(merged_ids=(6, 7), new_id=8, moved=9)
LINKED = {"fromObjectId": 5, "toObjectId": 6}
FATE = {"associationRemoved": True, "isPrimaryAssociation": False}
MERGED = {"primaryObjectId": 5, "mergedObjectIds": [6, 7], "newObjectId": 8, "numberOfPropertiesMoved": 9}


def test_each_kind_of_event_has_its_keys_in_their_order(portal: Portal, cases: Cases) -> None:
    """Generic events name the type of the records."""
    rows: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...] = (
        ("creation", {}, {"objectId": 5, "changeFlag": "CREATED"}),
        ("deletion", {}, {"objectId": 5, "changeFlag": "DELETED"}),
        ("restore", {}, {"objectId": 5}),
        (
            "propertyChange",
            {"name": "city", "value": "Oslo"},
            {"objectId": 5, "propertyName": "city", "propertyValue": "Oslo"},
        ),
        ("merge", {"merge": MERGE}, {"objectId": 5, **MERGED}),
        ("restore", {"message": ("m", "COMMENT")}, {"objectId": 5, "messageId": "m", "messageType": "COMMENT"}),
        ("associationChange", {"link": LINK}, {"associationType": "CONTACT_TO_COMPANY", **LINKED, **FATE}),
    )
    for kind, more, expected in rows:
        for source, who in (
            ("INTEGRATION", {"changeSource": "INTEGRATION", "sourceId": "1024738"}),
            ("CRM_UI", {"changeSource": "CRM_UI", "sourceId": "userId:1"}),
            ("CALCULATED", {"changeSource": "CALCULATED"}),
        ):
            change = Change(kind, "0-1", 5, NOW - 9, source, **more)
            name = {"property_name": "city"} if kind == "propertyChange" else {}
            with cases.case(f"{kind} by {source}"):
                (event,) = told(portal, f"contact.{kind}", change, **name)
                assert list(event.items())[7:] == list((expected | who).items())
                assert list(event)[:7] == HEAD
                common = (event["portalId"], event["appId"], event["occurredAt"], event["attemptNumber"])
                assert common == (portal.id, 7, NOW - 9, 0)
            with cases.case(f"object.{kind} by {source}"):
                (event,) = told(portal, f"object.{kind}", change, object_type_id="0-1", **name)
                generic = {"objectId": 5, "objectTypeId": "0-1"} | expected
                if kind == "associationChange":
                    kinds = {"fromObjectTypeId": "0-1", "toObjectTypeId": "0-2"}
                    kinds |= {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": "279"}
                    generic = {**LINKED, **kinds, "associationTypeId": 279, **FATE}
                assert list(event.items())[7:] == list((generic | who).items())


def test_only_the_older_types_have_links_with_names(portal: Portal, cases: Cases) -> None:
    """A note is told to generic subscriptions alone."""
    for to_type, name in (
        ("0-1", "CONTACT"), ("0-3", "DEAL"), ("0-5", "TICKET"), ("0-7", "PRODUCT"), ("0-8", "LINE_ITEM"),
        ("0-46", None),
    ):  # fmt: skip
        with cases.case(to_type):
            link = LinkChange(to_type, 6, "HUBSPOT_DEFINED", 1, is_primary=True, is_removed=False)
            change = Change("associationChange", "0-2", 5, NOW, "INTEGRATION", link=link)
            found = [event["associationType"] for event in told(portal, "company.associationChange", change)]
            assert found == ([] if name is None else [f"COMPANY_TO_{name}"])
            assert len(told(portal, "object.associationChange", change, object_type_id="0-2")) == 1


def test_an_event_goes_to_every_active_subscription_that_wants_it(portal: Portal) -> None:
    """Of any app that has a target; nothing is told of other records, kinds and properties."""
    subscriptions = portal.webhooks.subscriptions
    for app_id, url in ((7, URL), (8, URL), (9, None)):
        subscriptions.put_app(WebhookApp(app_id=app_id, target_url=url))
        subscriptions.add(app_id, "contact.creation", active=True)
    subscriptions.add(8, "contact.deletion", active=True)
    subscriptions.add(8, "company.creation", active=True)
    subscriptions.add(8, "contact.propertyChange", property_name="city", active=True)
    subscriptions.add(8, "object.creation", object_type_id="0-1", active=False)
    subscriptions.add(10, "contact.creation", active=True)

    for change in (
        Change("creation", "0-1", 5, NOW, "INTEGRATION"),
        Change("propertyChange", "0-1", 5, NOW, "INTEGRATION", "country", "x"),
    ):
        portal.webhooks.tell(change)

    found = [(app.app_id, event["subscriptionType"]) for app, one in portal.webhooks.take_due() for event in one.events]
    assert found == [(7, "contact.creation"), (8, "contact.creation")]


def test_the_ids_of_events_are_drawn_from_the_seed_of_the_portal(portal: Portal) -> None:
    """By 32 bits, and from nothing else that is drawn."""
    random = Random(f"webhooks {PortalConfig().seed}")  # noqa: S311  # no secret

    events = [told(portal, "contact.restore", Change("restore", "0-1", 5, NOW, "CRM_UI"))[0] for _ in range(3)]

    assert [event["eventId"] for event in events] == [random.randrange(1, 2**32) for _ in range(3)]


def test_the_sender_is_called_when_there_may_be_work(portal: Portal) -> None:
    """After a change, an answer, a new setting, and when everything is hurried."""
    calls: list[None] = []
    portal.on_webhook_work = lambda: calls.append(None)
    webhooks = portal.webhooks

    def counted() -> int:
        number = len(calls)
        calls.clear()
        return number

    webhooks.subscriptions.put_app(WebhookApp(app_id=7, target_url=URL, disturbance=Disturbance(delay_ms=50)))
    assert counted() == 1
    webhooks.subscriptions.add(7, "contact.restore", active=True)
    assert counted() == 1
    webhooks.tell(Change("restore", "0-1", 5, NOW, "CRM_UI"))
    assert counted() == 1
    assert (webhooks.is_settled(), webhooks.hurry(), webhooks.is_settled()) == (True, 1, False)
    assert counted() == 1
    ((_, attempt),) = webhooks.take_due()
    webhooks.settle(attempt, status=500, problem="p", answer="a", took_us=3, size=4)
    assert counted() == 1
    assert (attempt.status, attempt.answer, attempt.took_us, attempt.size) == (500, "a", 3, 4)
    assert (attempt.next_ms, webhooks.deliveries.waiting) == (webhooks.deliveries.next_due_ms(), 1)


def test_the_time_until_the_next_event_is_that_of_the_portal(portal: Portal) -> None:
    """None while its clock stands; nothing for one that is late."""
    webhooks = portal.webhooks
    webhooks.subscriptions.put_app(WebhookApp(app_id=7, target_url=URL, disturbance=Disturbance(delay_ms=50)))
    webhooks.subscriptions.add(7, "contact.restore", active=True)
    portal.clock.resume()
    assert webhooks.next_due_in_ms() is None
    webhooks.tell(Change("restore", "0-1", 5, NOW, "CRM_UI"))

    for later, wait in ((0, 50), (49, 1), (50, 0), (52, 0)):
        portal.clock.freeze(NOW + later)
        assert webhooks.next_due_in_ms() is None
        portal.clock.resume()
        assert webhooks.next_due_in_ms() == wait


def test_only_what_is_still_wanted_waits(portal: Portal) -> None:
    """A subscription of another app with the same number is none."""
    webhooks = portal.webhooks
    for app_id in (7, 8):
        webhooks.subscriptions.put_app(WebhookApp(app_id=app_id, target_url=URL))
        webhooks.subscriptions.add(app_id, "contact.restore", active=True)
    webhooks.tell(Change("restore", "0-1", 5, NOW, "CRM_UI"))
    attempts = [attempt for _, attempt in webhooks.take_due()]
    (second,) = webhooks.subscriptions.of_app(8)
    webhooks.tell(Change("restore", "0-1", 6, NOW, "CRM_UI"))

    webhooks.subscriptions.drop(second)

    assert (webhooks.deliveries.waiting_of(7), webhooks.deliveries.waiting_of(8)) == (1, 0)
    for attempt in attempts:
        webhooks.settle(attempt, status=500, problem="p")
    assert (webhooks.deliveries.waiting_of(7), webhooks.deliveries.waiting_of(8)) == (2, 0)
    assert webhooks.deliveries.gave_up == 0


def test_settings_are_checked_at_their_bounds(cases: Cases) -> None:
    """The smallest and the greatest that can be used, and those next to them."""
    for name, called, lowest, highest in (
        ("app_id", "the id of an app", 1, 2**53 - 1),
        ("max_concurrent", "maxConcurrentRequests", 1, 1000),
        ("timeout_ms", "timeoutMs", 1, 60_000),
        ("duplicates", "duplicates", 0, 10),
        ("delay_ms", "delayMs", 0, 2_592_000_000),
    ):
        for value, is_fine in ((lowest - 1, False), (lowest, True), (highest, True), (highest + 1, False)):
            with cases.case(f"{name} {value}"):
                parts: dict[str, Any] = {name: value}
                if name in ("duplicates", "delay_ms"):
                    parts = {"disturbance": Disturbance(**parts)}
                app = WebhookApp(**{"app_id": 7, **parts})
                if is_fine:
                    app.check()
                else:
                    with pytest.raises(UsageError, match=f"expected {called} from {lowest} to {highest}, got {value}"):
                        app.check()
    for secret, signatures, is_fine in (
        ("s", ("v1",), True), ("s", ("v2", "v3"), True), ("s", ("v1", "v3"), True), ("s", (), True),
        ("s", ("v1", "v2"), False), ("s", ("v4",), False), ("s", ("v1", "v2", "v3"), False), (" ", ("v1",), False),
    ):  # fmt: skip
        with cases.case(f"{secret!r} {signatures}"):
            app = WebhookApp(app_id=7, secret=secret, signatures=signatures)
            if is_fine:
                app.check()
            else:
                with pytest.raises(UsageError, match="expected "):
                    app.check()


def test_a_misspelled_disturbance_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="unknown field `duplicate`"):
        msgspec.convert({"duplicate": 1}, Disturbance)


def test_an_app_has_the_settings_of_hubspot_until_others_are_set(portal: Portal) -> None:
    """It keeps the time of its creation."""
    subscriptions = portal.webhooks.subscriptions
    made = subscriptions.put_app(WebhookApp(app_id=7))
    assert (made.target_url, made.secret, made.max_concurrent, made.signatures, made.timeout_ms) == (
        None,
        "fake-hubspot-client-secret",
        10,
        ("v1", "v3"),
        5000,
    )
    assert made.disturbance == Disturbance(
        disorder=False, duplicates=0, delay_ms=0, wrong_signature=False, stale_timestamp=False
    )
    assert (made.created_ms, made.updated_ms) == (NOW, NOW)
    portal.clock.freeze(NOW + 5)
    again = subscriptions.put_app(WebhookApp(app_id=7, target_url=URL))
    assert (again.created_ms, again.updated_ms, subscriptions.app(7)) == (NOW, NOW + 5, again)
    assert (WebhookApp(app_id=1).created_ms, WebhookApp(app_id=1).updated_ms) == (0, 0)
    with pytest.raises(UsageError):
        subscriptions.put_app(WebhookApp(app_id=7, secret=""))
    assert subscriptions.app(7) == again
    assert (subscriptions.drop_app(7), subscriptions.drop_app(7), subscriptions.app(7)) == (True, False, None)


def test_subscriptions_are_numbered_found_and_ended(portal: Portal) -> None:
    """An equal one is switched at most; another property, type or app makes another one."""
    subscriptions = portal.webhooks.subscriptions
    one = subscriptions.add(7, "contact.creation")
    assert (one.id, one.active, one.created_ms, one.updated_ms) == (1, False, NOW, NOW)
    assert subscriptions.has_active() is False
    assert subscriptions.add(7, "contact.creation") is one
    portal.clock.freeze(NOW + 5)
    switched = subscriptions.add(7, "contact.creation", active=True)
    assert (switched.id, switched.active, switched.created_ms, switched.updated_ms) == (1, True, NOW, NOW + 5)
    assert subscriptions.has_active() is True
    others = [
        subscriptions.add(8, "contact.creation"),
        subscriptions.add(7, "contact.deletion"),
        subscriptions.add(7, "object.creation", object_type_id="0-1"),
        subscriptions.add(7, "object.creation", object_type_id="0-2"),
        subscriptions.add(7, "contact.propertyChange", property_name="a"),
        subscriptions.add(7, "contact.propertyChange", property_name="b", active=True),
    ]
    assert [other.id for other in others] == [2, 3, 4, 5, 6, 7]
    assert [other.id for other in subscriptions.of_app(7)] == [1, 3, 4, 5, 6, 7]
    assert subscriptions.find(7, 1) == switched
    assert (subscriptions.find(8, 1), subscriptions.find(7, 99), subscriptions.find(7, None)) == (None, None, None)
    assert list(subscriptions.wanting("creation", "0-1", "")) == [switched]
    assert list(subscriptions.wanting("propertyChange", "0-1", "b")) == [others[-1]]
    assert list(subscriptions.wanting("propertyChange", "0-1", "a")) == []
    subscriptions.drop(switched)
    assert (subscriptions.find(7, 1), list(subscriptions.wanting("creation", "0-1", ""))) == (None, [])
    assert subscriptions.drop_app(7) is False
    assert [other.id for other in subscriptions.subscriptions] == [2]
    assert subscriptions.add(7, "contact.creation").id == 3
    assert subscriptions.has_active() is False


def test_secrets_are_those_of_the_apps_that_there_are(portal: Portal) -> None:
    """Also after one was changed."""
    subscriptions = portal.webhooks.subscriptions
    assert subscriptions.secrets() == ()
    subscriptions.put_app(WebhookApp(app_id=7, secret="a"))
    subscriptions.put_app(WebhookApp(app_id=8, secret="b"))
    assert subscriptions.secrets() == ("a", "b")
    assert subscriptions.secrets() is subscriptions.secrets()
    subscriptions.put_app(WebhookApp(app_id=7, secret="c"))
    assert set(subscriptions.secrets()) == {"b", "c"}


def test_a_rollback_takes_subscriptions_back(portal: Portal) -> None:
    subscriptions = portal.webhooks.subscriptions
    with suppress(ZeroDivisionError), portal.db.transaction():
        subscriptions.put_app(WebhookApp(app_id=7))
        subscriptions.add(7, "contact.creation", active=True)
        raise ZeroDivisionError

    subscriptions.reload()

    assert (list(subscriptions.apps), list(subscriptions.subscriptions), subscriptions.has_active()) == ([], [], False)
    assert not portal.context.feed.is_heard


def test_every_type_of_event_is_about_its_type_of_records(cases: Cases) -> None:
    nouns = {"contact": "0-1", "company": "0-2", "deal": "0-3", "ticket": "0-5", "product": "0-7", "line_item": "0-8"}
    kinds = ("propertyChange", "creation", "deletion", "merge", "restore", "associationChange")
    expected = {f"{noun}.{kind}": type_id for noun, type_id in nouns.items() for kind in kinds}
    del expected["product.associationChange"]
    expected |= {f"object.{kind}": "2-5" for kind in kinds} | {"contact.privacyDeletion": "0-1"}
    of_conversations = ("creation", "deletion", "privacyDeletion", "newMessage", "propertyChange")
    expected |= {f"conversation.{kind}": "0-11" for kind in of_conversations}

    assert set(expected) == EVENT_TYPES
    assert of_conversations == CONVERSATION_KINDS
    assert CONVERSATION_PROPERTIES == ("assignedTo", "status", "isArchived")
    for event_type, type_id in expected.items():
        with cases.case(event_type):
            is_generic = event_type.startswith("object.")
            one = Subscription(id=1, app_id=7, event_type=event_type, object_type_id="2-5" if is_generic else None)
            assert (one.type_id, one.is_generic) == (type_id, is_generic)
            assert (one.active, one.created_ms, one.updated_ms, one.property_name) == (False, 0, 0, None)
