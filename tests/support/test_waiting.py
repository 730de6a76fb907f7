"""The waiting helper itself."""

import pytest

from tests.support.waiting import wait_until


def test_the_observation_that_meets_the_condition_is_returned() -> None:
    """Observations before it are dropped."""
    counts = iter(range(10))

    found = wait_until(lambda: next(counts), "a count of 3", is_met=lambda count: count == 3, interval_s=0)

    assert found == 3


def test_an_observation_is_true_or_false_unless_a_condition_is_given() -> None:
    """As with `any`."""
    observations = iter(["", None, "done"])

    assert wait_until(lambda: next(observations), "a text", interval_s=0) == "done"


def test_a_timeout_says_what_was_expected_and_what_was_last_seen() -> None:
    """Otherwise a failure on another machine explains nothing."""
    with pytest.raises(AssertionError, match=r"timed out waiting for two replicas \(0 s\); last seen: \['one'\]"):
        wait_until(lambda: ["one"], "two replicas", is_met=lambda found: len(found) == 2, timeout_s=0)


def test_a_condition_is_checked_at_least_once() -> None:
    """Even when no time is left."""
    assert wait_until(lambda: 1, "one", timeout_s=-1) == 1
