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
    """The caller's end of a connection, and ours."""
    theirs, ours = socket.socketpair()
    yield theirs, ours
    theirs.close()
    ours.close()


def test_waiting_takes_its_time_while_the_caller_is_there(ends: Pair) -> None:
    """What the caller sends meanwhile does not matter."""
    theirs, ours = ends
    theirs.sendall(b"GET / HTTP/1.1")
    begun = time.monotonic()

    SocketDownstreamClient(ours, stopping=threading.Event()).wait(0.05)

    assert time.monotonic() - begun >= 0.05


def test_waiting_ends_when_the_caller_goes_away(ends: Pair) -> None:
    """Long before the time is over."""
    theirs, ours = ends
    theirs.close()

    with pytest.raises(PullAbandoned, match="client disconnected"):
        SocketDownstreamClient(ours, stopping=threading.Event()).wait(60)


def test_waiting_ends_when_the_service_stops(ends: Pair) -> None:
    """A deployment does not wait for a backoff."""
    stopping = threading.Event()
    threading.Timer(0.02, stopping.set).start()

    with pytest.raises(PullAbandoned, match="shutting down"):
        SocketDownstreamClient(ends[1], stopping=stopping).wait(60)


def test_an_answer_ends_the_wait_for_it(ends: Pair) -> None:
    """At once."""
    near, far = socket.socketpair()
    far.sendall(b"HTTP/1.1 200 OK")

    SocketDownstreamClient(ends[1], stopping=threading.Event()).wait_readable(near, deadline=time.monotonic() + 60)

    near.close()
    far.close()


def test_no_answer_by_the_deadline_is_a_time_out(ends: Pair) -> None:
    """Which the retries take from there."""
    near, far = socket.socketpair()

    with pytest.raises(TimeoutError):
        SocketDownstreamClient(ends[1], stopping=threading.Event()).wait_readable(
            near, deadline=time.monotonic() + 0.02
        )

    near.close()
    far.close()
