import socket
import ssl
import threading
import time
from collections.abc import Iterator

import pytest

from service.downstream import DownstreamClient, PatientDownstreamClient, SocketDownstreamClient
from service.errors import PullAbandoned

Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def ends() -> Iterator[Pair]:
    """The client's end of a connection, and the service's."""
    theirs, ours = socket.socketpair()
    yield theirs, ours
    theirs.close()
    ours.close()


def test_waiting_takes_the_whole_time_while_the_client_is_connected(ends: Pair) -> None:
    """Data that the client sends meanwhile does not end the wait."""
    theirs, ours = ends
    theirs.sendall(b"GET / HTTP/1.1")
    begun = time.monotonic()

    SocketDownstreamClient(ours, stopping=threading.Event()).wait(0.05)

    assert time.monotonic() - begun >= 0.05


def test_waiting_ends_when_the_client_disconnects(ends: Pair) -> None:
    theirs, ours = ends
    theirs.close()

    with pytest.raises(PullAbandoned, match="client disconnected"):
        SocketDownstreamClient(ours, stopping=threading.Event()).wait(60)


def test_waiting_ends_when_the_service_shuts_down(ends: Pair) -> None:
    stopping = threading.Event()
    threading.Timer(0.02, stopping.set).start()

    with pytest.raises(PullAbandoned, match="shutting down"):
        SocketDownstreamClient(ends[1], stopping=stopping).wait(60)


def test_waiting_for_data_ends_when_data_arrives(ends: Pair) -> None:
    near, far = socket.socketpair()
    far.sendall(b"HTTP/1.1 200 OK")

    SocketDownstreamClient(ends[1], stopping=threading.Event()).wait_readable(near, deadline=time.monotonic() + 60)

    near.close()
    far.close()


def test_no_data_by_the_deadline_is_a_timeout(ends: Pair) -> None:
    near, far = socket.socketpair()

    with pytest.raises(TimeoutError):
        SocketDownstreamClient(ends[1], stopping=threading.Event()).wait_readable(
            near, deadline=time.monotonic() + 0.02
        )

    near.close()
    far.close()


@pytest.mark.parametrize("is_patient", [True, False])
def test_of_several_sockets_those_with_data_are_returned(
    ends: tuple[socket.socket, socket.socket], is_patient: bool
) -> None:
    pairs = [socket.socketpair() for _ in range(3)]
    client: DownstreamClient = (
        PatientDownstreamClient() if is_patient else SocketDownstreamClient(ends[1], stopping=threading.Event())
    )
    try:
        socks = [ours for ours, _ in pairs]
        assert client.wait_any(socks, seconds=0.0) == []
        pairs[2][1].sendall(b"x")
        pairs[0][1].sendall(b"x")
        assert client.wait_any(socks, seconds=60.0) == [socks[0], socks[2]]
    finally:
        for pair in pairs:
            for sock in pair:
                sock.close()


def test_a_disconnect_ends_the_wait_for_several_sockets(ends: tuple[socket.socket, socket.socket]) -> None:
    near, ours = ends
    near.close()
    mine, other = socket.socketpair()

    with mine, other, pytest.raises(PullAbandoned):
        SocketDownstreamClient(ours, stopping=threading.Event()).wait_any([mine], seconds=60.0)


def test_decrypted_data_does_not_hide_that_of_other_sockets() -> None:
    pairs = [socket.socketpair() for _ in range(3)]

    class Decrypted(ssl.SSLSocket):
        def __init__(self) -> None:
            """Have no connection."""

        def pending(self) -> int:
            return 5

        def fileno(self) -> int:
            return pairs[0][0].fileno()

    decrypted = Decrypted.__new__(Decrypted)
    try:
        pairs[1][1].sendall(b"x")
        found = PatientDownstreamClient().wait_any([decrypted, pairs[1][0], pairs[2][0]], seconds=60.0)
        assert found == [decrypted, pairs[1][0]]
    finally:
        for pair in pairs:
            for sock in pair:
                sock.close()
