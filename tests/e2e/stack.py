"""The three roles in one compose project, driven from the host over HTTP as a developer would drive them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import requests

from contract_bench.plugin import HubSpotControl
from tests.e2e.node_pipe import TIMEOUT_S, Entity, NodePipe

PIPE = "hubspot-contacts-collect"
TOKEN = "pat-na1-00000000-0000-4000-8000-0000000000e2"
CONTROL_TOKEN = "e2e-control"

LogReader = Callable[[], str]


@dataclass(frozen=True, slots=True)
class Stack:
    """Addresses of the three roles, and what the tests ask of them."""

    hubspot_url: str
    service_url: str
    node_url: str
    token: str
    control_token: str

    @property
    def pipe(self) -> NodePipe:
        """The pipe of Sesam's tutorial."""
        return NodePipe(self.node_url, PIPE)

    def switch_scenario(self, name: str) -> None:
        """Let the fake HubSpot play another scenario from the next request on."""
        control = HubSpotControl(self.hubspot_url, control_token=self.control_token)
        control.call("PUT", "/_fake/scenario", body={"name": name})
        control.close()

    def hubspot_ids(self) -> list[str]:
        """The id of every contact of the portal, walked page by page without the service."""
        return [contact["id"] for contact in contacts_of(self.hubspot_url, self.token)]

    def pull(self) -> requests.Response:
        """What a puller gets from the service; only the head is read."""
        return requests.get(f"{self.service_url}/get_contacts", stream=True, timeout=TIMEOUT_S)

    def live_ids(self) -> set[str]:
        """The `_id` of every entity whose latest version is not deleted."""
        return set(self.pipe.snapshot().live)


def contacts_of(hubspot_url: str, token: str) -> Iterator[Entity]:
    """Every contact of a portal, read without any connector."""
    params: dict[str, str] = {"limit": "100"}
    while True:
        answer = requests.get(
            f"{hubspot_url}/crm/v3/objects/contacts",
            params=params,
            headers={"Authorization": f"Bearer {token}"},
            timeout=TIMEOUT_S,
        )
        answer.raise_for_status()
        yield from answer.json()["results"]
        if "paging" not in answer.json():
            return
        params["after"] = answer.json()["paging"]["next"]["after"]
