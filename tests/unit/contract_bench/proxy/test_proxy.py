"""The proxy passes everything on as it is, breaks off what the upstream breaks off, and injects faults."""

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from hashlib import sha256
from urllib.parse import urlsplit

import pytest
import requests

from bench_core.faults.registry import GENERAL
from contract_bench.proxy.address import Address
from contract_bench.proxy.app import ProxyOptions
from contract_bench.proxy.server import ProxyServer
from tests.unit.contract_bench.proxy.upstream import CSV, Upstream

# Faults that only take time.
SAME_BYTES = ("latency", "bandwidth", "dribble", "slicer", "slow-headers", "trickle")
SECRET = "sk-live-0123456789abcdef"


@pytest.fixture(scope="module")
def upstream() -> Iterator[Upstream]:
    with Upstream() as running:
        yield running


@pytest.fixture(scope="module")
def proxy(upstream: Upstream) -> Iterator[ProxyServer]:
    with ProxyServer(Address.of(upstream.origin)) as running:
        yield running


@pytest.fixture
def session(proxy: ProxyServer) -> Iterator[requests.Session]:
    with requests.Session() as client:
        client.trust_env = False
        client.post(f"{proxy.url}/_fake/reset", timeout=20)
        yield client


def get(session: requests.Session, proxy: ProxyServer, path: str, **options: object) -> requests.Response:
    return session.get(proxy.url + path, timeout=20, **options)  # type: ignore[arg-type]


def arm(session: requests.Session, proxy: ProxyServer, fault: str, **rule: object) -> None:
    made = session.post(f"{proxy.url}/_fake/faults", json={"fault": fault, **rule}, timeout=20)
    assert made.status_code == 201, made.text


def test_bytes_of_a_large_file_are_unchanged(session: requests.Session, proxy: ProxyServer) -> None:
    """It is streamed: more than any bound on what is held."""
    got = get(session, proxy, "/csv")

    assert sha256(got.content).digest() == sha256(CSV).digest()
    assert got.headers["Content-Length"] == str(len(CSV))


@pytest.mark.parametrize(
    ("path", "body"),
    [("/chunks", b"one" + b"two" * 99), ("/until-close", b"all of it"), ("/nothing", b""), ("/early", b"late")],
)
def test_every_framing_arrives(session: requests.Session, proxy: ProxyServer, path: str, body: bytes) -> None:
    assert get(session, proxy, path).content == body


def test_links_lead_to_the_proxy(session: requests.Session, proxy: ProxyServer, upstream: Upstream) -> None:
    """In headers and in bodies, compressed or not; everything else is as the upstream sent it."""
    page, gzipped = get(session, proxy, "/page"), get(session, proxy, "/gzipped")

    assert page.json() == gzipped.json()
    assert page.json()["next"] == f"{proxy.url}/page?after=2"
    assert page.links["next"]["url"] == f"{proxy.url}/page?after=2"
    assert page.headers["X-Odd-CASE"] == "kept"
    assert upstream.origin not in page.text
    assert page.json()["name"] == "Pål"


def test_links_are_kept_if_that_is_wanted(upstream: Upstream) -> None:
    with ProxyServer(Address.of(upstream.origin), ProxyOptions(rewrites_links=False)) as keeping:
        page = requests.get(f"{keeping.url}/page", timeout=20)

    assert page.json()["next"] == f"{upstream.origin}/page?after=2"


def test_the_request_arrives_as_it_was_sent(session: requests.Session, proxy: ProxyServer, upstream: Upstream) -> None:
    """The path with its encoding, the query, the body and the headers; `Host` is the upstream's."""
    session.post(f"{proxy.url}/a%2Fb/c?x=%20&y", data=b"body", headers={"X-Own": "1", "Expect": ""}, timeout=20)

    head, _, body = upstream.requests[-1].partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == b"POST /a%2Fb/c?x=%20&y HTTP/1.1"
    assert lines[1] == b"Host: " + urlsplit(upstream.origin).netloc.encode()
    assert b"x-own: 1" in lines
    assert body == b"body"


def test_a_base_path_precedes_every_path(upstream: Upstream) -> None:
    with ProxyServer(Address.of(f"{upstream.origin}/v2/")) as below:
        requests.get(f"{below.url}/page?x=1", timeout=20)

    assert upstream.requests[-1].startswith(b"GET /v2/page?x=1 HTTP/1.1\r\n")


def test_connections_to_the_upstream_are_used_again(
    session: requests.Session, proxy: ProxyServer, upstream: Upstream
) -> None:
    get(session, proxy, "/page")
    before = upstream.connections
    for _ in range(5):
        get(session, proxy, "/page")

    assert upstream.connections == before


def test_a_stale_connection_does_not_fail_a_request(session: requests.Session, proxy: ProxyServer) -> None:
    """The upstream closes after each response, which the proxy may learn only when it sends the next request."""
    assert [get(session, proxy, "/once").text for _ in range(10)] == ["bye"] * 10


@pytest.mark.parametrize("path", ["/cut", "/cut-json", "/reset"])
def test_what_is_broken_off_is_broken_off_for_the_client(
    session: requests.Session, proxy: ProxyServer, path: str
) -> None:
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        get(session, proxy, path)

    [entry] = get(session, proxy, "/_fake/journal").json()["entries"]
    assert "in the middle of the response" in entry["hint"]


@pytest.mark.parametrize(("path", "problem"), [("/no-answer", "before it responded"), ("/nonsense", "is not HTTP")])
def test_an_upstream_that_does_not_answer_is_a_502(
    session: requests.Session, proxy: ProxyServer, path: str, problem: str
) -> None:
    got = get(session, proxy, path)

    assert got.status_code == 502
    assert problem in got.json()["error"]["message"]
    assert got.headers["X-Contract-Bench-Proxy"] == "no response of the upstream"


def test_an_upstream_that_is_not_there_is_a_502_that_names_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with ProxyServer(Address.of(f"http://127.0.0.1:{port}")) as alone:
        got = requests.get(f"{alone.url}/page", timeout=20)

    assert got.status_code == 502
    assert f"http://127.0.0.1:{port} cannot be reached" in got.json()["error"]["message"]


def test_a_silent_upstream_is_a_504(upstream: Upstream) -> None:
    with ProxyServer(Address.of(upstream.origin), ProxyOptions(timeout_s=0.1)) as hasty:
        got = requests.get(f"{hasty.url}/silent", timeout=20)

    assert got.status_code == 504


def test_head_and_http_1_0(proxy: ProxyServer) -> None:
    """A HEAD has the length of the body and no body; a client of version 1.0 gets no chunks."""
    address = urlsplit(proxy.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=20)
    connection.request("HEAD", "/page")
    head = connection.getresponse()
    assert (head.status, head.read()) == (200, b"")
    assert int(head.headers["Content-Length"]) > 0
    connection.close()
    with socket.create_connection((address.hostname, address.port), timeout=20) as old:
        old.sendall(b"GET /chunks HTTP/1.0\r\n\r\n")
        got = b"".join(iter(lambda: old.recv(65536), b""))
    assert got.endswith(b"\r\n\r\none" + b"two" * 99)


def test_pipelined_requests_are_answered_in_order(proxy: ProxyServer) -> None:
    address = urlsplit(proxy.url)
    with socket.create_connection((address.hostname, address.port), timeout=20) as client:
        client.sendall(
            b"GET /chunks HTTP/1.1\r\nHost: localhost\r\n\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
            b"GET /last HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )
        got = b"".join(iter(lambda: client.recv(65536), b""))

    assert got.count(b"HTTP/1.1 200 OK") == 3
    assert got.endswith(b"hello")


def test_many_clients_at_once(proxy: ProxyServer) -> None:
    """Each gets its own response."""
    wrong: list[str] = []

    def pull(number: int) -> None:
        with requests.Session() as own:
            for path, body in (("/csv", CSV), (f"/{number}", b"hello"), ("/chunks", b"one" + b"two" * 99)):
                if own.get(proxy.url + path, timeout=60).content != body:
                    wrong.append(path)

    threads = [threading.Thread(target=pull, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_every_general_fault_reaches_the_client_and_only_at_its_place(
    session: requests.Session, proxy: ProxyServer
) -> None:
    """The response differs once; before and after it is the upstream's."""
    quick = {"timeout": {"timeout_ms": 50}, "latency": {"delay_ms": 50}, "slow-close": {"delay_ms": 50}}
    quick |= {"dribble": {"duration_ms": 50}, "slow-headers": {"duration_ms": 50}, "trickle": {"interval_ms": 0}}
    address = urlsplit(proxy.url)
    original = raw(address.hostname, address.port)
    for name in GENERAL.faults():
        session.post(f"{proxy.url}/_fake/reset", timeout=20)
        if name == "duplicate-keys":  # it changes objects only, and this body is one
            assert original.endswith(b"}")
        arm(session, proxy, name, params=quick.get(name, {}), where={"path": "/page", "nth": 2})
        got = [raw(address.hostname, address.port) for _ in range(3)]
        [fault] = get(session, proxy, "/_fake/faults").json()["faults"]
        assert fault["fired"] == 1, name
        assert got[0] == got[2] == original, name
        assert got[1] != original or name in ("latency", "bandwidth", "dribble", "slicer", "slow-headers", "trickle"), (
            name
        )
    assert proxy.app.unchanged == 0


def raw(host: str | None, port: int | None) -> bytes:
    """Return all bytes of a response, at most 300 kB, or what came until nothing came for a second."""
    got = b""
    with socket.create_connection((host or "", port or 0), timeout=1) as client:
        client.sendall(b"GET /page HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        try:
            while len(got) < 300_000 and (piece := client.recv(65536)):
                got += piece
        except OSError:
            pass
    return got


def test_a_fault_that_does_not_apply_is_counted(session: requests.Session, upstream: Upstream) -> None:
    """`duplicate-keys` can do nothing to a text. A report that took it for played would be wrong."""
    with ProxyServer(Address.of(upstream.origin)) as own:
        arm(session, own, "duplicate-keys")
        assert get(session, own, "/").text == "hello"

        assert own.app.unchanged == 1


def test_a_write_that_a_fault_replaces_does_not_reach_the_upstream(
    session: requests.Session, proxy: ProxyServer, upstream: Upstream
) -> None:
    arm(session, proxy, "server-error", where={"method": "POST"})
    before = len(upstream.requests)

    failed = session.post(f"{proxy.url}/things", json={}, timeout=20)

    assert failed.status_code == 500
    assert len(upstream.requests) == before


def test_a_fault_finds_its_request(session: requests.Session, proxy: ProxyServer) -> None:
    """By the route with ids left out, the query and the number of the match; then the API recovers."""
    where = {"route": "GET /things/*", "query": {"page": "2"}, "nth": 2}
    arm(session, proxy, "status", params={"status": 429, "retry_after_s": 7}, where=where, times=1)

    got = [get(session, proxy, f"/things/{number}?page={page}") for number, page in ((1, 1), (1, 2), (77, 2), (1, 2))]

    assert [each.status_code for each in got] == [200, 200, 429, 200]
    assert got[2].headers["Retry-After"] == "7"


def test_a_rule_about_lists_is_refused(session: requests.Session, proxy: ProxyServer) -> None:
    """The proxy knows no lists, so the fault would never fire."""
    asked = {"objectType": "contacts", "page": 2, "fromPage": 2, "cursor": "chosen", "lastPage": False}
    rules = [{"fault": "server-error", "where": {name: value}} for name, value in asked.items()]

    got = [session.post(f"{proxy.url}/_fake/faults", json=rule, timeout=20) for rule in rules]

    assert [each.status_code for each in got] == [400] * len(asked)
    for name, each in zip(asked, got, strict=True):
        assert f"expects no where.{name}; select requests by route, method, path, query" in each.json()["error"]
    assert get(session, proxy, "/_fake/faults").json()["faults"] == []


def test_no_credential_is_shown(session: requests.Session, proxy: ProxyServer) -> None:
    """Not in the journal and not in the HAR file, wherever the client sent it."""
    headers = {"Authorization": f"Bearer {SECRET}", "X-Api-Key": f"{SECRET}-2"}
    get(session, proxy, f"/things/{SECRET}?access_token={SECRET}&q={SECRET}-2", headers=headers)
    session.post(f"{proxy.url}/login", data={"client_secret": SECRET, "x": f"{SECRET}-2"}, timeout=20)

    shown = get(session, proxy, "/_fake/journal").text + get(session, proxy, "/_fake/journal/har").text

    assert SECRET not in shown
    assert json.loads(get(session, proxy, "/_fake/journal").text)["count"] >= 2


def test_the_control_api_is_closed_to_pages_of_other_sites(session: requests.Session, proxy: ProxyServer) -> None:
    foreign = session.get(f"{proxy.url}/_fake/faults", headers={"Origin": "https://evil.example"}, timeout=20)
    form = session.post(f"{proxy.url}/_fake/faults", data={"fault": "latency"}, timeout=20)
    unknown = session.post(f"{proxy.url}/_fake/faults", json={"fault": "latenci"}, timeout=20)
    missing = session.get(f"{proxy.url}/_fake/nowhere", timeout=20)

    assert [foreign.status_code, form.status_code, unknown.status_code, missing.status_code] == [403, 415, 400, 404]
    assert "latency" in unknown.json()["error"]


def test_a_control_token_closes_the_control_api(upstream: Upstream) -> None:
    with ProxyServer(Address.of(upstream.origin), ProxyOptions(control_token="open-sesame")) as closed:
        url = f"{closed.url}/_fake/faults"
        without = requests.get(url, timeout=20).status_code
        given = requests.get(url, headers={"X-Fake-HubSpot-Control-Token": "open-sesame"}, timeout=20).status_code
        health = requests.get(f"{closed.url}/_fake/health", timeout=20).status_code

    assert (without, given, health) == (403, 200, 200)


def test_repeated_headers_are_joined_as_their_kind_is(
    session: requests.Session, proxy: ProxyServer, upstream: Upstream
) -> None:
    """A cookie has no commas between its pairs."""
    address = urlsplit(proxy.url)
    with socket.create_connection((address.hostname, address.port), timeout=20) as client:
        client.sendall(
            b"GET /page HTTP/1.1\r\nHost: localhost\r\nCookie: a=1\r\nX-Own: 1\r\nCookie: b=2\r\nX-Own: 2\r\n"
            b"Connection: close\r\n\r\n"
        )
        assert b"".join(iter(lambda: client.recv(65536), b"")).startswith(b"HTTP/1.1 200 ")

    lines = upstream.requests[-1].split(b"\r\n")
    assert b"cookie: a=1; b=2" in lines
    assert b"x-own: 1, 2" in lines
