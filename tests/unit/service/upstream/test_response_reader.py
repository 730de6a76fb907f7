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

PAGE = Request("/crm/v3/objects/contacts?limit=100")
BODY = b'{"results":[' + b" " * 50_000 + b"]}"
ZIPPED = gzip.compress(random.Random(1).randbytes(40_000), mtime=0)  # noqa: S311 - bytes that do not shrink, no secret
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
ANSWERS = {
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
    """A server that has one connection; `hung_up` is done when that was closed by the connector."""

    url: str
    hung_up: "Future[None]"


@dataclass
class Ends:
    """The two ends of the caller's connection, and the service's wish to stop."""

    theirs: socket.socket
    ours: socket.socket
    stopping: threading.Event

    def caller(self) -> SocketDownstreamClient:
        """As the pull sees it."""
        return SocketDownstreamClient(self.ours, stopping=self.stopping)


@pytest.fixture
def ends() -> Iterator[Ends]:
    """A caller who waits."""
    theirs, ours = socket.socketpair()
    with theirs, ours:
        yield Ends(theirs, ours, threading.Event())


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Who vouches for the TLS server."""
    return trustme.CA()


@pytest.fixture(params=["http", "https"])
def context(
    request: pytest.FixtureRequest, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> ssl.SSLContext | None:
    """The server's side of TLS, which the connector trusts; None for plain HTTP."""
    if request.param == "http":
        return None
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


@contextmanager
def upstream_that(behaves: Behaviour, context: ssl.SSLContext | None = None) -> Iterator[Upstream]:
    """Reads a request, behaves, and waits for the connector to hang up."""

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


def stalls(answer: bytes) -> Behaviour:
    """Sends half of the answer."""
    return lambda sock: sock.sendall(answer[: len(answer) // 2])


def drips(sock: socket.socket) -> None:
    """Sends a little, again and again, without ever an end."""
    sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    for _ in range(1000):
        sock.sendall(b" ")
        time.sleep(0.02)


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_a_body_that_stalls_is_left_when_the_caller_hangs_up(
    ends: Ends, context: ssl.SSLContext | None, answer: bytes
) -> None:
    """Though two minutes are left: HubSpot's connection is closed within a second, plus what a busy machine adds."""
    with upstream_that(stalls(answer), context) as upstream:
        connection = Connection(upstream.url, timeout_s=120)
        connection.send(PAGE, {})
        threading.Timer(0.05, ends.theirs.close).start()

        with pytest.raises(PullAbandoned, match="client disconnected"):
            connection.receive(PAGE, ends.caller())

        upstream.hung_up.result(timeout=3)


def test_a_body_that_stalls_is_left_when_the_service_stops(ends: Ends, context: ssl.SSLContext | None) -> None:
    """A deployment does not wait for HubSpot."""
    with upstream_that(stalls(ANSWERS["plain"]), context) as upstream:
        connection = Connection(upstream.url, timeout_s=120)
        connection.send(PAGE, {})
        threading.Timer(0.05, ends.stopping.set).start()

        with pytest.raises(PullAbandoned, match="shutting down"):
            connection.receive(PAGE, ends.caller())

        upstream.hung_up.result(timeout=3)


def test_a_body_that_drips_is_left_when_the_caller_hangs_up(ends: Ends, context: ssl.SSLContext | None) -> None:
    """There is always something to read, so no wait ever ends in a time-out."""
    with upstream_that(drips, context) as upstream:
        connection = Connection(upstream.url, timeout_s=120)
        connection.send(PAGE, {})
        threading.Timer(0.05, ends.theirs.close).start()

        with pytest.raises(PullAbandoned, match="client disconnected"):
            connection.receive(PAGE, ends.caller())

        upstream.hung_up.result(timeout=3)


def test_a_body_that_stalls_is_a_time_out_for_a_caller_that_waits(ends: Ends, context: ssl.SSLContext | None) -> None:
    """After the time that is set, whoever waits."""
    for caller in (ends.caller(), PatientDownstreamClient()):
        with upstream_that(stalls(ANSWERS["chunked"]), context) as upstream:
            connection = Connection(upstream.url, timeout_s=0.6)
            connection.send(PAGE, {})
            begun = time.monotonic()

            with pytest.raises(UpstreamError) as caught:
                connection.receive(PAGE, caller)

            assert caught.value.kind == "upstream-timeout"
            assert time.monotonic() - begun >= 0.6
            upstream.hung_up.result(timeout=3)


def test_a_pause_in_a_body_does_no_harm(ends: Ends, context: ssl.SSLContext | None) -> None:
    """Longer than the slices the wait is cut into: reading goes on where it stopped."""
    answer = ANSWERS["chunked"]

    def pauses(sock: socket.socket) -> None:
        sock.sendall(answer[:20_000])
        time.sleep(0.6)
        sock.sendall(answer[20_000:])

    with upstream_that(pauses, context) as upstream:
        connection = Connection(upstream.url, timeout_s=120)
        connection.send(PAGE, {})

        response = connection.receive(PAGE, ends.caller())

        connection.close()
        assert response.body == BODY
        upstream.hung_up.result(timeout=3)


def test_nothing_is_left_behind_by_many_requests(ends: Ends) -> None:
    """Neither threads nor open files, whether an answer was read or left."""

    def answers(sock: socket.socket) -> None:
        for _ in range(300):
            sock.sendall(ANSWERS["plain"])
            sock.recv(65536)

    def held() -> tuple[int, int]:
        gc.collect()
        return threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))

    before = held()
    with upstream_that(answers) as upstream:
        connection = Connection(upstream.url, timeout_s=120)
        for _ in range(300):
            connection.send(PAGE, {})
            connection.receive(PAGE, ends.caller())
        connection.close()
        upstream.hung_up.result(timeout=3)
    with upstream_that(stalls(ANSWERS["gzip"])) as upstream:
        connection = Connection(upstream.url, timeout_s=120)
        connection.send(PAGE, {})
        ends.stopping.set()
        with pytest.raises(PullAbandoned):
            connection.receive(PAGE, ends.caller())
        upstream.hung_up.result(timeout=3)

    assert held() == before


@contextmanager
def sending(*pieces: bytes) -> Iterator[ResponseReader]:
    """An answer that arrives in these pieces, and then the end of the connection."""
    theirs, ours = socket.socketpair()
    with theirs, ours, ThreadPoolExecutor(1) as pool:

        def send() -> None:
            for piece in pieces:
                theirs.sendall(piece)
            theirs.shutdown(socket.SHUT_WR)

        sent = pool.submit(send)
        yield ResponseReader(ours, downstream=PatientDownstreamClient(), timeout_s=20)
        sent.result(timeout=20)


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_is_the_same_however_the_network_cuts_it(answer: bytes) -> None:
    """At one go, or byte by byte."""
    with sending(answer) as whole, sending(*(answer[at : at + 1] for at in range(300)), answer[300:]) as drops:
        whole.begin()
        drops.begin()

    assert (drops.status, drops.headers, drops.read()) == (whole.status, whole.headers, whole.read())
    assert drops.status == 200


@pytest.mark.parametrize("name", sorted(ANSWERS.keys() - {"without a length"}))
@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_an_answer_that_is_cut_off_is_none(name: str, data: st.DataObject) -> None:
    """Wherever it is cut: in the head, in the body, before the last chunk."""
    kept = data.draw(st.integers(0, len(ANSWERS[name]) - 1))

    with sending(ANSWERS[name][:kept]) as answer, pytest.raises(ConnectionError):
        answer.begin()


def test_what_only_announces_an_answer_is_passed_over() -> None:
    """100 Continue, though nobody asked for it."""
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
    with sending(early, ANSWERS["plain"]) as apart, sending(early + ANSWERS["plain"]) as together:
        for answer in (apart, together):
            answer.begin()

            assert (answer.status, answer.headers) == (200, {"content-length": str(len(BODY))})
            assert answer.read() == BODY


@pytest.mark.parametrize("extra", [b"x", b"\r\n}", ANSWERS["plain"], ANSWERS["chunked"][:90]])
@pytest.mark.parametrize("name", ["plain", "closing", "chunked"])
def test_what_follows_an_answer_is_not_taken_for_the_next_one(name: str, extra: bytes) -> None:
    """The connection is out of step and takes no further request."""
    with sending(ANSWERS[name] + extra) as answer:
        answer.begin()

    assert answer.read() == BODY
    assert answer.will_close


def test_a_header_that_comes_twice_keeps_both_values_and_trailers_none() -> None:
    """Names are in lower case, as a gateway that speaks HTTP/2 sends them."""
    head = b"HTTP/1.1 200 OK\r\nX-Twice: a\r\nTransfer-Encoding: chunked\r\nx-twice: b\r\n\r\n"
    with sending(head + b"2\r\n{}\r\n0\r\nX-Twice: c\r\n\r\n") as answer:
        answer.begin()

    assert answer.headers == {"x-twice": "a, b", "transfer-encoding": "chunked"}
    assert answer.read() == b"{}"
    assert not answer.will_close


@pytest.mark.parametrize(
    "sent",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} ",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-Filler: x\r\n" * 20_000,
    ],
    ids=["another protocol", "two lengths", "no chunk", "a change of protocol", "a head without an end"],
)
def test_what_is_no_answer_is_a_lost_connection(sent: bytes) -> None:
    """An error of the connector's own, which is worth another try."""
    with upstream_that(lambda sock: sock.sendall(sent)) as upstream:
        connection = Connection(upstream.url, timeout_s=20)
        connection.send(PAGE, {})

        with pytest.raises(UpstreamError) as caught:
            connection.receive(PAGE, PatientDownstreamClient())

        assert caught.value.kind == "upstream-connection"
        upstream.hung_up.result(timeout=3)


@pytest.mark.parametrize("body", [b'{"results":[]}', ZIPPED[:-1], ZIPPED[:20], ZIPPED + b"x"])
def test_a_body_that_is_not_whole_gzip_is_a_mismatch(body: bytes) -> None:
    """Its length was right, so HubSpot or somebody on the way sent it like that."""
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
    with upstream_that(lambda sock: sock.sendall(head + body)) as upstream:
        connection = Connection(upstream.url, timeout_s=20)
        connection.send(PAGE, {})

        with pytest.raises(MismatchError, match="not compressed as its Content-Encoding says"):
            connection.receive(PAGE, PatientDownstreamClient())

        upstream.hung_up.result(timeout=3)


def test_one_connection_serves_a_whole_walk() -> None:
    """Opened once, so a page costs one round trip."""

    def answers(sock: socket.socket) -> None:
        for _ in range(20):
            sock.sendall(ANSWERS["chunked gzip"])
            sock.recv(65536)

    with upstream_that(answers) as upstream:
        connection = Connection(upstream.url, timeout_s=20)
        for _ in range(20):
            connection.send(PAGE, {})

            assert connection.receive(PAGE, PatientDownstreamClient()).body == gzip.decompress(ZIPPED)

        connection.close()
        upstream.hung_up.result(timeout=3)
