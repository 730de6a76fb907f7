"""The relay passes on what it receives, unchanged."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from contract_bench.matrix.relay import Relay

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


@contextmanager
def connector(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Start a connector that serves one connection."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            answer(connection)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        thread.join(5)
        listener.close()


def ask(url: str) -> bytes:
    """Return everything received until the end."""
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_response_is_passed_on_and_recorded() -> None:
    """In both directions, byte for byte."""
    with connector(lambda peer: peer.sendall(ANSWER)) as url, Relay(lambda: url) as relay:
        got = ask(relay.url)
        relay.settle()

    assert got == ANSWER == bytes(relay.tapped[0].response)
    assert bytes(relay.tapped[0].request) == b"GET / HTTP/1.1\r\n\r\n"


def test_reset_connection_stays_reset() -> None:
    """A node distinguishes a closed connection from a reset one."""

    def break_off(peer: socket.socket) -> None:
        peer.sendall(ANSWER[:20])
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with connector(break_off) as url, Relay(lambda: url) as relay, pytest.raises(ConnectionResetError):
        ask(relay.url)


def test_first_byte_is_reported_at_once() -> None:
    """And only once per connection."""
    told: list[bool] = []

    with connector(lambda peer: peer.sendall(ANSWER)) as url, Relay(lambda: url) as relay:
        relay.on_first_byte = lambda: told.append(True)
        ask(relay.url)

    assert told == [True]


def test_missing_connector_ends_the_connection() -> None:
    """The client sees a closed or reset connection without a response."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        gone = f"http://127.0.0.1:{closed.getsockname()[1]}"

    with Relay(lambda: gone) as relay:
        try:
            got = ask(relay.url)
        except ConnectionResetError:
            got = b""

    assert got == b""


def test_cut_ends_open_connections() -> None:
    """So a pull that takes too long can be ended."""
    never = threading.Event()

    def wait(_peer: socket.socket) -> None:
        never.wait(5)

    with connector(wait) as url, Relay(lambda: url) as relay:
        threading.Timer(0.05, relay.cut).start()

        got = ask(relay.url)
        never.set()

    assert got == b""
