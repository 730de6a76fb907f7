"""nginx in front of replicas. Its configuration is always tested; nginx itself is run if it is installed."""

import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from benchmarks.balancer import balanced, configuration

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
needs_nginx = pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed")


@pytest.fixture
def replica() -> Iterator["Replica"]:
    """A replica that sends scripted bytes."""
    with Replica() as running:
        yield running


class Replica:
    """Sends the same pieces each time, and then closes the connection.

    Who speaks HTTP/1.0 knows no chunks, and the end of the connection is the end of the body.
    """

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.is_whole = True
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> "Replica":
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                connection.sendall(self._answer(is_old=b" HTTP/1.0\r\n" in connection.recv(65536)))

    def _answer(self, *, is_old: bool) -> bytes:
        if is_old:
            return HEAD + b"\r\n" + b"".join(self.pieces)
        chunks = map(chunk, [*self.pieces, b""] if self.is_whole else self.pieces)
        return HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"".join(chunks)


def chunk(text: bytes) -> bytes:
    """Return a chunk of a body."""
    return b"%x\r\n%s\r\n" % (len(text), text)


def test_the_configuration_names_every_replica(tmp_path: Path) -> None:
    """And the port and the folder."""
    text = configuration([5001, 5002], 8080, tmp_path)

    assert all(f"server 127.0.0.1:{port};" in text for port in (5001, 5002))
    assert "listen 127.0.0.1:8080;" in text
    assert f'pid "{tmp_path}/nginx.pid";' in text


@needs_nginx
def test_a_whole_array_arrives(replica: Replica) -> None:
    """Byte for byte."""
    replica.pieces = [b'[{"_id": "1"}', b"]"]

    with balanced(replica.port) as port, urlopen(f"http://127.0.0.1:{port}/get_contacts") as response:
        assert response.read() == b'[{"_id": "1"}]'


@needs_nginx
def test_a_broken_response_stays_broken(replica: Replica) -> None:
    """Even if the body is valid JSON: the last chunk is missing, and nginx must not add it."""
    replica.pieces, replica.is_whole = [b'[{"_id": "1"}]'], False

    with balanced(replica.port) as port, socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        client.sendall(b"GET /get_contacts HTTP/1.1\r\nHost: replicas\r\n\r\n")
        came = b"".join(iter(lambda: client.recv(65536), b""))

    assert came.endswith(chunk(b'[{"_id": "1"}]'))
