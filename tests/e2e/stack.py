"""The three roles in one compose project, driven from the host over HTTP as a developer would drive them."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import requests

PIPE = "hubspot-contacts-collect"
TIMEOUT_S = 30.0
FINAL_EVENTS = ("pump-completed", "pump-failed")

Entity = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stack:
    """Addresses of the three roles, and what the tests ask of them."""

    hubspot_url: str
    service_url: str
    node_url: str
    token: str
    control_token: str

    def switch_scenario(self, name: str) -> None:
        """Let the fake HubSpot play another scenario from the next request on."""
        headers = {"X-Fake-HubSpot-Control-Token": self.control_token}
        url = f"{self.hubspot_url}/_fake/scenario"
        requests.put(url, json={"name": name}, headers=headers, timeout=TIMEOUT_S).raise_for_status()

    def hubspot_ids(self) -> list[str]:
        """The id of every contact of the portal, walked page by page without the service."""
        return [contact["id"] for page in self._hubspot_pages() for contact in page]

    def _hubspot_pages(self) -> Iterator[list[Entity]]:
        params: dict[str, str] = {"limit": "100"}
        while True:
            answer = requests.get(
                f"{self.hubspot_url}/crm/v3/objects/contacts",
                params=params,
                headers={"Authorization": f"Bearer {self.token}"},
                timeout=TIMEOUT_S,
            )
            answer.raise_for_status()
            yield answer.json()["results"]
            if "paging" not in answer.json():
                return
            params["after"] = answer.json()["paging"]["next"]["after"]

    def pull(self) -> requests.Response:
        """What a puller gets from the service; only the head is read."""
        return requests.get(f"{self.service_url}/get_contacts", stream=True, timeout=TIMEOUT_S)

    def pump(self) -> Entity:
        """Run the pipe once and return the event that ends the run in its execution log."""
        before = len(self.final_events())
        started = requests.post(
            f"{self.node_url}/api/pipes/{PIPE}/pump", data={"operation": "start"}, timeout=TIMEOUT_S
        )
        started.raise_for_status()
        deadline = time.monotonic() + TIMEOUT_S
        while time.monotonic() < deadline:
            events = self.final_events()
            if len(events) > before:
                return events[-1]
            time.sleep(0.1)
        raise AssertionError(f"no {' or '.join(FINAL_EVENTS)} within {TIMEOUT_S:g} s; the log holds {self.log()}")

    def final_events(self) -> list[Entity]:
        """The events that end a run, oldest first."""
        return [event for event in self.log() if event["event_type"] in FINAL_EVENTS]

    def log(self) -> list[Entity]:
        """The pipe's execution log, oldest first."""
        return self._entities_at(f"/api/pipes/{PIPE}/log")

    def dataset(self) -> list[Entity]:
        """Every version of every entity that the dataset ever stored, in the order of writing."""
        answer = requests.get(f"{self.node_url}/api/datasets/{PIPE}/entities", timeout=TIMEOUT_S)
        if answer.status_code == requests.codes.not_found:
            return []
        answer.raise_for_status()
        return list(answer.json())

    def live_ids(self) -> set[str]:
        """The `_id` of every entity whose latest version is not deleted."""
        latest = {entity["_id"]: entity for entity in self.dataset()}
        return {entity_id for entity_id, entity in latest.items() if not entity["_deleted"]}

    def _entities_at(self, path: str) -> list[Entity]:
        answer = requests.get(self.node_url + path, timeout=TIMEOUT_S)
        answer.raise_for_status()
        return list(answer.json())
