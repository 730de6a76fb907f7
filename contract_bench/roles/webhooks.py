"""The webhooks of a portal: subscribes a receiver, waits for what it gets, and tells what was sent."""

import time
from collections.abc import Mapping
from typing import Any

from contract_bench.errors import BenchError
from contract_bench.roles.hubspot import HubSpotPortal

__all__ = ["DeliveryError", "Webhooks"]

APP_ID = 1
SECRET = "fake-hubspot-client-secret"  # noqa: S105 - public on purpose: the fake's default
# The longest time for which the fake holds one request.
LONGEST_WAIT_S = 20.0
SHOWN = 10


class DeliveryError(BenchError):
    """What was waited for has not arrived. The text has the last deliveries."""


class Webhooks:
    """The webhooks of one app in a portal."""

    def __init__(self, portal: HubSpotPortal, *, app_id: int = APP_ID) -> None:
        self._portal = portal
        self.app_id = app_id

    def subscribe(self, target_url: str, *events: str, secret: str = SECRET, **settings: Any) -> None:
        """Send events to a receiver from now on.

        Args:
            target_url: Where they are sent.
            events: For instance `contact.creation`; a property follows a colon: `contact.propertyChange:email`, and
                for `object.*` the type: `object.creation:0-1` or `object.propertyChange:0-1:email`.
            secret: The client secret with which they are signed.
            settings: More of `PUT /_fake/webhooks/apps/{appId}`: `signatures`, `maxConcurrentRequests`, `timeoutMs`.

        Raises:
            ControlError: The target or an event is refused; the message says why.
        """
        subscriptions = [_subscription(event) for event in events]
        self._put({"targetUrl": target_url, "secret": secret, "subscriptions": subscriptions, **settings})

    def disturb(self, **faults: Any) -> None:
        """Let things go wrong: `disorder`, `duplicates`, `delayMs`, `wrongSignature`, `staleTimestamp`."""
        self._put({"faults": faults})

    def _put(self, body: Mapping[str, Any]) -> None:
        self._portal.call("PUT", f"/_fake/webhooks/apps/{self.app_id}", body=body)

    def wait(self, *, delivered: int | None = None, timeout_s: float = 30) -> list[dict[str, Any]]:
        """Wait, and return every event that has been delivered so far, in the order of the requests.

        Args:
            delivered: How many events to wait for since the last reset. Without it, until nothing is due: what waits
                for a retry waits for the portal's clock; see `retry`.
            timeout_s: How long to wait.

        Raises:
            DeliveryError: The time is over.
        """
        ends, state = time.monotonic() + timeout_s, {"met": False}
        while not state["met"]:
            left_s = max(ends - time.monotonic(), 0)
            body = {"delivered": delivered, "timeoutMs": round(min(left_s, LONGEST_WAIT_S) * 1000)}
            state = self._portal.call("POST", "/_fake/webhooks/wait", body=body)
            if not state["met"] and time.monotonic() >= ends:
                raise DeliveryError(self._missing(state, delivered))
        sent = (one for one in self.deliveries() if one["outcome"] == "delivered")
        return [event for one in sent for event in one["events"]]

    def retry(self) -> int:
        """Send now what waits for a later time, and return how many events that are."""
        return int(self._portal.call("POST", "/_fake/webhooks/retry")["hurried"])

    def deliveries(self) -> list[dict[str, Any]]:
        """Return the requests to the receiver, oldest first: `outcome`, `status`, `problem`, `events`, `next`."""
        query = {"app": self.app_id}
        found: list[dict[str, Any]] = self._portal.call("GET", "/_fake/webhooks/deliveries", query=query)["deliveries"]
        return found

    def _missing(self, state: Mapping[str, Any], delivered: int | None) -> str:
        wanted = "that nothing is due" if delivered is None else f"{delivered} events delivered"
        lines = [
            f"expected {wanted}, got {state['delivered']} delivered, {state['waiting']} waiting, {state['underWay']} "
            f"requests under way, {state['gaveUp']} given up; the last requests:"
        ]
        lines += [
            f"  {one['at']}  {one['status']}  {one['count']} events  {one['problem'] or one['outcome']}"
            for one in self.deliveries()[-SHOWN:]
        ] or ["  none: check the subscriptions, and that something was written after them"]
        return "\n".join(lines)


def _subscription(text: str) -> dict[str, str]:
    event_type, *parts = text.split(":")
    found = {"eventType": event_type}
    if event_type.startswith("object.") and parts:
        found["objectTypeId"] = parts.pop(0)
    if parts:
        found["propertyName"] = parts.pop(0)
    return found
