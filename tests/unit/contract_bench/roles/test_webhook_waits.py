"""Waiting for the webhooks of a portal, with a script in place of the portal."""

from typing import Any, cast

import pytest

from contract_bench.roles.hubspot import HubSpotPortal
from contract_bench.roles.webhooks import DeliveryError, Webhooks
from tests.support.cases import Cases

NOT_MET = {"met": False, "delivered": 1, "waiting": 2, "underWay": 0, "gaveUp": 0}
SENT = {"outcome": "delivered", "status": 200, "count": 1, "problem": "", "at": "then", "events": [{"eventId": 1}]}
FAILED = {**SENT, "outcome": "failed", "status": 500, "problem": "status 500", "events": [{"eventId": 2}]}


class Portal:
    """Answers from a script, and notes what is asked."""

    def __init__(self, *states: dict[str, Any], deliveries: tuple[dict[str, Any], ...] = ()) -> None:
        self.asked: list[tuple[str, str, Any]] = []
        self._states = list(states)
        self._deliveries = list(deliveries)

    def call(self, method: str, path: str, *, body: Any = None, query: Any = None) -> Any:
        """Answer one request."""
        self.asked.append((method, path, body if query is None else query))
        if path.endswith("/deliveries"):
            return {"deliveries": self._deliveries}
        return self._states.pop(0) if self._states else {"hurried": 3}


def webhooks_of(portal: Portal) -> Webhooks:
    """The webhooks of this portal."""
    return Webhooks(cast("HubSpotPortal", portal), app_id=7)


def test_what_was_delivered_is_returned_once_it_is_all_there() -> None:
    """The portal is asked again as long as it is not; what could not be delivered is left out."""
    portal = Portal(NOT_MET, NOT_MET, {**NOT_MET, "met": True}, deliveries=(SENT, FAILED, SENT))

    events = webhooks_of(portal).wait(delivered=2)

    assert events == [{"eventId": 1}, {"eventId": 1}]
    waits = [body for _, path, body in portal.asked if path == "/_fake/webhooks/wait"]
    assert [wait["delivered"] for wait in waits] == [2, 2, 2]
    assert portal.asked[-1] == ("GET", "/_fake/webhooks/deliveries", {"app": 7})


def test_what_does_not_arrive_is_told_with_the_last_requests(cases: Cases) -> None:
    """And what to check if there were none."""
    for delivered, deliveries, expected in [
        (2, (SENT, FAILED), ["2 events delivered, got 1 delivered, 2 waiting", "then  500  1 events  status 500"]),
        (None, (), ["expected that nothing is due", "none: check the subscriptions"]),
        (9, (FAILED,) * 50 + (SENT,) * 10, ["then  200  1 events  delivered"]),
    ]:
        with cases.case(expected):
            with pytest.raises(DeliveryError) as caught:
                webhooks_of(Portal(NOT_MET, deliveries=deliveries)).wait(delivered=delivered, timeout_s=0)
            assert all(part in str(caught.value) for part in expected), str(caught.value)
            assert str(caught.value).count("\n") <= 10


def test_an_event_names_its_type_and_its_property(cases: Cases) -> None:
    """Only events of objects in general have a type of their own."""
    for text, expected in {
        "contact.creation": {"eventType": "contact.creation"},
        "contact.propertyChange:email": {"eventType": "contact.propertyChange", "propertyName": "email"},
        "object.creation:0-1": {"eventType": "object.creation", "objectTypeId": "0-1"},
        "object.creation": {"eventType": "object.creation"},
        "object.propertyChange:0-1:email": {
            "eventType": "object.propertyChange",
            "objectTypeId": "0-1",
            "propertyName": "email",
        },
    }.items():
        with cases.case(text):
            portal = Portal({})
            webhooks_of(portal).subscribe("http://receiver.test", text)
            [(method, path, body)] = portal.asked
            assert (method, path, body["subscriptions"]) == ("PUT", "/_fake/webhooks/apps/7", [expected])
    assert webhooks_of(Portal()).retry() == 3
