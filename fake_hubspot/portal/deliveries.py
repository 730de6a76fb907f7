"""Events on their way to the receivers of webhooks: batches, attempts and retries. Pure: nothing is sent here.

Source: docs (webhooks v3): at most 100 events a request; ten retries within 24 hours, with delays that vary and are
spread by chance; a retry after every answer of 4xx or 5xx, a failed connection, and 5 seconds without an answer. How
long the delays are, and that other answers than 2xx count as failed, is assumed.
"""

import heapq
from collections import Counter, deque
from collections.abc import Callable, Iterator
from itertools import count
from random import Random
from typing import Any

import msgspec

from fake_hubspot.portal.subscriptions import WebhookApp

__all__ = ["MAX_EVENTS", "RETRY_DELAYS_MS", "Attempt", "Deliveries", "Notification"]

MAX_EVENTS = 100
MINUTE_MS = 60_000
# Together 23 hours and 52.5 minutes; each is up to a fifth shorter.
RETRY_DELAYS_MS = tuple(round(minutes * MINUTE_MS) for minutes in (0.5, 2, 5, 15, 30, 60, 120, 240, 360, 600))
SPREAD = 0.2
# Events of one second come in any order if they are disturbed so.
DISORDER_MS = 1000
KEPT_ATTEMPTS = 1000
KEPT_BYTES = 4 * 1024 * 1024
# Bounds of what is kept for somebody who looks at it.
KEPT_TEXT = 2000
MAX_WAITING = 200_000


class Notification(msgspec.Struct):
    """One event for one subscription.

    Attributes:
        content: What the receiver gets, without `attemptNumber`.
        attempts: How often it was sent in vain.

    Units: `due_ms` milliseconds since 1970.
    """

    app_id: int
    content: dict[str, Any]
    due_ms: int
    attempts: int = 0

    def to_wire(self) -> dict[str, Any]:
        """Return the event as the receiver gets it.

        Source: reader (payloads of 2022 to 2026 in public repositories) for the order of the keys.
        """
        wire: dict[str, Any] = {}
        for name, value in self.content.items():
            wire[name] = value
            if name == "subscriptionType":
                wire["attemptNumber"] = self.attempts
        return wire


class Attempt(msgspec.Struct):
    """One request to a receiver.

    Attributes:
        number: Counts the portal's attempts from 1.
        events: The events as they were sent; empty once too much is kept.
        count: How many they are.
        status: 0 if there was no answer.
        outcome: `sending`, `delivered` or `failed`.
        problem: Why it failed.
        answer: The beginning of the answer's body.
        size: How many bytes were sent.
        next_ms: When the earliest of its events is sent again; None if none is.
        gave_up: How many of its events are not sent any more.

    Units: `_ms` milliseconds since 1970, `took_us` microseconds.
    """

    number: int
    app: WebhookApp
    at_ms: int
    events: list[dict[str, Any]]
    notifications: list[Notification]
    count: int
    status: int = 0
    outcome: str = "sending"
    problem: str = ""
    answer: str = ""
    took_us: int = 0
    size: int = 0
    next_ms: int | None = None
    gave_up: int = 0


class Deliveries:
    """The events that wait, those under way, and the last attempts.

    Args:
        random: Spreads the retries and mixes the order if that is wanted.

    Attributes:
        attempts: The last attempts, newest last.
        delivered: How many events have arrived.
        gave_up: How many events were given up after the last retry.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self._waiting: dict[int, list[tuple[int, int, Notification]]] = {}
        self._under_way: Counter[int] = Counter()
        self._order = count()
        self._count = 0
        self.attempts: deque[Attempt] = deque(maxlen=KEPT_ATTEMPTS)
        self.delivered = 0
        self.gave_up = 0
        self._kept: deque[Attempt] = deque()
        self._kept_bytes = 0

    @property
    def waiting(self) -> int:
        """How many events wait for their first or next attempt."""
        return sum(map(len, self._waiting.values()))

    @property
    def under_way(self) -> int:
        """How many requests have no answer yet."""
        return self._under_way.total()

    def next_due_ms(self) -> int | None:
        """Return when the next event is due, None if none waits."""
        return min((queue[0][0] for queue in self._waiting.values() if queue), default=None)

    def is_settled(self, now_ms: int) -> bool:
        """Return whether nothing is under way and nothing is due."""
        due_ms = self.next_due_ms()
        return not self.under_way and (due_ms is None or due_ms > now_ms)

    def add(self, app: WebhookApp, content: dict[str, Any], *, now_ms: int) -> None:
        """Let an event wait for its first attempt, as often as the app's disturbance says."""
        disturbance = app.disturbance
        for _ in range(1 + disturbance.duplicates):
            if self.waiting_of(app.app_id) >= MAX_WAITING:
                self.gave_up += 1
                continue
            mixed_ms = self._random.randrange(DISORDER_MS) if disturbance.disorder else 0
            self._wait(Notification(app.app_id, content, now_ms + disturbance.delay_ms + mixed_ms))

    def waiting_of(self, app_id: int) -> int:
        """Return how many events of an app wait."""
        return len(self._waiting.get(app_id, ()))

    def _wait(self, notification: Notification) -> None:
        entry = (notification.due_ms, next(self._order), notification)
        heapq.heappush(self._waiting.setdefault(notification.app_id, []), entry)

    def take_due(self, app: WebhookApp, *, now_ms: int) -> Iterator[Attempt]:
        """Yield the requests that may be sent to an app's receiver now."""
        queue = self._waiting.get(app.app_id, [])
        while self._under_way[app.app_id] < app.max_concurrent and queue and queue[0][0] <= now_ms:
            batch: list[Notification] = []
            while queue and queue[0][0] <= now_ms and len(batch) < MAX_EVENTS:
                batch.append(heapq.heappop(queue)[2])
            self._under_way[app.app_id] += 1
            self._count += 1
            attempt = Attempt(self._count, app, now_ms, [one.to_wire() for one in batch], batch, len(batch))
            self.attempts.append(attempt)
            yield attempt

    def settle(
        self,
        attempt: Attempt,
        *,
        now_ms: int,
        status: int,
        problem: str = "",
        answer: str = "",
        took_us: int = 0,
        size: int = 0,
    ) -> None:
        """Note how a request ended, and plan the next attempt of its events if it failed."""
        self._under_way[attempt.app.app_id] -= 1
        attempt.status, attempt.took_us, attempt.size = status, took_us, size
        attempt.problem, attempt.answer = problem[:KEPT_TEXT], answer[:KEPT_TEXT]
        notifications, attempt.notifications = attempt.notifications, []
        if not problem:
            attempt.outcome = "delivered"
            self.delivered += len(notifications)
        else:
            attempt.outcome = "failed"
            self._plan(attempt, notifications, now_ms)
        self._bound(attempt)

    def _bound(self, newest: Attempt) -> None:
        """Drop the events of the oldest attempts if those that are kept are too large."""
        self._kept.append(newest)
        self._kept_bytes += newest.size
        while self._kept_bytes > KEPT_BYTES or len(self._kept) > KEPT_ATTEMPTS:
            oldest = self._kept.popleft()
            self._kept_bytes -= oldest.size
            oldest.events = []

    def _plan(self, attempt: Attempt, notifications: list[Notification], now_ms: int) -> None:
        planned = []
        for one in notifications:
            one.attempts += 1
            if one.attempts > len(RETRY_DELAYS_MS):
                attempt.gave_up += 1
                continue
            longest = RETRY_DELAYS_MS[one.attempts - 1]
            one.due_ms = now_ms + round(longest * (1 - SPREAD * self._random.random()))
            planned.append(one.due_ms)
            self._wait(one)
        self.gave_up += attempt.gave_up
        attempt.next_ms = min(planned, default=None)

    def hurry(self, *, now_ms: int) -> int:
        """Let everything that waits be due now, and return how many events that are."""
        for app_id, queue in self._waiting.items():
            for entry in queue:
                entry[2].due_ms = min(entry[2].due_ms, now_ms)
            self._waiting[app_id] = [(one.due_ms, order, one) for _, order, one in queue]
            heapq.heapify(self._waiting[app_id])
        return self.waiting

    def forget(self, is_gone: Callable[[Notification], bool]) -> None:
        """Drop the waiting events of which `is_gone` says that nobody wants them any more."""
        for app_id, queue in self._waiting.items():
            self._waiting[app_id] = [entry for entry in queue if not is_gone(entry[2])]
            heapq.heapify(self._waiting[app_id])
