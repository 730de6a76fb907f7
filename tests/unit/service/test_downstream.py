import socket
import threading
import time
from collections.abc import Iterator

import pytest

from service.downstream import SocketDownstreamClient
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
