"""The three roles in one compose project, used from the host over HTTP like a developer would."""

from collections.abc import Callable
from dataclasses import dataclass

import requests

from contract_bench.plugin import HubSpotControl
from tests.e2e.node_pipe import TIMEOUT_S, NodePipe
from tests.support.contacts import read_contacts

PIPE = "hubspot-contacts-collect"
TOKEN = "pat-na1-00000000-0000-4000-8000-0000000000e2"
CONTROL_TOKEN = "e2e-control"

LogReader = Callable[[], str]


@dataclass(frozen=True, slots=True)
class Stack:
    """The URLs of the three roles, with the requests of the tests."""

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
        """Switch the fake HubSpot to another scenario."""
        control = HubSpotControl(self.hubspot_url, control_token=self.control_token)
        control.call("PUT", "/_fake/scenario", body={"name": name})
        control.close()

    def hubspot_ids(self) -> list[str]:
        """Return the id of every contact of the portal, read without the service."""
        return [contact["id"] for contact in read_contacts(self.hubspot_url, self.token)]

    def pull(self) -> requests.Response:
        """Start a pull from the service and return the response; only the head is read."""
        return requests.get(f"{self.service_url}/get_contacts", stream=True, timeout=TIMEOUT_S)

    def live_ids(self) -> set[str]:
        """Return the `_id` of every entity that is not deleted."""
        return set(self.pipe.snapshot().live)
