import gc
import gzip
import random
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme
from hypothesis import given, settings
from hypothesis import strategies as st

from service.downstream import PatientDownstreamClient, SocketDownstreamClient
from service.errors import MismatchError, PullAbandoned, UpstreamError
from service.upstream.connection import Connection
from service.upstream.messages import Request
from service.upstream.response_reader import ResponseReader
from tests.support.cases import for_each

PAGE = Request("/crm/v3/objects/contacts?limit=100")
BODY = b'{"results":[' + b" " * 50_000 + b"]}"
ZIPPED = gzip.compress(random.Random(1).randbytes(40_000), mtime=0)  # noqa: S311 - bytes that do not shrink, no secret
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
RESPONSES = {
    "plain": b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY),
    "closing": b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY),
    "without a length": b"HTTP/1.1 200 OK\r\n\r\n" + BODY,
    "gzip": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s" % (len(ZIPPED), ZIPPED),
    "chunked": b"%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (CHUNKED, len(BODY), BODY),
    "chunked gzip": b"%sContent-Encoding: gzip\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (CHUNKED, len(ZIPPED), ZIPPED),
}
Behaviour = Callable[[socket.socket], None]


@dataclass
class Upstream:
    """A server with one connection. `closed` is done when the connector has closed it."""

    url: str
    closed: "Future[None]"


@dataclass
class Ends:
    """The two ends of the client's connection, and the event of a shutdown."""

    theirs: socket.socket
    ours: socket.socket
    stopping: threading.Event

    def client(self) -> SocketDownstreamClient:
        """The client as the pull sees it."""
        return SocketDownstreamClient(self.ours, stopping=self.stopping)


@pytest.fixture
def ends() -> Iterator[Ends]:
    """A client that waits."""
    theirs, ours = socket.socketpair()
    with theirs, ours:
        yield Ends(theirs, ours, threading.Event())


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """The authority that certifies the TLS server."""
    return trustme.CA()


@pytest.fixture(params=["http", "https"])
def context(
    request: pytest.FixtureRequest, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> ssl.SSLContext | None:
    """The server's TLS context, which the connector trusts, or None for plain HTTP."""
    if request.param == "http":
        return None
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


@contextmanager
def upstream_that(behaves: Behaviour, context: ssl.SSLContext | None = None) -> Iterator[Upstream]:
    """Run a server that reads a request, behaves, and waits until the connector closes the connection."""

    def serve() -> None:
        connection, _ = listener.accept()
        with context.wrap_socket(connection, server_side=True) if context else connection as sock:
            sock.settimeout(20)
            sock.recv(65536)
            try:
                behaves(sock)
                while sock.recv(65536):
                    pass
            except (ConnectionError, ssl.SSLError):
                pass

    with closing(socket.create_server(("127.0.0.1", 0))) as listener, ThreadPoolExecutor(1) as pool:
        name = "https://localhost" if context else "http://127.0.0.1"
        yield Upstream(f"{name}:{listener.getsockname()[1]}", pool.submit(serve))


def stalls(response: bytes) -> Behaviour:
    """Send half of the response."""
    return lambda sock: sock.sendall(response[: len(response) // 2])


def drips(sock: socket.socket) -> None:
    """Send one byte at a time, without an end."""
    sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    for _ in range(1000):
        sock.sendall(b" ")
        time.sleep(0.02)


@pytest.mark.parametrize(
    "behaves",
    [*map(stalls, RESPONSES.values()), drips],
    ids=[*(f"stalls: {name}" for name in RESPONSES), "byte by byte"],
)
def test_a_disconnect_ends_the_wait_for_a_body(ends: Ends, context: ssl.SSLContext | None, behaves: Behaviour) -> None:
    """The connection to HubSpot is closed within a second, plus the delay of a busy machine."""
    with upstream_that(behaves, context) as upstream:
        connection = Connection(upstream.url, timeout_s=120)
        connection.send(PAGE, {})
        threading.Timer(0.05, ends.theirs.close).start()

        with pytest.raises(PullAbandoned, match="client disconnected"):
            connection.receive(PAGE, ends.client())

        upstream.closed.result(timeout=20)


def test_a_shutdown_ends_the_wait_for_a_stalled_body(ends: Ends, context: ssl.SSLContext | None) -> None:
    with upstream_that(stalls(RESPONSES["plain"]), context) as upstream:
        connection = Connection(upstream.url, timeout_s=120)
        connection.send(PAGE, {})
        threading.Timer(0.05, ends.stopping.set).start()

        with pytest.raises(PullAbandoned, match="shutting down"):
            connection.receive(PAGE, ends.client())

        upstream.closed.result(timeout=20)


def test_a_stalled_body_is_a_timeout_for_a_client_that_waits(ends: Ends, context: ssl.SSLContext | None) -> None:
    for client in (ends.client(), PatientDownstreamClient()):
        with upstream_that(stalls(RESPONSES["chunked"]), context) as upstream:
            connection = Connection(upstream.url, timeout_s=0.6)
            connection.send(PAGE, {})
            begun = time.monotonic()

            with pytest.raises(UpstreamError) as caught:
                connection.receive(PAGE, client)

            assert caught.value.kind == "upstream-timeout"
            assert time.monotonic() - begun >= 0.6
            upstream.closed.result(timeout=20)


HEADS = {"200": b"HTTP/1.1 200 OK\r\n", "chunked": CHUNKED, "503": b"HTTP/1.1 503 Service Unavailable\r\n"}


def trickles(head: bytes, *, at_once: int) -> Behaviour:
    """Send a head, from some byte on one byte at a time, and then an endless body in the same way."""
    content = head + (
        b"\r\n" + b"1\r\n \r\n" * 500 if head == CHUNKED else b"Content-Length: 1000000\r\n\r\n" + b" " * 500
    )

    def behaves(sock: socket.socket) -> None:
        sock.sendall(content[:at_once])
        for position in range(at_once, len(content)):
            sock.sendall(content[position : position + 1])
            time.sleep(0.005)

    return behaves


@pytest.mark.parametrize(("name", "at_once"), [("200", 0), ("200", 43), ("chunked", 0), ("chunked", 60), ("503", 5)])
@pytest.mark.parametrize("is_watched", [True, False], ids=["watched", "patient"])
def test_a_response_that_arrives_byte_by_byte_is_a_timeout(
    ends: Ends, context: ssl.SSLContext | None, name: str, at_once: int, is_watched: bool
) -> None:
    """No gap is long, neither in the head nor in the body or between chunks."""
    with upstream_that(trickles(HEADS[name], at_once=at_once), context) as upstream:
        connection = Connection(upstream.url, timeout_s=120, transfer_timeout_s=0.1)
        connection.send(PAGE, {})

        with pytest.raises(UpstreamError) as caught:
            connection.receive(PAGE, ends.client() if is_watched else PatientDownstreamClient())

        assert caught.value.kind == "upstream-timeout"
        upstream.closed.result(timeout=20)


def test_an_error_whose_body_arrives_byte_by_byte_counts_with_its_status(ends: Ends) -> None:
    head = HEADS["503"] + b"Retry-After: 7\r\n"
    with upstream_that(trickles(head, at_once=len(head) + 27)) as upstream:
        connection = Connection(upstream.url, timeout_s=120, transfer_timeout_s=0.1)
        connection.send(PAGE, {})

        response = connection.receive(PAGE, ends.client())

        assert (response.status, response.headers["retry-after"], response.body) == (503, "7", b"")
        connection.close()
        upstream.closed.result(timeout=20)


def test_the_time_until_the_first_byte_does_not_count_for_the_transfer() -> None:
    now_s = [0.0]

    def thinks(sock: socket.socket) -> None:
        now_s[0] = 60.0
        sock.sendall(RESPONSES["plain"])

    with upstream_that(thinks) as upstream:
        connection = Connection(upstream.url, timeout_s=120, transfer_timeout_s=50, clock=lambda: now_s[0])
        connection.send(PAGE, {})

        assert connection.receive(PAGE, PatientDownstreamClient()).body == BODY
        connection.close()
        upstream.closed.result(timeout=20)


def test_a_pause_in_a_body_does_no_harm(ends: Ends, context: ssl.SSLContext | None) -> None:
    """The pause is longer than the interval at which the client is checked."""
    sent = RESPONSES["chunked"]

    def pauses(sock: socket.socket) -> None:
        sock.sendall(sent[:20_000])
        time.sleep(0.6)
        sock.sendall(sent[20_000:])

    with upstream_that(pauses, context) as upstream:
        connection = Connection(upstream.url, timeout_s=120)
        connection.send(PAGE, {})

        response = connection.receive(PAGE, ends.client())

        connection.close()
        assert response.body == BODY
        upstream.closed.result(timeout=20)


def test_many_requests_leave_no_threads_and_no_open_files(ends: Ends) -> None:
    def responds(sock: socket.socket) -> None:
        for _ in range(300):
            sock.sendall(RESPONSES["plain"])
            sock.recv(65536)

    def held() -> tuple[set[threading.Thread], int]:
        gc.collect()
        return set(threading.enumerate()), len(list(Path("/proc/self/fd").iterdir()))

    threads, files = held()
    with upstream_that(responds) as upstream:
        connection = Connection(upstream.url, timeout_s=120)
        for _ in range(300):
            connection.send(PAGE, {})
            connection.receive(PAGE, ends.client())
        connection.close()
        upstream.closed.result(timeout=20)
    with upstream_that(stalls(RESPONSES["gzip"])) as upstream:
        connection = Connection(upstream.url, timeout_s=120)
        connection.send(PAGE, {})
        ends.stopping.set()
        with pytest.raises(PullAbandoned):
            connection.receive(PAGE, ends.client())
        upstream.closed.result(timeout=20)

    threads_after, files_after = held()
    # A thread of an earlier test may end meanwhile.
    assert threads_after <= threads
    assert files_after <= files


@contextmanager
def sending(*pieces: bytes) -> Iterator[ResponseReader]:
    """A response that arrives in these pieces, followed by the end of the connection."""
    theirs, ours = socket.socketpair()
    with theirs, ours, ThreadPoolExecutor(1) as pool:

        def send() -> None:
            for piece in pieces:
                theirs.sendall(piece)
            theirs.shutdown(socket.SHUT_WR)

        sent = pool.submit(send)
        yield ResponseReader(ours, downstream=PatientDownstreamClient(), timeout_s=20)
        sent.result(timeout=20)


@pytest.mark.parametrize("response", RESPONSES.values(), ids=RESPONSES)
def test_a_response_is_the_same_however_the_network_splits_it(response: bytes) -> None:
    with sending(response) as whole, sending(*(response[at : at + 1] for at in range(300)), response[300:]) as drops:
        whole.begin()
        drops.begin()

    assert (drops.status, drops.headers, drops.read()) == (whole.status, whole.headers, whole.read())
    assert drops.status == 200


@pytest.mark.parametrize("name", sorted(RESPONSES.keys() - {"without a length"}))
@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_a_response_that_is_cut_off_is_an_error(name: str, data: st.DataObject) -> None:
    """Wherever it is cut off: in the head, in the body, before the last chunk."""
    kept = data.draw(st.integers(0, len(RESPONSES[name]) - 1))

    with sending(RESPONSES[name][:kept]) as response, pytest.raises(ConnectionError):
        response.begin()


def test_informational_responses_are_skipped() -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 199 Wait\r\n\r\n"
    with sending(early, RESPONSES["plain"]) as apart, sending(early + RESPONSES["plain"]) as together:
        for response in (apart, together):
            response.begin()

            assert (response.status, response.headers) == (200, {"content-length": str(len(BODY))})
            assert response.read() == BODY


@for_each(
    "extra", [b"x", b"\r\n}", RESPONSES["plain"], RESPONSES["chunked"][:90], b"HTTP/1.1 500 No\r\nX-Y: z\r\n\r\n"]
)
@for_each("name", ["plain", "closing", "chunked"])
def test_bytes_after_a_response_are_not_taken_for_the_next_one(name: str, extra: bytes) -> None:
    """The connection is out of step and carries no further request."""
    with sending(RESPONSES[name] + extra) as response:
        response.begin()

    assert response.status == 200
    assert "x-y" not in response.headers
    assert response.read() == BODY
    assert response.will_close


def test_repeated_headers_are_joined_and_trailers_ignored() -> None:
    head = b"HTTP/1.1 200 OK\r\nX-Twice: a\r\nTransfer-Encoding: chunked\r\nx-twice: b\r\n\r\n"
    with sending(head + b"2\r\n{}\r\n0\r\nX-Twice: c\r\n\r\n") as response:
        response.begin()

    assert response.headers == {"x-twice": "a, b", "transfer-encoding": "chunked"}
    assert response.read() == b"{}"
    assert not response.will_close


@for_each(
    "sent",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} ",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
    ],
    ids=["another protocol", "two lengths", "no chunk", "a change of protocol"],
)
def test_an_invalid_response_is_a_connection_error(sent: bytes) -> None:
    with upstream_that(lambda sock: sock.sendall(sent)) as upstream:
        connection = Connection(upstream.url, timeout_s=20)
        connection.send(PAGE, {})

        with pytest.raises(UpstreamError) as caught:
            connection.receive(PAGE, PatientDownstreamClient())

        assert caught.value.kind == "upstream-connection"
        upstream.closed.result(timeout=20)


@for_each("body", [b'{"results":[]}', ZIPPED[:-1], ZIPPED[:20], ZIPPED + b"x"])
def test_a_body_that_is_not_complete_gzip_is_a_mismatch(body: bytes) -> None:
    """Its length is right, so HubSpot or a proxy sent it like that."""
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
    with upstream_that(lambda sock: sock.sendall(head + body)) as upstream:
        connection = Connection(upstream.url, timeout_s=20)
        connection.send(PAGE, {})

        with pytest.raises(MismatchError, match="not compressed as its Content-Encoding says"):
            connection.receive(PAGE, PatientDownstreamClient())

        upstream.closed.result(timeout=20)


def test_one_connection_carries_many_requests() -> None:
    def responds(sock: socket.socket) -> None:
        for _ in range(20):
            sock.sendall(RESPONSES["chunked gzip"])
            sock.recv(65536)

    with upstream_that(responds) as upstream:
        connection = Connection(upstream.url, timeout_s=20)
        for _ in range(20):
            connection.send(PAGE, {})

            assert connection.receive(PAGE, PatientDownstreamClient()).body == gzip.decompress(ZIPPED)

        connection.close()
        upstream.closed.result(timeout=20)
