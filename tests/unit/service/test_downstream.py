import select
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator

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


class Decrypted(ssl.SSLSocket):
    """A socket with a file descriptor that is silent, because what has arrived is decrypted already."""

    def __init__(self, silent: socket.socket) -> None:
        """Have no connection."""

    def pending(self) -> int:
        """Return the number of bytes."""
        return 5

    def fileno(self) -> int:
        """Return that of the other socket."""
        return self.silent.fileno()

    @classmethod
    def over(cls, silent: socket.socket) -> "Decrypted":
        """Return one."""
        decrypted = cls.__new__(cls)
        decrypted.silent = silent
        return decrypted

    silent: socket.socket


@pytest.mark.parametrize("is_patient", [True, False])
def test_decrypted_data_does_not_hide_that_of_other_sockets(ends: Pair, is_patient: bool) -> None:
    """Nor is it waited for that there is some."""
    pairs = [socket.socketpair() for _ in range(4)]
    client: DownstreamClient = (
        PatientDownstreamClient() if is_patient else SocketDownstreamClient(ends[1], stopping=threading.Event())
    )
    first, last = Decrypted.over(pairs[0][0]), Decrypted.over(pairs[3][0])
    try:
        assert client.wait_any([first], seconds=60.0) == [first]
        assert client.wait_any([pairs[1][0], last], seconds=60.0) == [last]
        pairs[1][1].sendall(b"x")
        assert client.wait_any([first, pairs[1][0], pairs[2][0], last], seconds=60.0) == [first, last, pairs[1][0]]
        client.wait_readable(last, deadline=time.monotonic() + 60.0)
    finally:
        for pair in pairs:
            for sock in pair:
                sock.close()


class Polled:
    """Stands for `select.poll`: nothing ever arrives, and the time of the clock passes.

    Attributes:
        now: The time.
        waits: How long each wait was. Units: seconds.
        registered: What was waited for.
    """

    def __init__(self) -> None:
        self.now = 1_000.0
        self.waits: list[float] = []
        self.registered: list[tuple[object, int]] = []

    def __call__(self) -> "Polled":
        """Return an object of poll."""
        return self

    def register(self, sock: object, events: int) -> None:
        """Note what is waited for."""
        self.registered.append((sock, events))

    def poll(self, wait_ms: float) -> list[tuple[int, int]]:
        """Let the time pass."""
        self.waits.append(wait_ms / 1000)
        self.now += wait_ms / 1000
        return []

    def clock(self) -> float:
        """Return the time."""
        return self.now


def test_the_client_is_looked_at_four_times_a_second(ends: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a pull waits for a time, for one socket or for several."""
    near, far = socket.socketpair()
    ways: list[tuple[Callable[[DownstreamClient], object], list[socket.socket]]] = [
        (lambda client: client.wait(0.6), []),
        (lambda client: client.wait_any([], seconds=0.6), []),
        (lambda client: client.wait_any([near, far], seconds=0.6), [near, far]),
    ]
    with near, far:
        for wait, watched in ways:
            polled = Polled()
            monkeypatch.setattr("select.poll", polled)

            wait(SocketDownstreamClient(ends[1], stopping=threading.Event(), clock=polled.clock))

            assert polled.waits == pytest.approx([0.25, 0.25, 0.1, 0.0])
            assert [sock for sock, _ in polled.registered] == [ends[1], *watched]
            assert {events for _, events in polled.registered[1:]} <= {select.POLLIN}


def test_a_deadline_is_a_time_of_the_clock(ends: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is over already is no reason not to look once."""
    polled = Polled()
    monkeypatch.setattr("select.poll", polled)
    client = SocketDownstreamClient(ends[1], stopping=threading.Event(), clock=polled.clock)

    for deadline in (1_000.1, 900.0):
        with pytest.raises(TimeoutError):
            client.wait_readable(ends[0], deadline=deadline)

    assert polled.waits == pytest.approx([0.1, 0.0, 0.0])


def test_without_a_client_the_whole_time_is_waited_at_once(ends: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    polled, slept = Polled(), list[float]()
    monkeypatch.setattr("select.poll", polled)
    client = PatientDownstreamClient(sleep=slept.append)

    assert client.wait_any(ends, seconds=2.5) == []
    assert client.wait_any(ends, seconds=-1.0) == []
    assert client.wait_any([], seconds=3.0) == []
    client.wait(4.0)
    client.wait_readable(ends[0], deadline=0.0)

    assert polled.waits == [2.5, 0.0]
    assert [events for _, events in polled.registered] == [select.POLLIN] * 4
    assert slept == [3.0, 4.0]
