import heapq
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from service.upstream.quota import Quota, pause_s
from tests.support.cases import for_each


def headers(maximum: object, remaining: object, interval_ms: object = 10_000) -> dict[str, str]:
    """Build the rate limit headers, without those that are None."""
    values = {"max": maximum, "remaining": remaining, "interval-milliseconds": interval_ms}
    return {f"x-hubspot-ratelimit-{name}": str(value) for name, value in values.items() if value is not None}


class Clock:
    """A clock that the test moves."""

    now = 1_000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def requested(quota: Quota, clock: Clock, answer: dict[str, str], *, took_s: float = 0.0) -> None:
    """Send a request, which must not have to wait, and get its answer."""
    assert quota.acquire_s() == 0.0
    sent_s = clock.now
    clock.now += took_s
    quota.answered(answer, sent_s=sent_s)


@for_each(
    ("maximum", "remaining", "interval_ms", "pause"),
    [
        (100, 100, 10_000, 0.0),
        (100, 11, 10_000, 0.0),
        (100, 10, 10_000, 0.1),
        (100, 1, 10_000, 0.1),
        (100, 0, 10_000, 5.0),
        (190, 19, 10_000, 10 / 190),
        (190, 20, 10_000, 0.0),
        (100, 10, 1_000, 0.01),
        (100, 0, 1_000, 0.5),
        (0, 0, 10_000, 5.0),
        (5, 1, 10_000, 0.0),
        (1, 0, 10_000, 5.0),
    ],
)
def test_the_pause_grows_as_the_quota_shrinks(maximum: int, remaining: int, interval_ms: int, pause: float) -> None:
    assert pause_s(headers(maximum, remaining, interval_ms)) == pytest.approx(pause)


@for_each("missing", [0, 1, 2])
@for_each("value", [None, "", "x", "-1", "1.5", "٣"])
def test_without_all_three_headers_there_is_no_pause(missing: int, value: str | None) -> None:
    values: list[object] = [100, 0, 10_000]
    values[missing] = value
    clock = Clock()
    quota = Quota(clock=clock)

    requested(quota, clock, headers(*values))

    assert pause_s(headers(*values)) == 0.0
    assert quota.acquire_s() == 0.0


@for_each("left", [100, 50, 27])
def test_requests_are_sent_at_once_while_enough_is_left(left: int) -> None:
    clock = Clock()
    quota = Quota(clock=clock)
    requested(quota, clock, headers(100, left))

    assert quota.acquire_s() == 0.0


@for_each(
    ("maximum", "left", "percent", "spacing_s"), [(100, 25, 100, 0.1), (100, 26, 98, 10 / 98), (250, 156, 50, 0.08)]
)
def test_requests_are_spaced_when_little_is_left(maximum: int, left: int, percent: int, spacing_s: float) -> None:
    """At the pace that the window, or the part of it that may be used, allows for good."""
    clock = Clock()
    quota = Quota(percent=percent, clock=clock)
    little = headers(maximum, left)
    for _ in range(3):
        requested(quota, clock, little)

    assert quota.acquire_s() == pytest.approx(spacing_s)
    clock.now += spacing_s
    requested(quota, clock, little)
    assert quota.acquire_s() == pytest.approx(spacing_s)


def test_what_is_under_way_counts_as_used() -> None:
    """HubSpot may not have counted it when it reported what is left."""
    clock = Clock()
    quota = Quota(clock=clock)
    requested(quota, clock, headers(100, 28))

    waits = [quota.acquire_s() for _ in range(5)]

    assert [wait > 0 for wait in waits] == [False, False, False, False, True]


def test_with_nothing_left_a_request_is_sent_when_an_own_one_has_left_the_window() -> None:
    """An interval after its response arrived: HubSpot may have counted it as late as that."""
    clock = Clock()
    quota = Quota(percent=100, clock=clock)
    requested(quota, clock, headers(100, 100), took_s=0.5)
    clock.now += 2
    requested(quota, clock, headers(100, 0), took_s=0.5)

    assert quota.acquire_s() == pytest.approx(7.5)
    clock.now += 7.5
    assert [quota.acquire_s() > 0.0 for _ in range(2)] == [False, True]


def test_with_nothing_left_and_nothing_of_ours_half_a_window_is_waited_for() -> None:
    """Others use all of it, and nobody knows when their requests leave the window. One request finds out."""
    clock = Clock()
    quota = Quota(clock=clock)
    requested(quota, clock, headers(100, 0), took_s=10.0)

    assert quota.acquire_s() == pytest.approx(5.0)
    clock.now += 3
    assert quota.acquire_s() == pytest.approx(2.0)
    clock.now += 2
    assert [quota.acquire_s() > 0.0 for _ in range(2)] == [False, True]


def test_after_a_429_half_a_window_is_waited_for() -> None:
    """Whatever this process sent: it was paced, so others must have used the window."""
    clock = Clock()
    quota = Quota(clock=clock)
    for _ in range(60):
        requested(quota, clock, headers(100, 100))
    quota.acquire_s()
    quota.answered(headers(100, 0), sent_s=clock.now, is_refusal=True)

    assert quota.acquire_s() == pytest.approx(5.0)
    clock.now += 5
    assert [quota.acquire_s() > 0.0 for _ in range(3)] == [False, True, True]


def test_a_response_to_an_earlier_request_says_nothing_new() -> None:
    """Responses on several connections arrive in any order."""
    clock = Clock()
    quota = Quota(clock=clock)
    for _ in range(2):
        quota.acquire_s()

    quota.answered(headers(100, 0), sent_s=clock.now)
    quota.answered(headers(100, 60), sent_s=clock.now - 1)

    assert quota.acquire_s() > 0.0


def test_a_request_without_a_response_gives_its_slot_back() -> None:
    clock = Clock()
    quota = Quota(clock=clock)
    for _ in range(4):
        quota.acquire_s()
    for _ in range(3):
        quota.give_up()

    quota.answered(headers(100, 2), sent_s=clock.now)

    assert quota.acquire_s() == 0.0
    assert quota.acquire_s() > 0.0


@for_each(("per_s", "interval_s"), [(4, 0.25), (0.5, 2.0), (1000, 0.001)])
def test_searches_are_spaced_evenly(per_s: float, interval_s: float) -> None:
    clock = Clock()
    quota = Quota(searches_per_s=per_s, clock=clock)

    pauses = [quota.reserve_search_s() for _ in range(4)]

    assert pauses == pytest.approx([0, interval_s, 2 * interval_s, 3 * interval_s])
    assert quota.acquire_s() == 0.0
    clock.now += 4 * interval_s
    assert quota.reserve_search_s() == pytest.approx(0.0)
    assert quota.reserve_search_s() == pytest.approx(interval_s)


def test_searches_are_four_per_second_by_default() -> None:
    """HubSpot allows five. Nothing that the headers say of other requests holds for them."""
    clock = Clock()
    quota = Quota(clock=clock)
    requested(quota, clock, headers(100, 0))

    assert [quota.reserve_search_s() for _ in range(2)] == [0.0, 0.25]


def test_time_without_searches_is_not_saved_up() -> None:
    clock = Clock()
    quota = Quota(searches_per_s=4, clock=clock)
    quota.reserve_search_s()
    clock.now += 60

    assert [quota.reserve_search_s() for _ in range(3)] == pytest.approx([0.0, 0.25, 0.5])


def test_a_clock_that_has_just_begun_is_like_any_other() -> None:
    """The first request of a new machine is not late, and it has not lost any time that it could make up for."""
    clock = Clock()
    clock.now = 0.0
    quota = Quota(percent=100, clock=clock)
    requested(quota, clock, headers(100, 25))

    assert [quota.acquire_s() for _ in range(3)] == [0.0, pytest.approx(0.1), pytest.approx(0.1)]


def slots(quota: Quota, clock: Clock) -> int:
    """Return how many requests can be sent, in their time, before one has to wait for what is under way."""
    count = 0
    while (wait_s := quota.acquire_s()) != 0.05:
        count += wait_s == 0.0
        clock.now += wait_s
    return count


@pytest.mark.parametrize(
    ("maximum", "left", "percent", "sent"), [(100, 30, 98, 29), (1000, 270, 98, 260), (398, 240, 50, 240 - 99)]
)
def test_half_of_what_may_not_be_used_is_left_to_others(maximum: int, left: int, percent: int, sent: int) -> None:
    """As long as nothing arrives, requests are sent up to there."""
    clock = Clock()
    quota = Quota(percent=percent, clock=clock)
    requested(quota, clock, headers(maximum, left), took_s=10.0)

    assert slots(quota, clock) == sent


@pytest.mark.parametrize(
    ("own", "left", "expected"), [(25, 25, 15), (24, 25, 25), (72, 25, 22), (75, 25, 25), (80, 25, 25), (60, 20, 10)]
)
@pytest.mark.parametrize("gone", [0, 3])
def test_a_tenth_of_the_window_is_left_to_others_that_use_it(own: int, gone: int, left: int, expected: int) -> None:
    """What is not left and was not sent by this process is theirs. Nothing is, while it has less than a quarter.

    A request whose response arrived a window ago has left it.
    """
    clock = Clock()
    quota = Quota(percent=100, clock=clock)
    for _ in range(gone):
        requested(quota, clock, headers(100, 100))
    clock.now += 10.0
    for number in range(1, own + 1):
        requested(quota, clock, headers(100, left if number == own else 100))

    assert slots(quota, clock) == expected


def test_a_wait_for_an_own_request_is_not_longer_than_the_longest_pause() -> None:
    clock = Clock()
    quota = Quota(max_pause_s=300.0, clock=clock)
    requested(quota, clock, headers(100, 0, 400_000))

    assert quota.acquire_s() == pytest.approx(300.0)
    clock.now += 100
    assert quota.acquire_s() == pytest.approx(200.0)


@pytest.mark.parametrize(("lost", "answered", "expected"), [(0, 1, 3), (1, 1, 4), (2, 2, 6), (3, 1, 6), (4, 0, 6)])
def test_a_slot_that_was_given_back_can_be_taken_again(lost: int, answered: int, expected: int) -> None:
    """Of four requests under way some are lost, some are answered, and the others may not be counted yet."""
    clock = Clock()
    quota = Quota(percent=100, clock=clock)
    for _ in range(4):
        assert quota.acquire_s() == 0.0
    for _ in range(lost):
        quota.give_up()
    if not answered:
        assert quota.acquire_s() == 0.0
    for _ in range(max(1, answered)):
        quota.answered(headers(100, 6), sent_s=clock.now)

    assert slots(quota, clock) == expected


@pytest.mark.parametrize(("maximum", "wait_s"), [(0, 10.0), (1, 10.0), (2, 5.0)])
def test_a_limit_of_hardly_any_requests_is_one_of_one_request(maximum: int, wait_s: float) -> None:
    clock = Clock()
    quota = Quota(percent=100, clock=clock)
    for _ in range(3):
        assert quota.acquire_s() == 0.0
    for _ in range(3):
        quota.answered(headers(maximum, 0), sent_s=clock.now)
    clock.now += 10

    assert [quota.acquire_s() for _ in range(3)] == [0.0, 0.0, pytest.approx(wait_s)]


def test_while_requests_are_under_way_one_asks_again_soon() -> None:
    """In the twentieth part of a second, or as soon as one of the own requests leaves the window."""
    clock = Clock()
    quota = Quota(clock=clock)
    requested(quota, clock, headers(100, 100))
    clock.now += 5.0
    requested(quota, clock, headers(100, 2))
    assert quota.acquire_s() == 0.0

    assert quota.acquire_s() == 0.05
    clock.now += 4.98
    assert quota.acquire_s() == pytest.approx(0.02)


@pytest.mark.parametrize(("count", "wait_s"), [(299, 10.0 - 2.98), (300, 10.0 - 2.99), (301, 10.0 - 2.99)])
def test_three_hundred_answers_are_remembered(count: int, wait_s: float) -> None:
    """That is more than a window has. The slot of the earliest of them is the first to become free."""
    clock = Clock()
    quota = Quota(clock=clock)
    for number in range(1, count + 1):
        requested(quota, clock, headers(1_000, 0 if number == count else 1_000))
        clock.now += 0.01
    clock.now -= 0.01

    assert quota.acquire_s() == pytest.approx(wait_s)


@pytest.mark.parametrize("give_back", [lambda quota: quota.give_up(), lambda quota: quota.answered({}, sent_s=1.0)])
def test_a_slot_that_is_given_back_twice_counts_once(give_back: Callable[[Quota], object]) -> None:
    clock = Clock()
    quota = Quota(percent=100, clock=clock)
    for _ in range(3):
        give_back(quota)

    quota.answered(headers(100, 0), sent_s=clock.now)

    assert quota.acquire_s() > 0.0


def test_no_wait_and_no_pause_is_zero() -> None:
    """Also where one is over for a while."""
    clock = Clock()
    quota = Quota(clock=clock)
    pauses = [quota.answered(answer, sent_s=clock.now - 10) for answer in ({}, headers(100, 50), headers(100, 0))]
    clock.now += 7

    assert pauses == [0.0, 0.0, 0.0]
    assert quota.acquire_s() == 0.0


# --- played against a rolling window ---


@dataclass
class Played:
    """Connections, another client and a rolling window on one clock.

    Attributes:
        place: At which part of its way a request is counted, None for any.
        refused: How many requests of ours got a 429.
        others_refused: The same for the other client.
    """

    limit: int
    connections: int
    latency_s: float
    place: float | None = None
    others_per_s: float = 0.0
    percent: int = 98
    clock: Clock = field(default_factory=Clock)
    refused: int = 0
    others_sent: int = 0
    others_refused: int = 0

    def play(self, requests: int) -> float:
        """Send the requests. Returns the time that they take, as a part of what the limit allows."""
        chance, start = random.Random(15), self.clock.now  # noqa: S311 - a repeatable order
        quota = Quota(percent=self.percent, clock=self.clock)
        self._window: deque[float] = deque()
        self._steps: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0
        done = sent = 0

        def ask() -> None:
            nonlocal sent
            if sent == requests:
                return
            if wait := quota.acquire_s():
                self._at(wait + chance.random() / 1000, ask)
                return
            sent += 1
            latency_s, sent_s = self.latency_s * (1 + 0.3 * chance.random()), self.clock.now
            counted_s = latency_s * (chance.random() if self.place is None else self.place)
            self._at(counted_s, lambda: count(sent_s, sent_s + latency_s))

        def count(sent_s: float, arrives_s: float) -> None:
            self.refused += not self._admit()
            answer = headers(self.limit, max(0, self.limit - len(self._window)))
            self._at(arrives_s - self.clock.now, lambda: arrive(answer, sent_s))

        def arrive(answer: dict[str, str], sent_s: float) -> None:
            nonlocal done
            done += 1
            quota.answered(answer, sent_s=sent_s)
            ask()

        def other() -> None:
            self.others_sent += 1
            self.others_refused += not self._admit()
            self._at(chance.expovariate(self.others_per_s), other)

        for _ in range(self.connections):
            self._at(0.0, ask)
        if self.others_per_s:
            self._at(0.0, other)
        while done < requests:
            self.clock.now, _, step = heapq.heappop(self._steps)
            step()
        return (self.clock.now - start) / ((requests - 1) // self.limit * 10.0)

    def _at(self, seconds: float, step: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._steps, (self.clock.now + seconds, self._count, step))

    def _admit(self) -> bool:
        while self._window and self._window[0] <= self.clock.now - 10.0:
            self._window.popleft()
        if len(self._window) >= self.limit:
            return False
        self._window.append(self.clock.now)
        return True


@pytest.mark.parametrize("place", [0.0, 1.0, None])
@pytest.mark.parametrize(("limit", "connections", "latency_s"), [(100, 4, 0.05), (100, 8, 0.17), (190, 8, 0.05)])
def test_connections_share_the_pace_that_hubspot_allows(
    place: float | None, limit: int, connections: int, latency_s: float
) -> None:
    """At least 0.95 of it, and without a 429, wherever on its way a request is counted."""
    played = Played(limit, connections, latency_s, place)

    time = played.play(5 * limit + 1)

    assert played.refused == 0
    assert time <= 1 / 0.95


@pytest.mark.parametrize("others_per_s", [1.0, 5.0])
def test_other_clients_of_the_same_app_keep_what_they_use(others_per_s: float) -> None:
    """Few requests of theirs are refused, and none of ours. If we took all that is left, it would be a quarter."""
    played = Played(100, 4, 0.1, others_per_s=others_per_s)

    played.play(501)

    assert played.refused == 0
    assert played.others_refused <= 0.1 * played.others_sent


def test_a_part_of_the_window_can_be_left_to_others() -> None:
    assert Played(100, 4, 0.05, percent=50).play(1001) >= 1.8
