"""A probe gets the outcome of a check in the background. One runs at a time."""

import threading
import time
from collections.abc import Iterator

import pytest

from service import readiness as readiness_module
from service.errors import BadRequestError, MismatchError, UpstreamError
from service.readiness import Readiness
from tests.support.waiting import wait_until


class HubSpot:
    """Answers when it is told to, with an error or with success."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.asked = self.answered = 0

    def hang(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Do not answer from now on. The probe that starts a check does not wait long."""
        self.may_answer.clear()
        monkeypatch.setattr(readiness_module, "_WAIT_S", 0.01)

    def ask(self) -> None:
        """Wait for permission, and answer."""
        self.asked += 1
        self.may_answer.wait(20)
        self.answered += 1
        if self.error is not None:
            raise self.error


class Clock:
    """Stands still until a test moves it."""

    now = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@pytest.fixture
def hubspot() -> Iterator[HubSpot]:
    hubspot = HubSpot()
    yield hubspot
    hubspot.may_answer.set()
    wait_until(lambda: not any(each.name == "readiness" for each in threading.enumerate()), "no check is running")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    monkeypatch.setattr(readiness_module, "_WAIT_S", 20)
    return Clock()


@pytest.fixture
def readiness(hubspot: HubSpot, clock: Clock) -> Readiness:
    return Readiness(hubspot.ask, limit_s=10, clock=clock)


def outcome(readiness: Readiness) -> str:
    """Return the kind of the error, nothing for success."""
    try:
        readiness.check()
    except UpstreamError as error:
        return error.kind if error.response_status == 503 else f"status {error.response_status}"
    return ""


def settle(hubspot: HubSpot, answers: int) -> None:
    """Wait for the end of so many checks. Only then all that were started have asked."""
    wait_until(lambda: hubspot.answered == answers, "the answer")
    wait_until(lambda: not any(each.name == "readiness" for each in threading.enumerate()), "the end of the check")
    assert hubspot.asked == answers


def test_an_outcome_is_used_for_ten_seconds(readiness: Readiness, hubspot: HubSpot, clock: Clock) -> None:
    kinds = [outcome(readiness), outcome(readiness)]
    clock.now += 9.9
    kinds.append(outcome(readiness))

    assert (kinds, hubspot.asked) == (["", "", ""], 1)
    clock.now += 0.1
    hubspot.error = UpstreamError("no", kind="upstream-status")
    assert (outcome(readiness), hubspot.asked) == ("upstream-status", 2)


def test_before_the_first_answer_nothing_is_known(
    readiness: Readiness, hubspot: HubSpot, monkeypatch: pytest.MonkeyPatch
) -> None:
    hubspot.hang(monkeypatch)

    kinds = [outcome(readiness) for _ in range(5)]

    assert kinds == ["not-checked"] * 5
    hubspot.may_answer.set()
    settle(hubspot, 1)
    assert outcome(readiness) == ""


def test_only_the_probe_that_starts_a_check_waits_for_it(hubspot: HubSpot, clock: Clock) -> None:
    readiness = Readiness(hubspot.ask, limit_s=10, clock=clock)
    hubspot.may_answer.clear()
    kinds: list[str] = []
    starter = threading.Thread(target=lambda: kinds.append(outcome(readiness)))
    starter.start()
    wait_until(lambda: hubspot.asked == 1, "the check")

    begun = time.monotonic()
    others = [outcome(readiness) for _ in range(20)]
    took_s = time.monotonic() - begun

    assert (others, kinds) == (["not-checked"] * 20, [])
    assert took_s < 10
    hubspot.may_answer.set()
    starter.join(20)
    assert (kinds, hubspot.asked) == ([""], 1)


@pytest.mark.parametrize("before", [None, UpstreamError("no", kind="upstream-status")], ids=["ready", "not ready"])
def test_while_a_check_runs_the_last_outcome_counts_until_the_time_limit(
    readiness: Readiness,
    hubspot: HubSpot,
    clock: Clock,
    before: UpstreamError | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hubspot.error = before
    known = outcome(readiness)
    clock.now += 20
    hubspot.hang(monkeypatch)

    kinds = [outcome(readiness), outcome(readiness)]
    clock.now += 9.9
    kinds.append(outcome(readiness))
    clock.now += 0.1
    too_late = [outcome(readiness), outcome(readiness)]

    assert kinds == [known] * 3
    assert too_late == ["upstream-timeout"] * 2
    hubspot.error = None
    hubspot.may_answer.set()
    settle(hubspot, 2)
    assert outcome(readiness) == ""


def test_an_outcome_of_a_minute_ago_does_not_count(
    readiness: Readiness, hubspot: HubSpot, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert outcome(readiness) == ""
    clock.now += 60
    hubspot.hang(monkeypatch)

    assert outcome(readiness) == "not-checked"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (MismatchError("odd"), "mismatch"),
        (BadRequestError("odd"), "bad-request"),
        (ZeroDivisionError("a value"), "internal-error"),
    ],
)
def test_whatever_goes_wrong_is_503(readiness: Readiness, hubspot: HubSpot, error: Exception, kind: str) -> None:
    """A check that fails in an unexpected way does not count as running for ever."""
    hubspot.error = error

    assert outcome(readiness) == kind
