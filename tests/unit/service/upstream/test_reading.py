import gc
import gzip
import os
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

from service.caller import PatientCaller, SocketCaller
from service.errors import PullAbandoned, UpstreamError
from service.upstream.wire import Line, Request

PAGE = Request("/crm/v3/objects/contacts?limit=100")
BODY = b'{"results":[' + b" " * 50_000 + b"]}"
ZIPPED = gzip.compress(os.urandom(40_000))
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

    def caller(self) -> SocketCaller:
        """As the pull sees it."""
        return SocketCaller(self.ours, stopping=self.stopping)


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
        line = Line(upstream.url, timeout_s=120)
        line.send(PAGE, {})
        threading.Timer(0.05, ends.theirs.close).start()

        with pytest.raises(PullAbandoned, match="caller went away"):
            line.receive(PAGE, ends.caller())

        upstream.hung_up.result(timeout=3)


def test_a_body_that_stalls_is_left_when_the_service_stops(ends: Ends, context: ssl.SSLContext | None) -> None:
    """A deployment does not wait for HubSpot."""
    with upstream_that(stalls(ANSWERS["plain"]), context) as upstream:
        line = Line(upstream.url, timeout_s=120)
        line.send(PAGE, {})
        threading.Timer(0.05, ends.stopping.set).start()

        with pytest.raises(PullAbandoned, match="told to stop"):
            line.receive(PAGE, ends.caller())

        upstream.hung_up.result(timeout=3)


def test_a_body_that_drips_is_left_when_the_caller_hangs_up(ends: Ends, context: ssl.SSLContext | None) -> None:
    """There is always something to read, so no wait ever ends in a time-out."""
    with upstream_that(drips, context) as upstream:
        line = Line(upstream.url, timeout_s=120)
        line.send(PAGE, {})
        threading.Timer(0.05, ends.theirs.close).start()

        with pytest.raises(PullAbandoned, match="caller went away"):
            line.receive(PAGE, ends.caller())

        upstream.hung_up.result(timeout=3)


def test_a_body_that_stalls_is_a_time_out_for_a_caller_that_waits(ends: Ends, context: ssl.SSLContext | None) -> None:
    """After the time that is set, whoever waits."""
    for caller in (ends.caller(), PatientCaller()):
        with upstream_that(stalls(ANSWERS["chunked"]), context) as upstream:
            line = Line(upstream.url, timeout_s=0.6)
            line.send(PAGE, {})
            begun = time.monotonic()

            with pytest.raises(UpstreamError) as caught:
                line.receive(PAGE, caller)

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
        line = Line(upstream.url, timeout_s=120)
        line.send(PAGE, {})

        reply = line.receive(PAGE, ends.caller())

        line.close()
        assert reply.body == BODY
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
        line = Line(upstream.url, timeout_s=120)
        for _ in range(300):
            line.send(PAGE, {})
            line.receive(PAGE, ends.caller())
        line.close()
        upstream.hung_up.result(timeout=3)
    with upstream_that(stalls(ANSWERS["gzip"])) as upstream:
        line = Line(upstream.url, timeout_s=120)
        line.send(PAGE, {})
        ends.stopping.set()
        with pytest.raises(PullAbandoned):
            line.receive(PAGE, ends.caller())
        upstream.hung_up.result(timeout=3)

    assert held() == before
