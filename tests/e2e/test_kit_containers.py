"""The containers that users start in their own tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from testcontainers.core.network import Network

from contract_bench.containers import (
    ConnectorContainer,
    ContainerStartError,
    FakeHubSpotContainer,
    FakeSesamContainer,
    ProxyContainer,
)
from contract_bench.plugin import HubSpotControl, UpstreamProxy
from tests.e2e import engine
from tests.support.waiting import wait_until

NODE_DIR = Path(__file__).resolve().parents[2] / "node"
ORDERS = NODE_DIR.parent / "examples" / "rest_link_headers" / "orders.yaml"
PIPE = "hubspot-contacts-collect"

pytestmark = pytest.mark.e2e


def wait_until_pump_rests(pump: str) -> None:
    """Wait until the pump has stopped."""
    wait_until(
        lambda: requests.get(pump, timeout=10).json()["runtime"],
        "the pump to stop",
        is_met=lambda runtime: not runtime["is-running"],
        timeout_s=60,
    )


@pytest.fixture(scope="module")
def network(docker_engine: None) -> Iterator[Network]:
    """A network for one test."""
    with Network() as network:
        yield network


@pytest.fixture(scope="module")
def hubspot(images: dict[str, str], network: Network) -> Iterator[FakeHubSpotContainer]:
    """A fake HubSpot with a few contacts."""
    with FakeHubSpotContainer(images["fake_hubspot"], contacts=12).on(network, "hubspot") as container:
        yield container


@pytest.fixture(scope="module")
def proxy_image(docker_engine: None) -> Iterator[str]:
    """The image of the proxy."""
    name = f"contract-bench/proxy:{engine.unique('e2e')}"
    arguments = [part for pair in engine.build_arguments().items() for part in ("--build-arg", "=".join(pair))]
    engine.docker("build", "--quiet", "--file", "contract_bench/proxy/Dockerfile", *arguments, "--tag", name, ".")
    yield name
    engine.docker("image", "rm", "--force", name)


def test_a_proxy_plays_a_recording_with_faults(proxy_image: str, network: Network) -> None:
    """It is controlled from outside with its token."""
    with ProxyContainer(str(ORDERS), proxy_image).on(network, "proxy") as container:
        proxy = UpstreamProxy(container.url, control_token=container.control_token)
        proxy.faults.add("server-error", query={"page": "2"})
        first = requests.get(f"{container.url}/orders?per_page=3", timeout=10)
        link = first.links["next"]["url"]
        statuses = [requests.get(link, timeout=10).status_code for _ in range(2)]
        faults = [entry["fault"] for entry in proxy.journal()]
        proxy.close()

    assert len(first.json()) == 3
    assert statuses == [500, 200]
    assert faults == [None, "server-error", None]


@pytest.fixture(scope="module")
def connector(images: dict[str, str], network: Network, hubspot: FakeHubSpotContainer) -> Iterator[ConnectorContainer]:
    """The service of this repository."""
    with ConnectorContainer(
        images["service"], hubspot=hubspot, environment={"HUBSPOT_PAGE_SIZE": "5", "HUBSPOT_RETRY_BUDGET_S": "0"}
    ).on(network, "connector") as container:
        yield container


def test_node_pulls_a_connector_that_reads_a_fake_hubspot(
    images: dict[str, str], network: Network, connector: ConnectorContainer, hubspot: FakeHubSpotContainer
) -> None:
    with FakeSesamContainer(NODE_DIR, images["fake_sesam"], connector=connector).on(network, "sesam") as sesam:
        pump = f"{sesam.url}/api/pipes/{PIPE}/pump"
        requests.post(pump, data={"operation": "start"}, timeout=10).raise_for_status()
        wait_until_pump_rests(pump)
        entities = requests.get(f"{sesam.url}/api/datasets/{PIPE}/entities", timeout=10).json()

    assert len(entities) == 12


def test_faults_are_set_from_the_test(connector: ConnectorContainer, hubspot: FakeHubSpotContainer) -> None:
    """Over the control API, with its token."""
    control = HubSpotControl(hubspot.url, control_token=hubspot.control_token)
    control.call("POST", "/_fake/faults", body={"fault": "server-error", "times": "forever"})

    failed = requests.get(f"{connector.url}/get_contacts", timeout=30)
    control.call("DELETE", "/_fake/faults")
    good = requests.get(f"{connector.url}/get_contacts", timeout=30)

    assert failed.status_code == 502
    assert len(good.json()) == 12


def test_container_that_does_not_start_reports_why(images: dict[str, str], hubspot: FakeHubSpotContainer) -> None:
    """The error contains the last lines of the log, and the container is removed."""
    broken = ConnectorContainer(images["service"], hubspot=hubspot, environment={"HUBSPOT_PAGE_SIZE": "many"})

    with pytest.raises(ContainerStartError) as caught:
        broken.start()

    assert "HUBSPOT_PAGE_SIZE" in caught.value.log_tail.upper().replace("-", "_")
    assert broken._container is None
