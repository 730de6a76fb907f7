"""HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, as for requests and curl."""

import base64
import socket
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
import requests
import trustme

from service.downstream import PatientDownstreamClient
from service.errors import UpstreamError
from service.proxy import Proxy, find_proxy
from service.settings import Settings
from service.upstream.connection import Connection
from service.upstream.endpoints import list_page
from tests.support.cases import for_each
from tests.support.service_process import ServiceProcess
from tests.support.upstream_stub import TOKEN, UpstreamStub, list_responder, record

CREDENTIALS = "Basic " + base64.b64encode(b"kari:hunter/2").decode()
PAGE = list_page("contacts", limit=1)


class LoopbackProxy:
    """A proxy that sends every request to one server, whatever host is asked for."""

    def __init__(self, target: str) -> None:
        self.requests: list[tuple[str, str, str | None]] = []
        self.refuses = False
        proxy, parts = self, urlsplit(target)

        class Handler(BaseHTTPRequestHandler):
            def do_CONNECT(self) -> None:
                self._forward(b"HTTP/1.1 200 Connection established\r\n\r\n", b"")

            def do_GET(self) -> None:
                path = self.path.partition("//")[2].partition("/")[2]
                headers = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
                self._forward(b"", f"GET /{path} HTTP/1.1\r\n{headers}\r\n".encode())

            def _forward(self, opening: bytes, request: bytes) -> None:
                self.close_connection = True
                proxy.requests.append((self.command, self.path, self.headers.get("Proxy-Authorization")))
                if proxy.refuses:
                    self.wfile.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
                    return
                with socket.create_connection((parts.hostname, parts.port), timeout=20) as server:
                    self.wfile.write(opening)
                    server.sendall(request)
                    back = threading.Thread(target=_copy, args=(server, self.connection))
                    back.start()
                    _copy(self.connection, server)
                    back.join()

            def log_message(self, *args: object) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.address = f"127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while piece := source.recv(65536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        """One side is gone."""


@pytest.fixture
def proxy(upstream: UpstreamStub) -> Iterator[LoopbackProxy]:
    """A proxy that leads to the scripted HubSpot."""
    server = LoopbackProxy(upstream.url)
    yield server
    server.close()


def read(**environ: str) -> Settings:
    return Settings.from_env({"HUBSPOT_API_KEY": TOKEN, "HUBSPOT_BASE_URL": "https://api.hubapi.com", **environ})


@pytest.mark.parametrize(
    "name",
    ["http_proxy", *(pytest.param(name, marks=pytest.mark.proof) for name in ("HTTP_PROXY", "ALL_PROXY", "all_proxy"))],
)
def test_a_pull_through_a_proxy_sends_whole_urls_and_masks_the_credentials(
    name: str, upstream: UpstreamStub, proxy: LoopbackProxy
) -> None:
    upstream.respond = list_responder([record(number) for number in range(1, 9)])
    url = f"http://kari:hunter%2F2@{proxy.address}"
    service = ServiceProcess.in_front_of("http://hubspot.example:8400", **{name: url})
    try:
        pulled = requests.get(f"{service.url}/get_contacts", timeout=20).json()
        proxy.refuses = True
        refused = requests.get(f"{service.url}/get_contacts", timeout=20)
    finally:
        service.stop()

    assert [entity["id"] for entity in pulled] == [str(number) for number in range(1, 9)]
    assert proxy.requests[0] == ("GET", "http://hubspot.example:8400/crm/v3/objects/contacts?limit=3", CREDENTIALS)
    assert upstream.requests[0].headers["Host"] == "hubspot.example:8400"
    assert refused.status_code == 502
    assert f"reached through the proxy http://***@{proxy.address}" in service.everything
    assert "hunter" not in service.everything + refused.text
    assert CREDENTIALS.split()[1] not in service.everything + refused.text


def test_https_goes_through_a_tunnel_and_the_credentials_to_the_proxy_only() -> None:
    received: list[bytes] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trust = _certificate(context, "hubspot.example")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        answering = threading.Thread(target=_answer_twice, args=(listener, context, received))
        answering.start()
        proxy = LoopbackProxy(f"http://127.0.0.1:{listener.getsockname()[1]}")
        try:
            through = Proxy.from_url(f"http://kari:hunter%2F2@{proxy.address}")
            connection = Connection("https://hubspot.example", timeout_s=20, proxy=through, tls=lambda: trust)
            for _ in range(2):  # the second one opens the tunnel again
                connection.send(PAGE, {"Authorization": "Bearer x"})
                response = connection.receive(PAGE, PatientDownstreamClient())
                connection.close()
        finally:
            answering.join()
            proxy.close()

    assert (response.status, response.body) == (200, b"{}")
    assert proxy.requests == [("CONNECT", "hubspot.example:443", CREDENTIALS)] * 2
    assert b"GET /crm/v3/objects/contacts?limit=1 HTTP/1.1" in received[0]
    assert b"hunter" not in received[0]
    assert b"Proxy-" not in received[0]


def _answer_twice(listener: socket.socket, context: ssl.SSLContext, received: list[bytes]) -> None:
    for _ in range(2):
        plain, _ = listener.accept()
        with context.wrap_socket(plain, server_side=True) as client:
            received.append(client.recv(65536))
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")


def _certificate(context: ssl.SSLContext, host: str) -> ssl.SSLContext:
    """Load a new certificate into the server's context. Returns a client's context that trusts only it."""
    authority = trustme.CA()
    authority.issue_cert(host).configure_cert(context)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    return trust


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_refusal_of_the_proxy_names_the_proxy_without_its_credentials(scheme: str, proxy: LoopbackProxy) -> None:
    proxy.refuses = True
    through = Proxy.from_url(f"http://kari:hunter%2F2@{proxy.address}")
    connection = Connection(f"{scheme}://hubspot.example", timeout_s=20, proxy=through)
    try:
        if scheme == "http":
            connection.send(PAGE, {})
            assert connection.receive(PAGE, PatientDownstreamClient()).status == 407
            return
        with pytest.raises(UpstreamError, match=f"through the proxy http://...@{proxy.address}") as caught:
            connection.send(PAGE, {})
        assert "hunter" not in caught.value.message
    finally:
        connection.close()


@for_each(
    ("environ", "label"),
    [
        ({}, None),
        ({"HTTPS_PROXY": "proxy:1"}, "http://proxy:1"),
        ({"https_proxy": "http://proxy"}, "http://proxy:80"),
        ({"HTTP_PROXY": "proxy:1"}, None),
        ({"ALL_PROXY": "proxy:1"}, "http://proxy:1"),
        ({"ALL_PROXY": "all:1", "HTTPS_PROXY": "proxy:1"}, "http://proxy:1"),
        ({"HTTPS_PROXY": "upper:1", "https_proxy": "lower:1"}, "http://lower:1"),
        ({"HTTPS_PROXY": "http://a:b@[::1]:1"}, "http://***@[::1]:1"),
        ({"HTTPS_PROXY": "proxy:1", "NO_PROXY": "localhost, hubapi.com"}, None),
        ({"HTTPS_PROXY": "proxy:1", "NO_PROXY": "localhost"}, "http://proxy:1"),
        ({"HTTPS_PROXY": "proxy:1", "NO_PROXY": "localhost", "no_proxy": "*"}, None),
    ],
)
def test_the_environment_decides_about_the_proxy(environ: dict[str, str], label: str | None) -> None:
    found = read(**environ).proxy

    assert (found and found.label) == label


@for_each(
    ("url", "no_proxy", "is_direct"),
    [
        ("https://api.hubapi.com", "*", True),
        ("https://api.hubapi.com", "api.hubapi.com", True),
        ("https://api.hubapi.com", "API.HubAPI.com", True),
        ("https://api.hubapi.com", ".hubapi.com", True),
        ("https://api.hubapi.com", "*.hubapi.com", True),
        ("https://api.hubapi.com", "hubapi.com:443", True),
        ("https://api.hubapi.com", "hubapi.com:8443", False),
        ("https://api.hubapi.com:8443", "hubapi.com:8443", True),
        ("https://api.hubapi.com", "ubapi.com", False),
        ("https://api.hubapi.com", "api.hubapi.com.example", False),
        ("https://api.hubapi.com", "", False),
        ("https://api.hubapi.com", ",,.", False),
        ("http://10.1.2.3", "10.0.0.0/8", True),
        ("http://11.1.2.3", "10.0.0.0/8", False),
        ("http://10.1.2.3", "10.0.0.0/99", False),
        ("http://10.1.2.3:8400", "10.1.2.3", True),
        ("http://10.1.2.3:8400", "10.1.2.3:8400", True),
        ("http://10.1.2.3", "2.3", False),
        ("http://[::1]:8400", "::1", True),
        ("http://[::1]:8400", "[::1]:8400", True),
        ("http://[::1]:8400", "[::1]:1", False),
        ("http://[fd00::7]", "fd00::/8", True),
    ],
)
def test_no_proxy(url: str, no_proxy: str, *, is_direct: bool) -> None:
    proxy = "http://proxy:3128"

    found = find_proxy(url, http_proxy=proxy, https_proxy=proxy, all_proxy="", no_proxy=no_proxy)

    assert (found is None) == is_direct


def test_no_output_of_the_settings_has_a_proxys_credentials() -> None:
    settings = read(HTTPS_PROXY="http://kari:hunter%2F2@proxy:1")

    assert "hunter" not in repr(settings)
    assert {"hunter%2F2", "hunter/2", CREDENTIALS.split()[1]} <= set(settings.secrets)


@for_each(
    ("url", "no_proxy", "is_direct"),
    [
        ("http://api.hubapi.com", "hubapi.com:80", True),
        ("http://api.hubapi.com", "hubapi.com:443", False),
        ("https://api.hubapi.com.", "api.hubapi.com", True),
        ("https://api.hubapi.com", " hubapi.com ", True),
        ("https://api.hubapi.com", "other.com,hubapi.com", True),
        ("https://api.hubapi.com", "*hubapi.com", True),
        ("https://api.hubapi.com", "..hubapi.com", True),
        ("https://api.hubapi.com", "hubapi.com:00443", True),
        ("https://api.hubapi.com", "hubapi.com:08443", False),
        ("https://api.hubapi.com", "hubapi.com:008443", True),  # no port has six digits, so it is none
        ("https://api.hubapi.com", "hubapi.com:x", True),
        ("https://api.hubapi.com", "hubapi.com:٣", True),
        ("https://api.hubapi.com", ":443", False),
        ("https://api.hubapi.com", "10.0.0.0/8", False),
        ("http://10.1.2.3", "10.1.2.0/24", True),
        ("http://10.1.2.3", "10.1.2.9/24", True),
        ("http://10.1.2.3", "10.1.2.4", False),
        ("http://10.1.2.3", "hubapi.com", False),
        ("http://10.1.2.3", "3", False),
        ("http://[::1]:8400", "[::1]", True),
        ("http://[::1]:8400", "[::2]:8400", False),
        ("http://[::1]:8400", "0:0:0:0:0:0:0:1", True),
        ("http://[::1]:8400", "::1/128", True),
    ],
)
def test_entries_of_no_proxy_in_every_spelling(url: str, no_proxy: str, *, is_direct: bool) -> None:
    proxy = "http://proxy:3128"

    found = find_proxy(url, http_proxy=proxy, https_proxy=proxy, all_proxy="", no_proxy=no_proxy)

    assert (found is None) == is_direct


@for_each(
    ("url", "http_proxy", "https_proxy", "all_proxy", "host"),
    [
        ("http://a", "http://h", "http://s", "http://x", "h"),
        ("https://a", "http://h", "http://s", "http://x", "s"),
        ("http://a", "", "http://s", "http://x", "x"),
        ("https://a", "http://h", "", "http://x", "x"),
        ("http://a", "", "http://s", "", None),
        ("https://a", "http://h", "", "", None),
    ],
)
def test_each_scheme_has_a_proxy(url: str, http_proxy: str, https_proxy: str, all_proxy: str, host: str | None) -> None:
    found = find_proxy(url, http_proxy=http_proxy, https_proxy=https_proxy, all_proxy=all_proxy, no_proxy="")

    assert (found and found.host) == host


@for_each(
    ("url", "pair", "label"),
    [
        ("http://proxy", None, "http://proxy:80"),
        ("http://proxy:81", None, "http://proxy:81"),
        ("http://kari@proxy", b"kari:", "http://***@proxy:80"),
        ("http://:secret@proxy", b":secret", "http://***@proxy:80"),
        ("http://k%40ri:h%3Aa@[::1]:1", b"k@ri:h:a", "http://***@[::1]:1"),
    ],
)
def test_a_proxy_is_read_from_its_url(url: str, pair: bytes | None, label: str) -> None:
    proxy = Proxy.from_url(url)

    sent = {} if pair is None else {"Proxy-Authorization": "Basic " + base64.b64encode(pair).decode()}
    assert (proxy.headers, proxy.label) == (sent, label)
    assert proxy.authorization == sent.get("Proxy-Authorization", "")
