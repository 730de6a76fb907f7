"""The connector as a process when its pull has lost its point while HubSpot keeps it waiting."""

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
    """A portal of several pages."""
    with Server(Settings(contacts=20)) as server:
        yield server


@pytest.fixture(params=WAITS)
def waiting_hubspot(request: pytest.FixtureRequest, hubspot: Server) -> Iterator[Server]:
    """Its second page does not come to an end."""
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
    """How many connections the connector holds to HubSpot, by the kernel's table."""
    port = f":{int(server.url.rsplit(':', 1)[1]):04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[1].endswith(port) and row[3] == ESTABLISHED for row in rows)


@pytest.fixture
def service(waiting_hubspot: Server) -> Iterator[ServiceProcess]:
    """It would wait for two minutes."""
    process = ServiceProcess.in_front_of(
        waiting_hubspot.url, HUBSPOT_API_KEY=waiting_hubspot.token, HUBSPOT_READ_TIMEOUT_S="110", GRACE_S="0"
    )
    yield process
    process.stop()


def begun_pull(service: ServiceProcess) -> tuple[socket.socket, bytes]:
    """A pull whose first page has come, and what came: the second one was asked for before."""
    connection = socket.create_connection(("127.0.0.1", service.port), timeout=20)
    connection.sendall(b"GET /get_contacts HTTP/1.1\r\nHost: localhost\r\n\r\n")
    return connection, connection.recv(65536)


def test_hubspot_is_left_alone_when_the_caller_hangs_up_or_the_service_stops(
    service: ServiceProcess, waiting_hubspot: Server
) -> None:
    """Within a second, plus what a busy machine adds; and nothing that was begun ever looks complete."""
    left, _ = begun_pull(service)
    assert connections(waiting_hubspot) == 1
    left.close()
    wait_until(
        lambda: connections(waiting_hubspot), "no connection to HubSpot", is_met=lambda count: count == 0, timeout_s=3
    )
    service.wait_for("The client disconnected", timeout_s=3)

    connection, sent = begun_pull(service)
    with connection:
        status = service.stop()
        sent += b"".join(iter(lambda: connection.recv(65536), b""))

    assert status == 0
    assert sent.startswith(b"HTTP/1.1 200 OK")
    assert not sent.endswith((b"]", b"0\r\n\r\n"))
    assert "The service is shutting down" in service.everything
