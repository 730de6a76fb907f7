"""The webhooks API of HubSpot, and the settings of the fake behind it."""

from typing import Any

import pytest

from fake_hubspot.portal.subscriptions import EVENT_TYPES
from tests.unit.fake_hubspot.inprocess import Fake, Response

ROOT = "/webhooks/v3/7"
SETTINGS = {"targetUrl": "http://127.0.0.1:9/hook", "throttling": {"maxConcurrentRequests": 10, "period": "SECONDLY"}}


def subscribe(fake: Fake, **body: Any) -> Response:
    return fake.post(f"{ROOT}/subscriptions", body)


@pytest.mark.parametrize("root", ["/webhooks/v3/7", "/webhooks/2026-03/7"])
def test_settings_are_set_read_and_forgotten(fake: Fake, root: str) -> None:
    path = f"{root}/settings"
    assert fake.get(path).status == 404

    made = fake.request("PUT", path, SETTINGS)

    assert made.status == 200
    assert set(made.json()) == {"targetUrl", "throttling", "createdAt", "updatedAt"}
    assert fake.get(path).json() == made.json()
    assert made.json()["throttling"] == {"maxConcurrentRequests": 10}
    assert fake.request("DELETE", path).status == 204
    assert fake.get(path).status == 404


def test_settings_that_cannot_be_used_are_refused(fake: Fake) -> None:
    changes: list[dict[str, Any]] = [
        {"targetUrl": "http://10.0.0.1/"},
        {"targetUrl": "nonsense"},
        {"throttling": {"maxConcurrentRequests": 5}},
        {"throttling": {"maxConcurrentRequests": 1001}},
        {"throttling": {}},
    ]
    for change in changes:
        answer = fake.request("PUT", f"{ROOT}/settings", SETTINGS | change)
        assert answer.status == 400, change
        assert answer.json()["status"] == "error"
    assert fake.get(f"{ROOT}/settings").status == 404


def test_subscriptions_live(fake: Fake) -> None:
    made = subscribe(fake, eventType="contact.propertyChange", propertyName="email", active=True)
    assert made.status == 201
    one = made.json()
    path = f"{ROOT}/subscriptions/{one['id']}"
    assert (one["eventType"], one["propertyName"], one["active"]) == ("contact.propertyChange", "email", True)

    switched = fake.request("PATCH", path, {"active": False})

    assert switched.json()["active"] is False
    assert fake.get(path).json() == switched.json()
    assert fake.get(f"{ROOT}/subscriptions").json() == {"results": [switched.json()]}
    assert fake.get("/webhooks/v3/8/subscriptions").json() == {"results": []}
    assert fake.get(f"/webhooks/v3/8/subscriptions/{one['id']}").status == 404
    assert fake.request("DELETE", path).status == 204
    assert fake.get(path).status == 404


def test_a_batch_switches_subscriptions_and_names_those_that_do_not_exist(fake: Fake) -> None:
    one, two = (subscribe(fake, eventType=name).json() for name in ("contact.creation", "deal.deletion"))
    both = [{"id": int(each["id"]), "active": True} for each in (one, two)]

    fine = fake.post(f"{ROOT}/subscriptions/batch/update", {"inputs": both})
    mixed = fake.post(f"{ROOT}/subscriptions/batch/update", {"inputs": [*both, {"id": 99, "active": True}]})

    assert (fine.status, [each["active"] for each in fine.json()["results"]]) == (200, [True, True])
    assert (mixed.status, mixed.json()["errors"][0]["context"]) == (207, {"ids": ["99"]})


def test_every_type_of_event_can_be_subscribed_to(fake: Fake) -> None:
    for event_type in sorted(EVENT_TYPES):
        body: dict[str, Any] = {"eventType": event_type}
        name = "status" if event_type.startswith("conversation.") else "name"
        body |= {"propertyName": name} if event_type.endswith("propertyChange") else {}
        body |= {"objectTypeId": "0-1"} if event_type.startswith("object.") else {}
        assert subscribe(fake, **body).status == 201, event_type


def test_subscriptions_that_make_no_sense_are_refused(fake: Fake) -> None:
    for body, status in (
        ({"eventType": "contact.nonsense"}, 400),
        ({"eventType": "product.associationChange"}, 400),
        ({"eventType": "contact.propertyChange"}, 400),
        ({"eventType": "contact.creation", "propertyName": "email"}, 400),
        ({"eventType": "object.creation"}, 400),
        ({"eventType": "object.creation", "objectTypeId": "9-9"}, 400),
        ({"eventType": "conversation.propertyChange", "propertyName": "colour"}, 400),
        ({}, 400),
    ):
        assert subscribe(fake, **body).status == status, body
    assert fake.get(f"{ROOT}/subscriptions").json() == {"results": []}
    assert fake.get("/webhooks/v3/x/subscriptions").status == 404


def test_what_happens_to_conversations_is_told_by_the_control_api(fake: Fake) -> None:
    """The fake keeps no conversations; the events have the keys that receivers know."""
    kinds = ("creation", "newMessage", "propertyChange", "deletion")
    subscriptions: list[dict[str, Any]] = [{"eventType": f"conversation.{kind}"} for kind in kinds]
    subscriptions[2]["propertyName"] = "status"
    app = {"targetUrl": "http://127.0.0.1:9/", "subscriptions": subscriptions}
    assert fake.request("PUT", "/_fake/webhooks/apps/7", app).status == 200
    fake.portal.on_webhook_work = lambda: None
    told = "/_fake/webhooks/conversations"
    bodies: tuple[dict[str, Any], ...] = (
        {"event": "creation", "objectId": 31},
        {"event": "newMessage", "objectId": 31, "messageId": "m1", "messageType": "COMMENT"},
        {"event": "propertyChange", "objectId": 31, "propertyName": "status", "propertyValue": "CLOSED"},
        {"event": "propertyChange", "objectId": 31, "propertyName": "assignedTo", "propertyValue": "5"},
        {"event": "deletion", "objectId": 31},
    )

    assert [fake.post(told, body).status for body in bodies] == [200] * 5

    ((_, attempt),) = fake.portal.webhooks.take_due()
    common = {"objectId": 31, "changeSource": "CRM_UI"}
    expected = (
        {"subscriptionType": "conversation.creation", "changeFlag": "CREATED"},
        {"subscriptionType": "conversation.newMessage", "messageId": "m1", "messageType": "COMMENT"},
        {"subscriptionType": "conversation.propertyChange", "propertyName": "status", "propertyValue": "CLOSED"},
        {"subscriptionType": "conversation.deletion", "changeFlag": "DELETED"},
    )
    for event, parts in zip(attempt.events, expected, strict=True):
        assert event.items() >= (common | parts).items()
    for body in ({"event": "archival", "objectId": 1}, {"event": "creation", "objectId": 1, "propertyName": "status"}):
        assert fake.post(told, body).status == 400


def test_an_equal_subscription_is_returned(fake: Fake) -> None:
    one = subscribe(fake, eventType="contact.creation", active=True).json()

    assert subscribe(fake, eventType="contact.creation", active=True).json() == one


def test_the_thousandth_subscription_is_the_last(fake: Fake) -> None:
    subscriptions = fake.portal.webhooks.subscriptions
    with fake.portal.db.transaction():
        for number in range(1000):
            subscriptions.subscriptions.put(
                str(number),
                subscriptions.add(7, "contact.creation") if not number else _numbered(subscriptions, number),
            )

    answer = subscribe(fake, eventType="deal.creation")

    assert answer.status == 400
    assert "(1000)" in answer.json()["message"]


def _numbered(subscriptions: Any, number: int) -> Any:
    import msgspec

    first = next(iter(subscriptions.subscriptions))
    return msgspec.structs.replace(first, id=number + 1, property_name=str(number))


def test_an_app_that_a_user_installed_may_not(fake: Fake) -> None:
    token = fake.post("/_fake/tokens", {"kind": "oauth"}).json()["token"]

    assert fake.get(f"{ROOT}/subscriptions", headers={"authorization": f"Bearer {token}"}).status == 401
    assert fake.get(f"{ROOT}/subscriptions", headers={"authorization": ""}).status == 401
    assert fake.get(f"{ROOT}/subscriptions?hapikey={fake.token}", headers={"authorization": ""}).status == 200
    assert fake.get(f"/crm/v3/objects/contacts?hapikey={fake.token}", headers={"authorization": ""}).status == 401


def test_settings_of_the_fake_that_cannot_be_used_change_nothing(fake: Fake) -> None:
    path = "/_fake/webhooks/apps/7"
    for body, expected in (
        ({"secret": ""}, "client secret"),
        ({"targetUrl": "http://10.0.0.1/"}, "--webhook-host"),
        ({"signatures": ["v1", "v2"]}, "share a header"),
        ({"signatures": ["v4"]}, "v4"),
        ({"maxConcurrentRequests": 0}, "maxConcurrentRequests from 1"),
        ({"timeoutMs": 0}, "timeoutMs from 1"),
        ({"faults": {"duplicates": 99}}, "duplicates from 0"),
        ({"faults": {"delayMs": -1}}, "delayMs from 0"),
        ({"faults": {"nonsense": True}}, "nonsense"),
        ({"subscriptions": [{"eventType": "contact.nonsense"}]}, "not a type of event"),
    ):
        answer = fake.request("PUT", path, body)
        assert answer.status == 400, body
        assert expected in str(answer.json()), body
    assert fake.get("/_fake/webhooks").json()["apps"] == []
    assert fake.request("PUT", "/_fake/webhooks/apps/x", {}).status == 400
    assert fake.request("DELETE", path).status == 404


def test_events_say_whether_a_program_or_a_person_made_the_change(fake: Fake) -> None:
    fake.app.portals.on_webhook_work = lambda _: None
    settings = {"targetUrl": SETTINGS["targetUrl"], "subscriptions": [{"eventType": "contact.deletion"}]}
    fake.request("PUT", "/_fake/webhooks/apps/7", settings)
    one, two = (row["id"] for row in fake.get("/crm/v3/objects/contacts").json()["results"])
    fake.request("DELETE", f"/crm/v3/objects/contacts/{one}")
    fake.post("/_fake/changes/archive", {"ids": [two]})

    ((_, attempt),) = fake.portal.webhooks.take_due()

    assert [event["changeSource"] for event in attempt.events] == ["INTEGRATION", "CRM_UI"]


def test_settings_survive_in_a_snapshot_and_not_a_reset(fake: Fake) -> None:
    assert fake.request("PUT", "/_fake/webhooks/apps/7", {"subscriptions": [{"eventType": "contact.creation"}]})
    fake.request("PUT", "/_fake/snapshots/a")

    fake.post("/_fake/reset", {})
    after_reset = fake.get("/_fake/webhooks").json()["apps"]
    fake.post("/_fake/snapshots/a/restore", {})

    assert after_reset == []
    assert fake.get("/_fake/webhooks").json()["apps"][0]["appId"] == 7
    assert fake.portal.context.feed.is_heard
