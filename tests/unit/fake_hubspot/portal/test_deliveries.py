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
