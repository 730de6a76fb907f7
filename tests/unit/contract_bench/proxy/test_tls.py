"""Upstreams over https: certificates are checked, and an HTTP proxy on the way is used as a tunnel."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
import trustme

from contract_bench.proxy.address import Address, HttpProxy
from contract_bench.proxy.server import ProxyServer


class Handler(BaseHTTPRequestHandler):
    """Answers every path with a page that has a link to itself."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are sent one after the other

    def do_GET(self) -> None:
        """Answer."""
        content = f'{{"next": "https://{self.headers["Host"]}/page?after=2"}}'.encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_arguments: Any) -> None:
        """Print nothing."""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[trustme.CA, Path]:
    """A certificate authority, and the file with its certificate."""
    made = trustme.CA()
    path = tmp_path_factory.mktemp("tls") / "ca.pem"
    made.cert_pem.write_to_path(str(path))
    return made, path


@pytest.fixture(scope="module")
def port(authority: tuple[trustme.CA, Path]) -> Iterator[int]:
    """The port of a server whose certificate is for localhost and api.example."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority[0].issue_cert("localhost", "api.example").configure_cert(context)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that does not trust it hangs up
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join(5)


def test_a_trusted_certificate_opens_the_way(authority: tuple[trustme.CA, Path], port: int) -> None:
    """The proxy itself speaks plain HTTP to the client, and links lead to it."""
    address = Address.of(f"https://localhost:{port}", ca_file=authority[1])
    with ProxyServer(address) as proxy:
        pages = [requests.get(f"{proxy.url}/page", timeout=20).json() for _ in range(2)]

    assert pages == [{"next": f"{proxy.url}/page?after=2"}] * 2


def test_a_certificate_that_nobody_trusts_is_a_502_with_advice(port: int) -> None:
    with ProxyServer(Address.of(f"https://localhost:{port}")) as proxy:
        answer = requests.get(f"{proxy.url}/page", timeout=20)

    assert answer.status_code == 502
    assert "is not trusted" in answer.json()["error"]["message"]
    assert "--ca-file" in answer.json()["error"]["message"]


class Tunnel:
    """An HTTP proxy that opens every tunnel to one port, or refuses it."""

    def __init__(self, target: int, *, status: bytes = b"200 Connection established") -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._target, self._status = target, status
        self.port = self._listener.getsockname()[1]
        self.heads: list[bytes] = []
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                head += client.recv(1)
            self.heads.append(head)
            client.sendall(b"HTTP/1.1 " + self._status + b"\r\n\r\n")
            if not self._status.startswith(b"2"):
                return
            with socket.create_connection(("127.0.0.1", self._target)) as server:
                back = threading.Thread(target=self._copy, args=(server, client), daemon=True)
                back.start()
                self._copy(client, server)
                back.join(5)

    @staticmethod
    def _copy(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Stop."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)


def through(tunnel: Tunnel, ca_file: Path) -> Address:
    """Return an address that can only be reached through a tunnel."""
    tls = ssl.create_default_context(cafile=str(ca_file))
    return Address("https", "api.example", 443, "/v2", HttpProxy("127.0.0.1", tunnel.port, b"Basic dTpw"), tls)


def test_an_http_proxy_is_used_as_a_tunnel(authority: tuple[trustme.CA, Path], port: int) -> None:
    """It gets the login and the name of the upstream, and nothing that is sent to it."""
    tunnel = Tunnel(port)
    with contextlib.closing(tunnel), ProxyServer(through(tunnel, authority[1])) as proxy:
        answer = requests.get(f"{proxy.url}/page", headers={"Authorization": "Bearer secret-of-the-api"}, timeout=20)

    # the API's address is https://api.example/v2, and this link is not below it
    assert answer.json() == {"next": "https://api.example/page?after=2"}
    [head] = tunnel.heads
    assert head.startswith(b"CONNECT api.example:443 HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic dTpw\r\n" in head
    assert b"secret-of-the-api" not in head


def test_a_tunnel_that_is_refused_is_a_502(authority: tuple[trustme.CA, Path], port: int) -> None:
    tunnel = Tunnel(port, status=b"407 Proxy Authentication Required")
    with contextlib.closing(tunnel), ProxyServer(through(tunnel, authority[1])) as proxy:
        answer = requests.get(f"{proxy.url}/page", timeout=20)

    assert answer.status_code == 502
    assert "the HTTP proxy refused: HTTP/1.1 407" in answer.json()["error"]["message"]
