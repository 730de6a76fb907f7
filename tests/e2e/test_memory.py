"""The 128 MB that a Sesam node gives a connector: one that buffers the account is killed, the service is not."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from contract_bench.containers import ConnectorContainer, FakeHubSpotContainer, FakeSesamContainer
from contract_bench.plugin import HubSpotControl, HubSpotPortal
from fake_hubspot import DEFAULT_PORTAL_ID
from tests.e2e import engine
from tests.e2e.loop import labelled_network, state_of, write_node
from tests.e2e.node_pipe import NodePipe
from tests.e2e.stack import LogReader
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

FEW = 10
MANY = 3500
VALUE_CHARACTERS = 20_000
IN_ONE_REQUEST = 250
KILLED = 128 + 9
# The broken connectors listen on the loopback only, which cannot be reached from outside the container. A page of this
# account is longer than they read, and takes longer.
BUFFERING = """
from tests.broken_connectors import _sound, buffers_everything
buffers_everything.Broken.max_body_bytes = None
buffers_everything.Broken.transfer_timeout_s = buffers_everything.Broken.timeout_s = 60.0
server = _sound.QuietServer
_sound.QuietServer = lambda address, handler: server(("0.0.0.0", address[1]), handler)
_sound.serve(buffers_everything.Broken)
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two connectors for one account, and a node that pulls from both."""

    portal: HubSpotPortal
    connectors: dict[str, ConnectorContainer]
    node_url: str

    def pipe(self, name: str) -> NodePipe:
        """Return the full pipe of a connector."""
        return NodePipe(self.node_url, f"{name}-full")

    def size(self, name: str) -> int:
        """Return the number of entities in the dataset, which is too large to read."""
        shape = requests.get(f"{self.node_url}/api/datasets/{name}-full", timeout=30).json()
        return int(shape["runtime"]["count-index-exists"]) - int(shape["runtime"]["count-index-deleted"])


@pytest.fixture
def pair(
    images: dict[str, str], tmp_path_factory: pytest.TempPathFactory, container_logs: dict[str, LogReader]
) -> Iterator[Pair]:
    """The service and a buffering connector with the same limits; the fake HubSpot has more memory for the account."""
    code = (str(engine.ROOT / "tests" / "broken_connectors"), "/app/tests/broken_connectors", "ro")
    with ExitStack() as stack:
        network = stack.enter_context(labelled_network())
        roomy: dict[str, Any] = {"mem_limit": "1g", "memswap_limit": "1g", "shm_size": "512m"}
        hubspot = FakeHubSpotContainer(images["fake_hubspot"], contacts=0, **roomy).on(network, "hubspot")
        stack.enter_context(hubspot)
        ours = ConnectorContainer(images["service"], hubspot=hubspot).on(network, "service")
        buffering = ConnectorContainer(images["service"], hubspot=hubspot, volumes=[code]).on(network, "buffering")
        buffering.with_command(["python", "-c", BUFFERING])
        folder = write_node(tmp_path_factory.mktemp("memory"), ("service", "buffering"))
        connectors = {"service": ours, "buffering": buffering}
        urls = {name: connector.inner_url for name, connector in connectors.items()}
        node = FakeSesamContainer(folder, images["fake_sesam"], system_urls=urls).on(network, "sesam")
        for name, container in {**connectors, "sesam": node}.items():
            stack.enter_context(container)
            container_logs[name] = container.log_tail
            stack.callback(container_logs.pop, name)
        control = HubSpotControl(hubspot.url, control_token=hubspot.control_token)
        stack.callback(control.close)
        yield Pair(HubSpotPortal(control, DEFAULT_PORTAL_ID, hubspot.token), connectors, node.url)


def seed(portal: HubSpotPortal, count: int) -> None:
    """Add large contacts, a few per request."""
    for begin in range(0, count, IN_ONE_REQUEST):
        numbers = range(begin, min(begin + IN_ONE_REQUEST, count))
        portal.seed(records=[contact(1000 + number) for number in numbers])


def contact(number: int) -> dict[str, Any]:
    """Return a large contact."""
    return {"id": str(number), "properties": {"email": f"{number}@example.com", "lastname": "x" * VALUE_CHARACTERS}}


def test_account_of_70_megabytes_kills_a_buffering_connector_but_not_the_service(pair: Pair) -> None:
    """The pump of the buffering connector fails and leaves its dataset unchanged; the other completes."""
    seed(pair.portal, FEW)
    before = {name: pair.pipe(name).pump()["event_type"] for name in pair.connectors}
    seed(pair.portal, MANY)

    ends = {name: pair.pipe(name).pump()["event_type"] for name in pair.connectors}
    # The connection breaks a moment before the engine notices that the container has ended.
    wait_until(lambda: not state_of(pair.connectors["buffering"])["Running"], "the end of the buffering connector")
    states = {name: state_of(connector) for name, connector in pair.connectors.items()}

    assert before == {"service": "pump-completed", "buffering": "pump-completed"}
    assert ends == {"service": "pump-completed", "buffering": "pump-failed"}
    assert (states["buffering"]["OOMKilled"], states["buffering"]["ExitCode"]) == (True, KILLED)
    assert (states["service"]["OOMKilled"], states["service"]["Running"]) == (False, True)
    assert {name: pair.size(name) for name in pair.connectors} == {"service": MANY, "buffering": FEW}
