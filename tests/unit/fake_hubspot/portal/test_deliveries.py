"""Events on their way to receivers: batches, attempts, retries, and what is kept of them."""

from random import Random

import pytest

from fake_hubspot.portal import deliveries as module
from fake_hubspot.portal.deliveries import RETRY_DELAYS_MS, Attempt, Deliveries, Notification
from fake_hubspot.portal.subscriptions import Disturbance, WebhookApp

APP = WebhookApp(app_id=7, max_concurrent=2)
NOW = 1_790_000_000_000


def empty() -> Deliveries:
    return Deliveries(Random(1))  # noqa: S311  # what is spread by chance is no secret


def waiting(count: int, app: WebhookApp = APP) -> Deliveries:
    """Return deliveries with so many events of an app."""
    made = empty()
    for number in range(count):
        made.add(app, {"eventId": number, "subscriptionType": "contact.creation", "objectId": number}, now_ms=NOW)
    return made


def sent(made: Deliveries, now_ms: int = NOW, app: WebhookApp = APP) -> list[Attempt]:
    return list(made.take_due(app, now_ms=now_ms))


class FixedRandom(Random):
    """Always draws the same share of what it can."""

    share = 1.0

    def random(self) -> float:
        """Draw a number from 0 to 1."""
        return self.share

    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
        """Draw the last whole number of a range."""
        return (range(start) if stop is None else range(start, stop, step))[-1]


def test_the_delays_are_those_that_are_documented() -> None:
    """Half a minute to ten hours, a fifth less at most."""
    seconds = (30, 120, 300, 900, 1800, 3600, 7200, 14_400, 21_600, 36_000)
    assert tuple(delay / 1000 for delay in RETRY_DELAYS_MS) == seconds
    for share, part in ((0.0, 10), (0.5, 9), (1.0, 8)):
        random = FixedRandom()
        random.share = share
        made, now = Deliveries(random), NOW
        made.add(APP, {"eventId": 1}, now_ms=NOW)
        for delay in seconds:
            (attempt,) = sent(made, now)
            made.settle(attempt, now_ms=now, status=500, problem="p")
            assert attempt.next_ms == now + delay * 100 * part
            now = attempt.next_ms


def test_the_bounds_are_those_that_are_documented() -> None:
    assert (module.MAX_EVENTS, module.MAX_WAITING) == (100, 200_000)
    mixed = WebhookApp(app_id=7, disturbance=Disturbance(disorder=True, delay_ms=5))
    made = Deliveries(FixedRandom())
    made.add(mixed, {"eventId": 1}, now_ms=NOW)
    assert made.next_due_ms() == NOW + 5 + 999
    made.add(APP, {"eventId": 2}, now_ms=NOW)
    assert made.next_due_ms() == NOW


def test_a_thousand_attempts_and_four_mebibytes_of_events_are_kept() -> None:
    made, attempts = empty(), []
    for number in range(1001):
        made.add(APP, {"eventId": number}, now_ms=NOW)
        attempts += sent(made)
        made.settle(attempts[-1], now_ms=NOW, status=204)
        if number == 999:
            assert (len(made.attempts), attempts[0].events) == (1000, [{"eventId": 0}])
    assert (len(made.attempts), attempts[0].events, attempts[1].events) == (1000, [], [{"eventId": 1}])
    for sizes, kept in (((4_194_303, 1), [1, 1]), ((4_194_303, 2), [0, 1]), ((1, 4_194_303, 2), [0, 0, 1])):
        made, attempts = empty(), []
        for number, size in enumerate(sizes):
            made.add(APP, {"eventId": number}, now_ms=NOW)
            attempts += sent(made)
            made.settle(attempts[-1], now_ms=NOW, status=204, size=size)
        assert [len(one.events) for one in attempts] == kept


def test_an_attempt_under_way_has_no_answer() -> None:
    """And one without details has none."""
    made = waiting(1)
    (attempt,) = sent(made)
    assert (attempt.app, attempt.at_ms, attempt.count, attempt.events[0]["attemptNumber"]) == (APP, NOW, 1, 0)
    for outcome in ("sending", "delivered"):
        assert (attempt.status, attempt.outcome, attempt.problem, attempt.answer) == (
            (0, "sending", "", "") if outcome == "sending" else (204, "delivered", "", "")
        )
        assert (attempt.took_us, attempt.size, attempt.next_ms, attempt.gave_up) == (0, 0, None, 0)
        if outcome == "sending":
            made.settle(attempt, now_ms=NOW, status=204)
    assert attempt.notifications == []
    assert made.under_way == 0


def test_each_app_has_a_queue_of_its_own() -> None:
    """The first that is due counts, whichever app it is for; an app without events is none."""
    other = WebhookApp(app_id=8, max_concurrent=1)
    made = empty()
    made.add(APP, {"eventId": 1}, now_ms=NOW + 5)
    made.add(other, {"eventId": 2}, now_ms=NOW + 3)
    made.add(other, {"eventId": 3}, now_ms=NOW + 4)

    assert (made.next_due_ms(), made.waiting, made.waiting_of(8)) == (NOW + 3, 3, 2)
    assert sent(made, NOW + 5, WebhookApp(app_id=9)) == []
    (attempt,) = sent(made, NOW + 3, other)
    assert [event["eventId"] for event in attempt.events] == [2]
    assert sent(made, NOW + 4, other) == []
    assert (made.next_due_ms(), made.under_way, made.is_settled(NOW + 9)) == (NOW + 4, 1, False)
    made.settle(attempt, now_ms=NOW, status=204)
    assert [made.is_settled(NOW + by) for by in (3, 4)] == [True, False]
    (later,) = sent(made, NOW + 4, other)
    made.settle(later, now_ms=NOW, status=204)
    assert made.next_due_ms() == NOW + 5
    assert made.hurry(now_ms=NOW + 9) == 1
    assert made.next_due_ms() == NOW + 5


def test_what_is_hurried_comes_in_the_order_in_which_it_was_due() -> None:
    """What is due already stays before what is not."""
    made = empty()
    for number, after in enumerate((9, 1, 8, 2)):
        made.add(APP, {"eventId": number}, now_ms=NOW + after)

    assert made.hurry(now_ms=NOW + 5) == 4

    assert made.next_due_ms() == NOW + 1
    (attempt,) = sent(made, NOW + 5)
    assert [event["eventId"] for event in attempt.events] == [1, 3, 0, 2]
    assert [one.due_ms - NOW for one in attempt.notifications] == [1, 2, 5, 5]


def test_the_earliest_retry_of_a_request_is_told() -> None:
    """Of events with different numbers of attempts; those that are given up are counted."""
    random = FixedRandom()
    made = Deliveries(random)
    for number in range(3):
        made.add(APP, {"eventId": number}, now_ms=NOW)
    (attempt,) = sent(made)
    for one, tried in zip(attempt.notifications, (9, 10, 2), strict=True):
        one.attempts = tried

    made.settle(attempt, now_ms=NOW, status=500, problem="p")

    assert (attempt.next_ms, attempt.gave_up, made.gave_up) == (NOW + 240_000, 1, 1)
    assert (made.waiting, made.delivered) == (2, 0)


def test_an_event_says_how_often_it_was_tried() -> None:
    """Behind the type of the subscription."""
    content = {"eventId": 1, "subscriptionType": "contact.creation", "objectId": 2}

    wire = Notification(7, content, NOW, attempts=3).to_wire()

    expected = {"eventId": 1, "subscriptionType": "contact.creation", "attemptNumber": 3, "objectId": 2}
    assert list(wire.items()) == list(expected.items())


def test_a_request_has_a_hundred_events_and_so_many_requests_are_under_way() -> None:
    """The rest waits for an answer; nothing is sent before it is due."""
    made = waiting(250)

    assert sent(made, NOW - 1) == []
    first = sent(made)
    assert [one.count for one in first] == [100, 100]
    assert [one.number for one in first] == [1, 2]
    assert [event["eventId"] for event in first[0].events] == list(range(100))
    assert (made.waiting, made.under_way, made.waiting_of(7), made.waiting_of(8)) == (50, 2, 50, 0)
    assert sent(made) == []
    made.settle(first[0], now_ms=NOW, status=204, took_us=5, size=9)
    assert (first[0].outcome, first[0].status, first[0].took_us, first[0].size) == ("delivered", 204, 5, 9)
    assert made.delivered == 100
    assert [one.count for one in sent(made)] == [50]
    assert made.waiting == 0


def test_what_failed_is_sent_again_later_and_given_up_after_ten_retries() -> None:
    """Each delay is up to a fifth shorter."""
    made, now = waiting(1), NOW
    for number, delay in enumerate(RETRY_DELAYS_MS):
        (attempt,) = sent(made, now)
        assert attempt.events[0]["attemptNumber"] == number
        made.settle(attempt, now_ms=now, status=500, problem="p" * 3000, answer="a" * 3000)
        assert (attempt.outcome, len(attempt.problem), len(attempt.answer)) == ("failed", 2000, 2000)
        due = made.next_due_ms()
        assert due is not None
        assert 0.8 * delay <= due - now <= delay
        assert attempt.next_ms == due
        assert not made.is_settled(due)
        assert made.is_settled(due - 1)
        now = due
    (last,) = sent(made, now)
    made.settle(last, now_ms=now, status=500, problem="p")

    assert (last.next_ms, last.gave_up, made.gave_up) == (None, 1, 1)
    assert (made.waiting, made.delivered, made.next_due_ms()) == (0, 0, None)
    assert made.is_settled(now)


def test_what_waits_can_be_hurried_or_forgotten() -> None:
    made = waiting(3)
    (attempt,) = sent(made)
    made.settle(attempt, now_ms=NOW, status=0, problem="no answer")

    assert made.hurry(now_ms=NOW + 1) == 3
    assert made.next_due_ms() == NOW + 1
    made.forget(lambda one: one.content["eventId"] == 1)
    (again,) = sent(made, NOW + 1)
    assert sorted(event["eventId"] for event in again.events) == [0, 2]


def test_events_are_doubled_delayed_and_mixed_as_wanted() -> None:
    twice = WebhookApp(app_id=7, disturbance=Disturbance(duplicates=1, delay_ms=50))
    mixed = WebhookApp(app_id=7, disturbance=Disturbance(disorder=True))

    made = waiting(2, twice)
    assert (made.waiting, made.next_due_ms()) == (4, NOW + 50)
    assert [event["eventId"] for event in sent(made, NOW + 50)[0].events] == [0, 0, 1, 1]
    order = [event["eventId"] for event in sent(waiting(50, mixed), NOW + 999)[0].events]
    assert order != sorted(order)
    assert sorted(order) == list(range(50))


def test_too_many_events_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_WAITING", 2)

    made = waiting(5)

    assert (made.waiting, made.gave_up) == (2, 3)


def test_the_events_of_old_attempts_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """By their number, or by their size; the attempts themselves are."""
    for name, bound, size in (("KEPT_ATTEMPTS", 2, 0), ("KEPT_BYTES", 20, 10)):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, bound)
            made, attempts = empty(), []
            for number in range(3):
                made.add(APP, {"eventId": number}, now_ms=NOW)
                attempts += sent(made)
                made.settle(attempts[-1], now_ms=NOW, status=204, size=size)
            assert [len(one.events) for one in attempts] == [0, 1, 1], name
            assert made.attempts[-1] is attempts[-1]


def test_a_request_has_no_event_that_is_not_due() -> None:
    """What waits is sent in the order in which it is due, also after others were dropped."""
    made = empty()
    for number, after in enumerate((1, 5, 2, 6, 7, 3, 4)):
        made.add(APP, {"eventId": number}, now_ms=NOW + after)

    made.forget(lambda one: one.content["eventId"] == 0)
    assert made.next_due_ms() == NOW + 2
    (attempt,) = sent(made, NOW + 4)
    assert [event["eventId"] for event in attempt.events] == [2, 5, 6]
    made.settle(attempt, now_ms=NOW + 4, status=500, problem="p")
    assert attempt.size == 0
    assert attempt.next_ms is not None
    assert len(sent(made, attempt.next_ms)[0].events) == 4  # the others, and the first that is sent again
