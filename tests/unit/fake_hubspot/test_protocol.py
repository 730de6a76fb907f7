"""The wire below HTTP: connections that go on, end, or are left, and that do not keep the server from stopping."""

import contextlib
import logging
import socket
import time
from collections.abc import Iterator
from threading import Thread

import pytest

from bench_core.wire import WireProtocol
from fake_hubspot.errors import FakeHubSpotError
from fake_hubspot.faults import FaultRule, Selector, faults_of
from fake_hubspot.server import Server
from fake_hubspot.settings import Settings
from tests.support.waiting import wait_until
from tests.unit.fake_hubspot.faults.socket_client import SocketClient

PATH = "/crm/v3/objects/contacts?limit=100"
PATIENCE_S = 10.0


@pytest.fixture(autouse=True)
def _quiet_server(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """The server finds nothing to complain of."""
    yield
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == []


@pytest.fixture
def server() -> Iterator[Server]:
    """A server with enough contacts for a large answer."""
    with Server(Settings(contacts=100)) as running:
        yield running


def arm(server: Server, fault: str, **params: int) -> None:
    """Set a fault that strikes once."""
    faults_of(server.app.portals.default).arm(FaultRule(fault, params))


def client_of(server: Server, encoding: str = "identity") -> SocketClient:
    """A connection to the server."""
    return SocketClient(server.url, token=server.token, encoding=encoding)


def busy(server: Server) -> int:
    """How many requests the server is answering."""
    return len(server._server.server_state.tasks)


def wait_until_busy(server: Server, requests: int) -> None:
    """Wait until the server answers so many requests at once."""
    wait_until(lambda: busy(server), f"{requests} requests in progress", is_met=lambda count: count == requests)


def connections(server: Server) -> int:
    """How many connections the server holds."""
    return len(server._server.server_state.connections)


@pytest.mark.parametrize(
    ("fault", "params"),
    [
        ("dribble", {"duration_ms": 3, "pieces": 3}),
        ("slow-headers", {"duration_ms": 3, "pieces": 3}),
        ("slicer", {"average_size": 5000, "delay_us": 1}),
        ("bandwidth", {"rate": 1_000_000}),
        ("bad-gzip", {}),
        ("latency", {"delay_ms": 2}),
    ],
)
def test_a_whole_answer_leaves_the_connection_open(server: Server, fault: str, params: dict[str, int]) -> None:
    """The next request on it is answered honestly."""
    arm(server, fault, **params)

    with client_of(server) as client:
        client.send(PATH, keep=True)
        first = client.receive_answer()
        client.send(PATH)
        second = client.receive()

    assert b"connection" not in first.headers
    assert second.status == 200
    assert len(second.json["results"]) == 100
    assert second.ending == "FIN"


def test_pipelined_requests_are_answered_in_turn(server: Server) -> None:
    """A second request that comes during a slow answer waits for its end."""
    arm(server, "dribble", duration_ms=20, pieces=4)

    with client_of(server) as client:
        client.send(PATH, keep=True)
        client.send(PATH)
        first = client.receive_answer()
        second = client.receive()

    assert len(first.json["results"]) == len(second.json["results"]) == 100


def test_pipelined_requests_without_a_fault_are_answered_in_turn(server: Server) -> None:
    """Both are in the journal, in their order."""
    with client_of(server) as client:
        client.send(f"{PATH}&first", keep=True)
        client.send(f"{PATH}&second")
        first = client.receive_answer()
        second = client.receive()

    assert len(first.json["results"]) == len(second.json["results"]) == 100
    assert [entry.query for entry in server.portal.journal] == ["limit=100&first", "limit=100&second"]
    assert second.ending == "FIN"


def test_a_fault_counts_a_request_once(server: Server) -> None:
    """However a request starts, it is in the journal once and triggers a fault once."""
    arm(server, "server-error")

    with client_of(server) as client:
        client.send(PATH, keep=True)
        first = client.receive_answer()
        client.send(PATH)
        second = client.receive()

    assert (first.status, second.status) == (500, 200)
    assert [(entry.ordinal, entry.fault, entry.status) for entry in server.portal.journal] == [
        (1, "server-error", 500),
        (2, "", 200),
    ]


@pytest.mark.parametrize("header", ["Expect: 100-continue", "X-Forwarded-Proto: https"])
def test_what_needs_more_than_an_answer_goes_uvicorns_way(server: Server, header: str) -> None:
    """A body that wants to be asked for, and a request that a proxy on this machine has passed on."""
    body = b'{"properties": {"email": "new@example.com"}}'
    head = (
        f"POST /crm/v3/objects/contacts HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {server.token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{header}\r\n\r\n"
    )

    with client_of(server) as client:
        client.socket.sendall(head.encode())
        asked = client.socket.recv(100) if header.startswith("Expect") else b""
        client.socket.sendall(body)
        seen = client.receive()

    assert asked in (b"", b"HTTP/1.1 100 Continue\r\n\r\n")
    assert seen.status == 201
    assert seen.headers[b"location"].startswith(b"https:" if "Proto" in header else b"http:")


def test_an_answer_that_cannot_be_made_is_a_500_and_the_end_of_the_connection(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """And a line in the log; the server goes on."""

    def break_down(*_: object) -> None:
        raise FakeHubSpotError("broken")

    monkeypatch.setattr(server.app, "_respond", break_down)

    with client_of(server) as client:
        client.send(PATH, keep=True)
        seen = client.receive()

    assert (seen.status, seen.ending) == (500, "FIN")
    assert [record.getMessage() for record in caplog.records] == ["GET failed"]
    caplog.clear()


def test_an_idle_connection_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """When nothing came for as long as it is kept."""
    monkeypatch.setattr("fake_hubspot.server.KEEP_ALIVE_S", 0.05)

    with Server(Settings()) as server, client_of(server) as client:
        client.send(PATH, keep=True)
        client.receive_answer()
        ending = client.receive().ending

    assert ending == "FIN"


def test_a_request_restarts_the_timeout(server: Server) -> None:
    """The timer that was set for an earlier request finds the connection in use, and looks again later."""
    with client_of(server) as client:
        client.send(PATH, keep=True)
        client.receive_answer()
        (connection,) = server._server.server_state.connections
        assert isinstance(connection, WireProtocol)
        server.in_loop(connection.timeout_keep_alive_handler)
        client.send(PATH, keep=True)
        second = client.receive_answer()

    assert second.status == 200


def test_a_request_behind_a_cut_answer_is_not_answered(server: Server) -> None:
    """The connection has ended."""
    arm(server, "close-in-body")

    with client_of(server) as client:
        client.send(PATH, keep=True)
        client.send(PATH)
        seen = client.receive()

    assert seen.content.count(b"HTTP/1.1 200") == 1


@pytest.mark.parametrize("fault", ["stall", "timeout", "latency", "dribble", "slow-headers", "slow-close"])
def test_nothing_is_left_when_the_client_goes_away(server: Server, fault: str) -> None:
    """The task ends with the connection, not with the fault."""
    minute = {"latency": {"delay_ms": 60_000}, "slow-close": {"delay_ms": 60_000}}
    params = minute.get(fault, {} if fault in ("stall", "timeout") else {"duration_ms": 60_000})
    arm(server, fault, **params)

    with client_of(server) as client:
        client.send(PATH)
        wait_until_busy(server, 1)

    wait_until(lambda: (busy(server), connections(server)), "the server to be idle", is_met=lambda seen: seen == (0, 0))


@pytest.mark.parametrize("fault", ["stall", "timeout", "latency", "dribble", "slow-headers", "slow-close", "bandwidth"])
def test_a_fault_under_way_does_not_keep_the_server_from_stopping(fault: str) -> None:
    """The connection ends at once; the server does not run into its own patience of a second, which it would log."""
    slow = {"latency": {"delay_ms": 60_000}, "slow-close": {"delay_ms": 60_000}, "bandwidth": {"rate": 1}}
    params = slow.get(fault, {} if fault in ("stall", "timeout") else {"duration_ms": 60_000})
    server = Server(Settings(contacts=100))

    with server, client_of(server) as client:
        arm(server, fault, **params)
        client.send(PATH)
        wait_until_busy(server, 1)
        server.__exit__(None, None, None)
        seen = client.receive()

    assert seen.ending in ("FIN", "RST")
    assert busy(server) == connections(server) == 0


def test_a_client_that_does_not_read_does_not_keep_the_server_from_stopping() -> None:
    """More bytes than the kernel holds are on their way when the server stops."""
    server = Server(Settings(contacts=100))

    with server, client_of(server) as client:
        arm(server, "oversized-header", size=10_000_000)
        arm(server, "slicer", average_size=10_000_000)
        client.send(PATH)
        wait_until_busy(server, 1)
        server.__exit__(None, None, None)

    assert busy(server) == connections(server) == 0


def test_stalled_connections_do_not_hold_up_others(server: Server) -> None:
    """One event loop serves them all; twenty stalls and a flood of honest answers go together."""
    plan = FaultRule("stall", where=Selector(query={"stall": "yes"}), times="forever")
    faults_of(server.app.portals.default).arm(plan)
    stalled = [client_of(server) for _ in range(20)]
    for client in stalled:
        client.send(f"{PATH}&stall=yes")
    wait_until_busy(server, 20)
    honest: list[int] = []

    def ask() -> None:
        for _ in range(10):
            with client_of(server, "gzip") as client:
                client.send(PATH)
                honest.append(len(client.receive().json["results"]))

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert honest == [100] * 40
    for client in stalled:
        client.socket.close()
    wait_until_busy(server, 0)


def test_head_has_no_body_under_a_fault(server: Server) -> None:
    """As without one."""
    arm(server, "dribble", duration_ms=1)

    with client_of(server) as client:
        client.send(PATH, method="HEAD")
        seen = client.receive()

    assert seen.status == 200
    assert seen.body == b""


def test_a_reset_comes_behind_every_byte_even_to_a_slow_reader() -> None:
    """More than the kernel holds for the client is sent before the connection breaks."""
    with Server(Settings(contacts=100)) as server, client_of(server) as client:
        arm(server, "deep-json", depth=1_000_000)
        arm(server, "reset-in-body", after_bytes=1_900_000)
        client.send(PATH)
        client.socket.settimeout(PATIENCE_S)
        first = client.socket.recv(1)
        time.sleep(0.05)
        seen = client.receive()

    assert seen.ending == "RST"
    assert len(first + seen.content) == len((first + seen.content).partition(b"\r\n\r\n")[0]) + 4 + 1_900_000


def answer_to(server: Server, *pieces: bytes) -> bytes:
    """Everything that the server answers to pieces sent one after the other."""
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE_S) as connection:
        for piece in pieces:
            with contextlib.suppress(ConnectionError):
                connection.sendall(piece)
        received = b""
        with contextlib.suppress(ConnectionError):
            while piece := connection.recv(65_536):
                received += piece
        return received


CREATE = b"POST /crm/v3/objects/contacts HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    "pieces",
    [
        (b"GET /health HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 140_000 + b"\r\n\r\n",),
        (b"GET /health HTTP/1.1\r\nHost: localhost\r\n", *[b"X-%d: %s\r\n" % (n, b"x" * 4000) for n in range(100)]),
        (b"GET /" + b"x" * 140_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",),
        (b"GET /health HTTP/1.1\r\nX: ", *[b"x" * 60_000] * 10),
    ],
    ids=["one header", "many headers", "target", "endless header"],
)
def test_a_huge_head_is_refused(server: Server, pieces: tuple[bytes, ...]) -> None:
    """In one piece or in many, also if it never ends."""
    assert answer_to(server, *pieces).startswith(b"HTTP/1.1 431 ")


def test_the_head_of_each_request_is_counted_for_itself(server: Server) -> None:
    """A connection that is used for long is not refused."""
    one = b"GET /health HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 60_000 + b"\r\n\r\n"
    last = one.replace(b"X: ", b"Connection: close\r\nX: ")

    assert answer_to(server, one, one, one, one, last).count(b"HTTP/1.1 200 ") == 5


@pytest.mark.parametrize("authorization", [b"", b"Authorization: Bearer wrong\r\n"])
@pytest.mark.parametrize("size", [b"Content-Length: 300000000\r\n", b"Transfer-Encoding: chunked\r\n"])
def test_a_large_body_of_a_stranger_is_refused_before_it_is_read(
    server: Server, authorization: bytes, size: bytes
) -> None:
    """Only the head is sent here."""
    assert answer_to(server, CREATE + authorization + size + b"\r\n").startswith(b"HTTP/1.1 401 ")
    control = b"POST /_fake/seed HTTP/1.1\r\nHost: evil.example\r\n" + size + b"\r\n"
    assert answer_to(server, control).startswith(b"HTTP/1.1 403 ")


def test_a_body_that_is_too_large_is_refused_before_it_is_read(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """If its size is announced; else as soon as it is."""
    monkeypatch.setattr("bench_core.protocol.MAX_BODY_BYTES", 100_000)
    known = CREATE + f"Authorization: Bearer {server.token}\r\n".encode()
    announced = known + b"Content-Length: 100001\r\n\r\n"
    chunked = known + b"Transfer-Encoding: chunked\r\n\r\n"

    assert answer_to(server, announced).startswith(b"HTTP/1.1 413 ")
    assert answer_to(server, chunked, *[b"c350\r\n" + b"x" * 50_000 + b"\r\n"] * 3).startswith(b"HTTP/1.1 413 ")
    allowed = known + b"Connection: close\r\nContent-Length: 100000\r\n\r\n"
    assert answer_to(server, allowed, b"x" * 100_000).startswith(b"HTTP/1.1 400 ")


def test_the_journal_keeps_no_huge_texts(server: Server) -> None:
    """A path, a query and headers."""
    long = b"x" * 60_000
    head = b"GET /%s?%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nA: b\r\nX: %s\r\n\r\n"
    answer_to(server, head % (long[:50_000], long[:10_000], long))

    (entry,) = server.portal.journal
    assert (len(entry.path), len(entry.query)) == (len("/" + "x" * 19_999 + " (30001 more)"), 10_000)
    assert [name for name, _ in entry.request_headers] == [b"host", b"connection", b"a", b"(cut)"]
    assert entry.request_headers[-1][1] == b"1 more headers or long values"
