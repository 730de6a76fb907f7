"""Several results that are under way: the first one that is there comes first, and none holds up the others."""

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack

import pytest

from service.downstream import PatientDownstreamClient
from service.errors import PullAbandoned, UpstreamError
from service.pending import Pending, Readiness, Steps, Wait
from service.upstream.pending_set import PendingSet

Ends = list[tuple[socket.socket, socket.socket]]


@pytest.fixture
def ends() -> Iterator[Ends]:
    """Three connections: our end and HubSpot's."""
    with ExitStack() as opened:
        yield [
            (opened.enter_context(ours), opened.enter_context(theirs))
            for ours, theirs in (socket.socketpair() for _ in range(3))
        ]


class Downstream(PatientDownstreamClient):
    """A client without patience: nothing arrives while it waits, and its clock moves by itself."""

    def __init__(self, *, readable: Sequence[socket.socket] = ()) -> None:
        super().__init__(sleep=self._pass)
        self.now = 100.0
        self.waits: list[float] = []
        self.asked: list[float] = []
        self._readable_socks = readable

    def clock(self) -> float:
        """Return the time."""
        return self.now

    def _pass(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

    def wait_any(self, socks: Sequence[socket.socket], *, seconds: float) -> list[socket.socket]:
        """Return what is readable from the start, or let the time pass."""
        assert None not in socks
        self.asked.append(seconds)
        found = [sock for sock in socks if sock in self._readable_socks]
        if not found:
            self._pass(seconds)
        return found


def reading(sock: socket.socket, seconds: float = 60.0) -> Pending[str]:
    """What arrives on a socket."""

    def steps() -> Steps[str]:
        readiness = yield Wait(sock, seconds)
        return sock.recv(10).decode() if readiness is Readiness.READABLE else readiness.name

    return Pending.of(steps())


def after_pauses(*seconds: float) -> Pending[str]:
    """A result that needs no socket."""

    def steps() -> Steps[str]:
        for pause_s in seconds:
            yield Wait(None, pause_s)
        return "paused"

    return Pending.of(steps())


def test_results_come_in_the_order_in_which_they_arrive(ends: Ends) -> None:
    results: PendingSet[str] = PendingSet(PatientDownstreamClient())
    for name, (ours, _) in zip("abc", ends, strict=True):
        results.add(name, reading(ours))

    found = []
    for number in (1, 0, 2):
        ends[number][1].sendall(b"page")
        key, pending = results.next()
        found.append((key, pending.result(), len(results)))

    assert found == [("b", "page", 2), ("a", "page", 1), ("c", "page", 0)]


def test_results_that_are_there_together_take_turns(ends: Ends) -> None:
    """A connection that is always ready does not keep the others waiting."""
    results: PendingSet[int] = PendingSet(PatientDownstreamClient())
    for number, (ours, theirs) in enumerate(ends):
        theirs.sendall(b"p" * 10 * 4)
        results.add(number, reading(ours))

    found = []
    for _ in range(9):
        key, pending = results.next()
        found.append(key)
        assert pending.result() == "p" * 10
        results.add(key, reading(ends[key][0]))

    assert sorted(found) == [0, 0, 0, 1, 1, 1, 2, 2, 2]


def test_only_one_of_the_results_that_are_there_is_read_at_a_time(ends: Ends) -> None:
    """A page that nobody has asked for yet stays on its way, and takes no memory."""
    for _, theirs in ends:
        theirs.sendall(b"page")
    downstream = Downstream(readable=[ours for ours, _ in ends])
    results: PendingSet[int] = PendingSet(downstream, clock=downstream.clock)
    read: list[int] = []

    def note(number: int) -> Callable[[str], int]:
        def transform(_page: str) -> int:
            read.append(number)
            return number

        return transform

    for number, (ours, _) in enumerate(ends):
        results.add(number, reading(ours).then(note(number)))

    found = [(results.next()[0], len(read), len(results)) for _ in ends]

    assert found == [(0, 1, 2), (1, 2, 1), (2, 3, 0)]


def test_a_result_that_is_there_at_once_is_not_waited_for() -> None:
    downstream = Downstream()
    results: PendingSet[str] = PendingSet(downstream, clock=downstream.clock)

    results.add("a", Pending(lambda: "now"))

    assert (len(results), results.next()[1].result(), len(results), downstream.waits) == (1, "now", 0, [])


def test_a_pause_does_not_hold_up_other_results(ends: Ends) -> None:
    ends[0][1].sendall(b"page")
    downstream = Downstream(readable=[ends[0][0]])
    results: PendingSet[str] = PendingSet(downstream, clock=downstream.clock)
    results.add("pause", after_pauses(2.0, 3.0))
    results.add("read", reading(ends[0][0]))

    found = [results.next()[0] for _ in range(2)]

    assert found == ["read", "pause"]
    assert downstream.waits == [2.0, 3.0]


def test_results_do_not_hold_up_a_pause_that_is_over(ends: Ends) -> None:
    for ours, theirs in ends:
        theirs.sendall(b"page")
        assert ours
    downstream = Downstream(readable=[ours for ours, _ in ends])
    results: PendingSet[str] = PendingSet(downstream, clock=downstream.clock)
    results.add("pause", after_pauses(0.0))
    results.add("read", reading(ends[0][0]))

    assert {results.next()[0] for _ in range(2)} == {"read", "pause"}
    assert downstream.waits == []


def test_a_socket_without_data_is_overdue_in_time(ends: Ends) -> None:
    downstream = Downstream()
    results: PendingSet[str] = PendingSet(downstream, clock=downstream.clock)
    results.add("slow", reading(ends[0][0], 90.0))
    downstream.now += 50
    results.add("late", reading(ends[1][0], 30.0))

    found = [(key, pending.result(), downstream.now) for key, pending in (results.next() for _ in range(2))]

    assert found == [("late", "OVERDUE", 180.0), ("slow", "OVERDUE", 190.0)]


@pytest.mark.parametrize(("drift_s", "now"), [(-0.25, 129.75), (0.0, 130.0), (40.0, 170.0)])
def test_a_wait_that_ends_a_little_early_or_late_is_over(ends: Ends, drift_s: float, now: float) -> None:
    """What is overdue by then is not waited for again."""

    class Imprecise(Downstream):
        def _pass(self, seconds: float) -> None:
            super()._pass(seconds)
            self.now += drift_s

    downstream = Imprecise()
    results: PendingSet[str] = PendingSet(downstream, clock=downstream.clock)
    results.add("slow", reading(ends[0][0], 60.0))
    results.add("late", reading(ends[1][0], 30.0))

    found = results.next()

    assert (found[0], downstream.now) == ("slow" if drift_s > 30 else "late", now)
    assert len(results) == 1
    assert results.next()[1].result() == "OVERDUE"
    assert len(downstream.asked) == (1 if drift_s > 30 else 2)


def test_a_socket_with_data_is_never_overdue(ends: Ends) -> None:
    """A client that reads slowly keeps a pull waiting, not HubSpot."""
    ends[0][1].sendall(b"page")
    downstream = Downstream(readable=[ends[0][0]])
    results: PendingSet[str] = PendingSet(downstream, clock=downstream.clock)
    results.add("a", reading(ends[0][0], 30.0))
    downstream.now += 1_000

    assert results.next()[1].result() == "page"
    assert downstream.asked == [0.0]


@pytest.mark.parametrize("error", [UpstreamError("x", kind="upstream-status"), PullAbandoned("x", kind="caller-gone")])
def test_an_error_ends_the_whole_set(ends: Ends, error: Exception) -> None:
    def fail() -> Steps[str]:
        yield Wait(None, 0.0)
        raise error

    downstream = Downstream()
    results: PendingSet[str] = PendingSet(downstream, clock=downstream.clock)
    results.add("a", reading(ends[0][0]))
    results.add("b", Pending.of(fail()))

    with pytest.raises(type(error)):
        results.next()


@pytest.mark.parametrize("create", [lambda: Pending(lambda: 5), lambda: after_pauses(1.0, 2.0).then(len)])
def test_the_steps_to_a_result_can_be_a_part_of_others(create: Callable[[], Pending[int]]) -> None:
    def steps() -> Steps[int]:
        return 1 + (yield from create().steps())

    assert Pending.of(steps()).result() == create().result() + 1
