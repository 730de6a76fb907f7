"""Probes are answered whatever pulls and clients do, and clients that stop are dropped."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
import requests

from service.server import GunicornServer
from service.settings import Settings
from service.worker import in_pieces, pool_name
from tests.support.cases import Cases, for_each
from tests.support.service_process import ServiceProcess
from tests.support.upstream_stub import ReceivedRequest, StubResponse, UpstreamStub, json_response, record
from tests.support.waiting import wait_until

PULLS = 45
LIMITS = {"REQUEST_TIMEOUT_S": "1", "RESPONSE_TIMEOUT_S": "1", "GRACE_S": "0"}
HALF_REQUEST = b"GET /health HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture(scope="module")
def busy_upstream() -> Iterator[UpstreamStub]:
    """A HubSpot of its own, because its pulls stay open."""
    stub = UpstreamStub()
    yield stub
    stub.close()


@pytest.fixture(scope="module")
def impatient(busy_upstream: UpstreamStub) -> Iterator[ServiceProcess]:
    """A connector that drops clients soon, in front of the busy HubSpot: each test leaves it as it was."""
    process = ServiceProcess.in_front_of(busy_upstream.url, **LIMITS)
    yield process
    process.stop()


@pytest.fixture
def in_front_of_busy(impatient: ServiceProcess, busy_upstream: UpstreamStub) -> ServiceProcess:
    """The connector in front of a HubSpot that has seen no request yet."""
    busy_upstream.reset()
    impatient.forget_output()
    return impatient


def get(service: ServiceProcess, path: str) -> None:
    """Send a probe. What holds it up does so for longer than its timeout."""
    assert requests.get(service.url + path, timeout=20).status_code == 200


def connected(service: ServiceProcess, sent: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", service.port), timeout=20)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.sendall(sent)
    return connection


def check_probes(service: ServiceProcess) -> None:
    """Each is answered."""
    for path in ("/health", "/metrics"):
        get(service, path)


def test_probes_and_more_pulls_than_a_node_has_pipes_run_beside_each_other(
    in_front_of_busy: ServiceProcess, busy_upstream: UpstreamStub
) -> None:
    everyone_is_here, arrived = threading.Event(), threading.Semaphore(0)

    def respond(_request: ReceivedRequest) -> StubResponse:
        arrived.release()
        everyone_is_here.wait(20)
        return json_response({"results": [record(1)]})

    busy_upstream.respond = respond
    with ThreadPoolExecutor(PULLS) as pool:
        pulls = [pool.submit(requests.get, f"{in_front_of_busy.url}/get_contacts", timeout=30) for _ in range(PULLS)]
        try:
            assert all(arrived.acquire(timeout=20) for _ in range(PULLS))
            check_probes(in_front_of_busy)
        finally:
            everyone_is_here.set()

        assert [len(pull.result().json()) for pull in pulls] == [1] * PULLS


def test_half_requests_use_no_thread_and_are_dropped(impatient: ServiceProcess, cases: Cases) -> None:
    for path in ("/health", "/ready", "/get_contacts", "/get_owners"):
        half = HALF_REQUEST.replace(b"/health", path.encode())
        with cases.case(path), ExitStack() as stack:
            clients = [stack.enter_context(connected(impatient, half)) for _ in range(80)]

            check_probes(impatient)

            for client in clients:
                assert client.recv(100) == b""


def test_readiness_probes_of_a_hubspot_that_does_not_answer_hold_up_nobody(
    in_front_of_busy: ServiceProcess, busy_upstream: UpstreamStub
) -> None:
    is_over = threading.Event()

    def respond(_request: ReceivedRequest) -> StubResponse:
        is_over.wait(30)
        return json_response({"results": []})

    busy_upstream.respond = respond
    with ThreadPoolExecutor(20) as pool:
        probes = [pool.submit(requests.get, f"{in_front_of_busy.url}/ready", timeout=30) for _ in range(20)]
        try:
            assert {probe.result().status_code for probe in probes} == {503}
            get(in_front_of_busy, "/")
            check_probes(in_front_of_busy)
            assert len(busy_upstream.requests) == 1
        finally:
            is_over.set()


def test_a_request_that_arrives_byte_by_byte_is_served(impatient: ServiceProcess) -> None:
    with connected(impatient, b"\r\n\r\n") as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in HALF_REQUEST + b"\r\n":
            client.sendall(bytes([byte]))

        assert client.recv(100).startswith(b"HTTP/1.1 200 OK")


def test_a_request_whose_head_does_not_end_is_refused(impatient: ServiceProcess) -> None:
    with connected(impatient, HALF_REQUEST) as client:
        client.sendall(b"X-Long: " + b"x" * 131_072)

        assert client.recv(100).startswith(b"HTTP/1.1 431")


def test_the_oldest_half_requests_make_room(impatient: ServiceProcess) -> None:
    with ExitStack() as stack:
        for _ in range(300):
            stack.enter_context(connected(impatient, HALF_REQUEST))

        check_probes(impatient)


def test_clients_that_stop_reading_are_dropped_and_hold_up_nobody(
    in_front_of_busy: ServiceProcess, busy_upstream: UpstreamStub
) -> None:
    large = record(1)
    large["properties"]["notes"] = "x" * 6_000_000
    busy_upstream.respond = lambda _request: json_response({"results": [large]})
    pull = b"GET /get_contacts HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with ExitStack() as stack:
        for _ in range(8):
            stack.enter_context(connected(in_front_of_busy, pull))

        check_probes(in_front_of_busy)

        in_front_of_busy.wait_for("A client was dropped: it did not read its response in time")
        running = "hubspot_service_pulls_running 0.0"
        wait_until(
            lambda: running in requests.get(f"{in_front_of_busy.url}/metrics", timeout=20).text, "no pull is running"
        )


def test_a_client_that_keeps_its_connection_open_holds_up_nobody(impatient: ServiceProcess) -> None:
    whole = HALF_REQUEST + b"\r\n"
    with ExitStack() as stack:
        clients = [stack.enter_context(connected(impatient, whole)) for _ in range(10)]
        for client in clients:
            assert b"Connection: close" in client.recv(1000)

        check_probes(impatient)


def test_half_requests_do_not_delay_the_end_of_the_process(busy_upstream: UpstreamStub) -> None:
    service = ServiceProcess.in_front_of(busy_upstream.url, REQUEST_TIMEOUT_S="600", GRACE_S="600")
    with connected(service, HALF_REQUEST):
        get(service, "/health")

        assert service.stop() == 0


@pytest.mark.parametrize(("host", "bind"), [("::1", "[::1]:5000"), ("127.0.0.1", "127.0.0.1:5000")])
def test_an_ipv6_address_is_bound_with_brackets(host: str, bind: str) -> None:
    settings = Settings(hubspot_api_key="pat-x", hubspot_base_url="http://localhost", host=host)

    assert GunicornServer(settings).cfg.bind == [bind]


@for_each(
    ("head", "name"),
    [
        (b"GET /health HTTP/1.1\r\n\r\n", "probes"),
        (b"GET /metrics?x=1 HTTP/1.1\r\n\r\n", "probes"),
        (b"HEAD /health HTTP/1.1\r\n\r\n", "probes"),
        (b"GET /get_contacts?since=1 HTTP/1.1\r\n\r\n", "pulls"),
        (b"GET /ready HTTP/1.1\r\n\r\n", "others"),
        (b"GET /get?/health HTTP/1.1\r\n\r\n", "others"),
        (b"GET", "others"),
        (b"", "others"),
    ],
)
def test_the_path_decides_which_threads_serve(head: bytes, name: str) -> None:
    assert pool_name(head) == name


def test_a_large_part_of_a_body_is_sent_in_pieces() -> None:
    closed: list[bool] = []

    class Body(list[bytes]):
        def close(self) -> None:
            closed.append(True)

    sent = in_pieces(lambda _environ, _start: Body([b"a", b"b" * 200_000, b""]))({}, None)
    pieces = list(sent)
    sent.close()  # type: ignore[attr-defined]

    assert b"".join(pieces) == b"a" + b"b" * 200_000
    assert max(map(len, pieces)) == 65_536
    assert closed == [True]
