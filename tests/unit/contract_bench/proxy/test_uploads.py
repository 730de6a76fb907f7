"""Large bodies of requests are streamed to the upstream; only a fault or a recording makes the proxy hold one."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import urlsplit

import pytest
import requests

from contract_bench.proxy.address import Address
from contract_bench.proxy.app import ProxyOptions
from contract_bench.proxy.server import ProxyServer
from tests.support.waiting import wait_until

LARGE = bytes(range(256)) * 4096 * 2  # 2 MiB
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
TOO_LARGE = b"HTTP/1.1 413 Payload Too Large\r\nContent-Length: 3\r\n\r\nbig"


@dataclass
class Receiver:
    """An upstream that takes one request a connection.

    Attributes:
        heads: The heads of the requests.
        bodies: What came after them.
        begun: Set as soon as a head and a piece of its body have arrived.
        answers_early: Whether it answers 413 without reading on.
    """

    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    heads: list[bytes] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    begun: threading.Event = field(default_factory=threading.Event)
    answers_early: bool = False

    @property
    def origin(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def serve(self) -> None:
        """Take requests until the listener is closed."""
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            with client:
                client.settimeout(20)
                try:
                    self._take(client)
                except OSError:
                    continue

    def _take(self, client: socket.socket) -> None:
        got = b""
        while b"\r\n\r\n" not in got:
            got += client.recv(65536)
        head, _, body = got.partition(b"\r\n\r\n")
        self.heads.append(head)
        self.begun.set()
        if self.answers_early:
            client.sendall(TOO_LARGE)
            client.shutdown(socket.SHUT_WR)
            while client.recv(65536):
                pass
            return
        length = next((int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"content-length:")), None)
        while len(body) < length if length is not None else not body.endswith(b"0\r\n\r\n"):
            piece = client.recv(65536)
            if not piece:
                break
            body += piece
        self.bodies.append(body)
        client.sendall(OK)


@pytest.fixture
def upstream() -> Iterator[Receiver]:
    receiver = Receiver()
    thread = threading.Thread(target=receiver.serve)
    thread.start()
    yield receiver
    receiver.listener.shutdown(socket.SHUT_RDWR)
    receiver.listener.close()
    thread.join()


@pytest.fixture
def proxy(upstream: Receiver) -> Iterator[ProxyServer]:
    with ProxyServer(Address.of(upstream.origin), ProxyOptions(max_body_bytes=1024 * 1024)) as running:
        yield running


def opened(proxy: ProxyServer) -> socket.socket:
    address = urlsplit(proxy.url)
    return socket.create_connection((address.hostname or "", address.port or 0), timeout=20)


def journal(proxy: ProxyServer) -> list[dict[str, object]]:
    entries: list[dict[str, object]] = requests.get(f"{proxy.url}/_fake/journal", timeout=20).json()["entries"]
    return entries


def test_a_body_is_streamed_unchanged(upstream: Receiver, proxy: ProxyServer) -> None:
    """One that is larger than what the proxy would hold, with its length or in chunks, also after `100 Continue`."""
    by_length = requests.put(f"{proxy.url}/a", data=LARGE, timeout=20)
    in_chunks = requests.post(f"{proxy.url}/b", data=iter([LARGE, LARGE]), timeout=20)
    with opened(proxy) as client:
        head = b"POST /c HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n"
        client.sendall(head % len(LARGE))
        assert client.recv(1024) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(LARGE)
        assert client.recv(1024).endswith(b"ok")

    assert [by_length.text, in_chunks.text] == ["ok", "ok"]
    assert [sha256(upstream.bodies[number]).digest() for number in (0, 2)] == [sha256(LARGE).digest()] * 2
    assert upstream.bodies[1].count(LARGE[:4096]) >= 2 * len(LARGE) // 4096 - 100
    assert b"transfer-encoding: chunked" in upstream.heads[1]
    assert b"content-length" not in upstream.heads[1]
    assert b"expect" not in upstream.heads[2].lower()


def test_the_upstream_gets_the_beginning_before_the_client_has_sent_the_end(
    upstream: Receiver, proxy: ProxyServer
) -> None:
    with opened(proxy) as client:
        client.sendall(b"POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(LARGE))
        assert upstream.begun.wait(20)
        client.sendall(LARGE)

        assert client.recv(1024).endswith(b"ok")
    assert upstream.bodies == [LARGE]


def test_a_client_that_breaks_off_is_no_complete_request_upstream(upstream: Receiver, proxy: ProxyServer) -> None:
    with opened(proxy) as client:
        client.sendall(b"POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\nhalf" % len(LARGE))
        assert upstream.begun.wait(20)
    wait_until(lambda: journal(proxy)[0]["hint"] == "the client disconnected", "the end of the request")

    assert upstream.bodies in ([], [b"half"])


def test_an_early_answer_reaches_a_client_that_still_sends(upstream: Receiver, proxy: ProxyServer) -> None:
    """The connection ends then, because nobody reads the rest."""
    upstream.answers_early = True
    with opened(proxy) as client:
        client.sendall(b"POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\nhalf" % len(LARGE))
        got = b"".join(iter(lambda: client.recv(65536), b""))

    assert got.startswith(b"HTTP/1.1 413 ")
    assert got.endswith(b"big")


def test_a_fault_holds_the_body_up_to_the_bound(upstream: Receiver, proxy: ProxyServer) -> None:
    """What a fault does not meet is streamed although one is set; a held body arrives as a whole."""
    rule = {"fault": "latency", "params": {"delay_ms": 1}, "where": {"path": "/held"}, "times": "forever"}
    requests.post(f"{proxy.url}/_fake/faults", json=rule, timeout=20)
    half_a_mib = LARGE[: 512 * 1024]

    free = requests.put(f"{proxy.url}/free", data=LARGE, timeout=20)
    held = requests.put(f"{proxy.url}/held", data=half_a_mib, timeout=20)
    too_large = requests.put(f"{proxy.url}/held", data=LARGE, timeout=20)

    assert [free.status_code, held.status_code, too_large.status_code] == [200, 200, 413]
    assert "at most 1048576 bytes" in too_large.text
    assert upstream.bodies == [LARGE, half_a_mib]
    [fault] = requests.get(f"{proxy.url}/_fake/faults", timeout=20).json()["faults"]
    assert fault["matched"] == 2


@pytest.mark.parametrize("expects_continue", [False, True])
@pytest.mark.parametrize("is_chunked", [False, True])
@pytest.mark.parametrize("is_too_large", [False, True])
def test_a_fault_that_could_not_act_has_not_fired(
    proxy: ProxyServer, *, is_too_large: bool, is_chunked: bool, expects_continue: bool
) -> None:
    """The request ended before its body: the journal says so, and the fault gets its turn at the next one."""
    requests.post(f"{proxy.url}/_fake/faults", json={"fault": "server-error", "times": 1}, timeout=20)
    size = len(LARGE) if is_too_large else len(LARGE) // 4
    head = b"POST /held HTTP/1.1\r\nHost: localhost\r\n" + (b"Expect: 100-continue\r\n" if expects_continue else b"")
    framing = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" if is_chunked else b"Content-Length: %d\r\n\r\n"
    with opened(proxy) as client:
        client.sendall(head + framing % size + (LARGE if is_too_large else b"half"))
        if is_too_large:
            client.shutdown(socket.SHUT_WR)
            got = b"".join(iter(lambda: client.recv(65536), b""))
            assert b"HTTP/1.1 413 " in got
    wait_until(lambda: journal(proxy)[0]["hint"], "the end of the request")

    [entry], [fault] = journal(proxy), requests.get(f"{proxy.url}/_fake/faults", timeout=20).json()["faults"]
    problem = "expected a body of at most 1048576 bytes" if is_too_large else "the client disconnected"
    assert (entry["status"] or 0, entry["faults"], entry["fault"]) == (413 if is_too_large else 0, [], None)
    assert str(entry["hint"]).startswith(problem)
    assert (fault["matched"], fault["fired"]) == (1, 0)
    assert requests.put(f"{proxy.url}/next", data=b"small", timeout=20).status_code == 500


def test_the_upstream_is_not_blamed_for_a_client_that_sends_slowly(upstream: Receiver) -> None:
    """The limit is for the upstream's silence, and it begins again when the client has sent the end."""
    with ProxyServer(Address.of(upstream.origin), ProxyOptions(timeout_s=0.2)) as proxy, opened(proxy) as client:
        client.sendall(b"POST /a HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\nhalf" % len(LARGE))
        client.settimeout(0.6)
        with pytest.raises(TimeoutError):
            client.recv(1024)
        client.settimeout(20)
        client.sendall(LARGE[4:])

        assert client.recv(1024).endswith(b"ok")


def test_the_beginning_of_a_streamed_body_is_in_the_journal(proxy: ProxyServer) -> None:
    requests.put(f"{proxy.url}/a", data=b"beginning" + LARGE, timeout=20)

    har = requests.get(f"{proxy.url}/_fake/journal/har", timeout=20).json()["log"]["entries"]
    assert har[0]["request"]["postData"]["text"].startswith("beginning")
