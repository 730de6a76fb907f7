"""The connector as a process: its client goes away, or it is stopped, while HubSpot keeps it waiting."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from fake_hubspot import FaultRule, Selector, Server, Settings, faults_of
from tests.support.service_process import ServiceProcess
from tests.support.waiting import wait_until

WAITS = ["stall", "timeout", "dribble"]
PARAMETERS: dict[str, dict[str, object]] = {"dribble": {"duration_ms": 60_000, "pieces": 1000}}
ESTABLISHED = "01"


@pytest.fixture(scope="module")
def hubspot() -> Iterator[Server]:
    """A portal with several pages of contacts."""
    with Server(Settings(contacts=20)) as server:
        yield server


@pytest.fixture(params=WAITS)
def waiting_hubspot(request: pytest.FixtureRequest, hubspot: Server) -> Iterator[Server]:
    """The second page never ends."""
    faults = faults_of(hubspot.app.portals.default)
    faults.clear()
    plan = FaultRule(
        request.param,
        params=PARAMETERS.get(request.param, {}),
        where=Selector(route="objects.list", page=2),
        times="forever",
    )
    faults.arm(plan)
    yield hubspot
    faults.clear()


def connections(server: Server) -> int:
    """Return the number of the connector's connections to HubSpot, from the kernel's table."""
    port = f":{int(server.url.rsplit(':', 1)[1]):04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[1].endswith(port) and row[3] == ESTABLISHED for row in rows)


@pytest.fixture
def service(waiting_hubspot: Server) -> Iterator[ServiceProcess]:
    """The connector, with a timeout of two minutes."""
    process = ServiceProcess.in_front_of(
        waiting_hubspot.url, HUBSPOT_API_KEY=waiting_hubspot.token, HUBSPOT_READ_TIMEOUT_S="110", GRACE_S="0"
    )
    yield process
    process.stop()


def begun_pull(service: ServiceProcess) -> tuple[socket.socket, bytes]:
    """A pull that has sent its first page, and that page; the second page is already requested."""
    connection = socket.create_connection(("127.0.0.1", service.port), timeout=20)
    connection.sendall(b"GET /get_contacts HTTP/1.1\r\nHost: localhost\r\n\r\n")
    return connection, connection.recv(65536)


def test_connections_to_hubspot_close_when_the_client_disconnects_or_the_service_stops(
    service: ServiceProcess, waiting_hubspot: Server
) -> None:
    """Within a second, plus the delay of a busy machine; an array that was begun never looks complete."""
    left, _ = begun_pull(service)
    with left:
        assert connections(waiting_hubspot) >= 1  # a pull that takes long opens further ones
    wait_until(
        lambda: connections(waiting_hubspot), "no connection to HubSpot", is_met=lambda count: count == 0, timeout_s=20
    )
    service.wait_for("The client disconnected", timeout_s=20)

    connection, sent = begun_pull(service)
    with connection:
        status = service.stop()
        sent += b"".join(iter(lambda: connection.recv(65536), b""))

    assert status == 0
    assert sent.startswith(b"HTTP/1.1 200 OK")
    assert not sent.endswith((b"]", b"0\r\n\r\n"))
    assert "The service is shutting down" in service.everything
