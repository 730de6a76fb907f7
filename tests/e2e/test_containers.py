"""The image of each role: how it is built, what it may do and how it stops."""

import json
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace

import pytest
import requests
from testcontainers.core.container import DockerContainer
from testcontainers.core.image import DockerImage
from testcontainers.core.network import Network

from tests.e2e import engine
from tests.e2e.containers import Role, fake_hubspot, fake_sesam, log_of, service

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

EACH_ROLE = pytest.mark.parametrize("role", [fake_hubspot(), fake_sesam(), service()], ids=lambda role: role.name)

Start = Callable[..., DockerContainer]


@pytest.fixture
def network() -> Iterator[Network]:
    """A network for one test. Request it before `start`, so that the containers are removed before it is."""
    with Network() as network:
        yield network


@pytest.fixture
def start(images: dict[str, str], container_logs: dict[str, Callable[[], str]]) -> Iterator[Start]:
    """Start roles; all are removed when the test ends, even those that failed to start."""
    with ExitStack() as removals:

        def start_role(role: Role, *, network: Network | None = None) -> DockerContainer:
            container = role.container(images[role.name])
            if network is not None:
                container.with_network(network).with_network_aliases(role.name.replace("_", "-"))
            removals.callback(container.stop)
            removals.callback(container_logs.pop, role.name)
            container_logs[role.name] = lambda: log_of(container)
            return container.start()

        yield start_role


@pytest.fixture(scope="module")
def clean_stages() -> Iterator[None]:
    """Remove the build stages that the classic builder leaves behind, at the end: they are the same for all roles."""
    yield
    engine.docker("image", "prune", "--force", "--filter", "label=contract-bench.stage=build")


@EACH_ROLE
@pytest.mark.usefixtures("clean_stages")
def test_classic_builder_and_buildkit_build_the_same_image(role: Role, images: dict[str, str]) -> None:
    """docker-py, and so testcontainers, have no BuildKit."""
    image = DockerImage(
        engine.ROOT,
        tag=f"contract-bench/classic:{engine.unique(role.name)}",
        dockerfile_path=f"{role.name}/Dockerfile",
        buildargs=engine.build_arguments(),
        rm=True,
    )

    with image:
        classic, buildkit = (settings_of(name) for name in (str(image), images[role.name]))

    assert classic == buildkit


def test_the_images_hold_what_the_wheel_holds(images: dict[str, str]) -> None:
    """The fakes know the version that was installed; the connector comes without the workbench."""
    for role in ("fake_hubspot", "fake_sesam"):
        assert ", version " in engine.docker("run", "--rm", images[role], "--version")
    packages = "import importlib.util as u; print(*(n for n in ('service', 'contract_bench', 'pip') if u.find_spec(n)))"
    assert engine.docker("run", "--rm", images["service"], "python", "-c", packages).split() == ["service"]


def settings_of(image: str) -> dict[str, object]:
    """Return how an image starts, is monitored and stops."""
    config = json.loads(engine.docker("image", "inspect", image))[0]["Config"]
    keys = ("User", "Env", "Entrypoint", "Cmd", "Healthcheck", "ExposedPorts", "Volumes", "WorkingDir", "StopSignal")
    return {key: config.get(key) for key in keys}


@EACH_ROLE
def test_each_role_is_healthy_when_restricted_and_not_root(role: Role, start: Start) -> None:
    """Read-only root file system, no capabilities, 128 MB; only volumes and /dev/shm are writable."""
    container = start(role)

    response = requests.get(f"{role.url(container)}/health", timeout=10)
    user = container.exec(["id", "-u"]).output.decode().strip()
    write = container.exec(["touch", "/app/file"])

    assert response.status_code == 200
    assert user != "0"
    assert write.exit_code != 0


@EACH_ROLE
def test_each_role_stops_at_once_and_with_status_0_on_sigterm(role: Role, start: Start) -> None:
    """`docker stop` and a node send SIGTERM. A role that ignores it is killed and ends with status 137."""
    container = start(role).get_wrapped_container()

    container.stop(timeout=10)

    assert container.wait(timeout=10)["StatusCode"] == 0


def test_the_service_reads_5000_contacts_over_a_network_in_128_megabytes(network: Network, start: Start) -> None:
    """In fifty pages; each contact arrives once."""
    start(fake_hubspot(contacts=5000), network=network)
    container = start(service(), network=network)

    entities = requests.get(f"{service().url(container)}/get_contacts", timeout=60).json()

    assert len(entities) == 5000
    assert len({entity["_id"] for entity in entities}) == 5000


def test_three_pulls_at_once_stay_below_128_megabytes(network: Network, start: Start) -> None:
    """All three complete; the kernel would kill a container that uses more."""
    start(fake_hubspot(contacts=3000), network=network)
    container = start(service(), network=network)
    url = f"{service().url(container)}/get_contacts"

    with ThreadPoolExecutor(3) as pool:
        pulls = list(pool.map(lambda _: requests.get(url, timeout=60).json(), range(3)))
    peak = peak_memory_bytes(container)
    container.get_wrapped_container().reload()

    assert [len({entity["_id"] for entity in entities}) for entities in pulls] == [3000] * 3
    assert [len(entities) for entities in pulls] == [3000] * 3
    assert peak < 128 * 2**20
    assert container.get_wrapped_container().attrs["State"]["OOMKilled"] is False


def peak_memory_bytes(container: DockerContainer) -> int:
    """Return the sum of the peak resident memory of the container's processes, which is an upper bound."""
    script = "cat /proc/[0-9]*/status"
    status = container.exec(["sh", "-c", script]).output.decode()
    return 1024 * sum(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))


def test_docker_stop_during_a_pull_does_not_complete_it(network: Network, start: Start) -> None:
    """The array stays open and the last chunk is not sent, so a node rejects the pull."""
    hubspot = start(fake_hubspot(contacts=5000), network=network)
    container = start(replace(service(), env=(*service().env, ("GRACE_S", "1"))), network=network)
    stall_page_of(hubspot, 3)
    address = service().url(container).removeprefix("http://").split(":")

    with socket.create_connection((address[0], int(address[1])), timeout=30) as connection:
        connection.sendall(b"GET /get_contacts HTTP/1.1\r\nHost: localhost\r\n\r\n")
        sent = connection.recv(65536)
        container.get_wrapped_container().stop(timeout=10)
        sent += b"".join(iter(lambda: connection.recv(65536), b""))

    assert container.get_wrapped_container().wait(timeout=10)["StatusCode"] == 0
    assert sent.startswith(b"HTTP/1.1 200 OK")
    assert not sent.endswith(b"0\r\n\r\n")
    assert not sent.rstrip().endswith(b"]")
    assert "shutting down" in log_of(container)


def stall_page_of(hubspot: DockerContainer, page: int) -> None:
    """Make the fake HubSpot send half of this page of a list and then stall."""
    # From inside the container, because the control API only responds to its own machine.
    plan = {"fault": "stall", "where": {"route": "objects.list", "page": page}, "times": "forever"}
    program = (
        "import sys, urllib.request as http;"
        "http.urlopen(http.Request('http://127.0.0.1:8400/_fake/faults', sys.argv[1].encode(), method='POST',"
        " headers={'Content-Type': 'application/json'}), timeout=10)"
    )
    done = hubspot.exec(["python", "-c", program, json.dumps(plan)])
    assert done.exit_code == 0, done.output.decode()


def test_service_without_a_required_setting_names_it_and_ends_with_status_2(images: dict[str, str]) -> None:
    """A misconfigured container ends at once instead of serving errors."""
    with DockerContainer(images["service"]) as container:
        status = container.wait()
        log = log_of(container)

    assert status == 2
    assert "HUBSPOT_API_KEY" in log
    assert "HUBSPOT_BASE_URL" in log
