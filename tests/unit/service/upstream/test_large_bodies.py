"""Only a few large bodies are received at the same time."""

from collections.abc import Callable

import pytest

from service.downstream import PatientDownstreamClient
from service.errors import PullAbandoned
from service.upstream.large_bodies import LARGE_BYTES, LargeBodies, Ticket


class Waiting(PatientDownstreamClient):
    """A client whose waits pass at once, on its own clock; something happens during a wait."""

    def __init__(self) -> None:
        super().__init__(sleep=self._sleep_now)
        self.now_s = 0.0
        self.then: Callable[[], None] = lambda: None

    def _sleep_now(self, seconds: float) -> None:
        self.now_s += seconds
        self.then()

    def __call__(self) -> float:
        """Return the time."""
        return self.now_s


@pytest.fixture
def client() -> Waiting:
    return Waiting()


def ticket(bodies: LargeBodies, client: Waiting, *, limit_s: float = 10) -> Ticket:
    return Ticket(bodies, client, limit_s=limit_s, clock=client)


def test_a_body_of_usual_size_needs_no_place(client: Waiting) -> None:
    bodies = LargeBodies(count=1)
    ticket(bodies, client).grow(LARGE_BYTES + 1)

    ticket(bodies, client).grow(LARGE_BYTES)

    assert client.now_s == 0


def test_a_large_body_waits_until_another_one_is_done(client: Waiting) -> None:
    bodies = LargeBodies(count=1)
    first, second = ticket(bodies, client), ticket(bodies, client)
    first.grow(LARGE_BYTES + 1)
    client.then = first.release

    second.grow(LARGE_BYTES + 1)
    second.grow(LARGE_BYTES + 2)

    assert client.now_s > 0
    second.release()
    assert (bodies.enter(), bodies.enter()) == (True, False)


def test_a_wait_for_a_place_ends(client: Waiting) -> None:
    bodies = LargeBodies(count=1)
    ticket(bodies, client).grow(LARGE_BYTES + 1)
    late = ticket(bodies, client, limit_s=10)

    with pytest.raises(TimeoutError):
        late.grow(LARGE_BYTES + 1)

    assert 10 <= client.now_s < 11
    late.release()  # it had no place, so none is given back
    assert not bodies.enter()


def test_a_client_that_disconnects_waits_no_longer(client: Waiting) -> None:
    def leave() -> None:
        raise PullAbandoned("The client disconnected.", kind="caller-gone")

    bodies = LargeBodies(count=1)
    ticket(bodies, client).grow(LARGE_BYTES + 1)
    client.then = leave

    with pytest.raises(PullAbandoned):
        ticket(bodies, client).grow(LARGE_BYTES + 1)


def test_a_place_is_given_back_once(client: Waiting) -> None:
    bodies = LargeBodies(count=2)
    one = ticket(bodies, client)
    one.grow(LARGE_BYTES + 1)

    one.release()
    one.release()

    assert [bodies.enter() for _ in range(3)] == [True, True, False]


def test_three_bodies_of_more_than_half_a_mebibyte_are_received_at_the_same_time(client: Waiting) -> None:
    bodies = LargeBodies()

    ticket(bodies, client).grow(524_288)
    for _ in range(3):
        ticket(bodies, client).grow(524_289)

    assert client.now_s == 0
    assert not bodies.enter()


def test_a_place_is_looked_for_fifty_times_a_second(client: Waiting) -> None:
    waits: list[float] = []
    bodies = LargeBodies(count=1)
    first, second = ticket(bodies, client), ticket(bodies, client)

    def note() -> None:
        waits.append(client.now_s)
        if len(waits) == 3:
            first.release()

    first.grow(LARGE_BYTES + 1)
    client.then = note

    second.grow(LARGE_BYTES + 1)

    assert waits == pytest.approx([0.02, 0.04, 0.06])


def test_without_any_time_nothing_is_waited_for(client: Waiting) -> None:
    bodies = LargeBodies(count=1)
    ticket(bodies, client).grow(LARGE_BYTES + 1)

    with pytest.raises(TimeoutError):
        ticket(bodies, client, limit_s=0).grow(LARGE_BYTES + 1)

    assert client.now_s == 0
