from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.errors import MismatchError, UpstreamError
from service.upstream.retry_policy import RetryPolicy, retry_delay_s
from tests.support.cases import for_each


def error(status: int | None = 500, **fields: Any) -> UpstreamError:
    """Build an error of HubSpot with this status, or without a response."""
    return UpstreamError("failed", kind="upstream-status" if status else "upstream-connection", status=status, **fields)


def policy(retries: int = 5, budget_s: float = 300.0, jitter: float = 1.0) -> tuple[RetryPolicy, list[str]]:
    """Create a policy, and the list of the errors that it counts."""
    counted: list[str] = []
    return RetryPolicy(retries=retries, budget_s=budget_s, jitter=lambda: jitter, on_retry=counted.append), counted


@for_each(
    ("attempt", "delay"),
    [(0, 0.5), (1, 1.0), (2, 2.0), (3, 4.0), (4, 8.0), (5, 16.0), (6, 30.0), (7, 30.0), (19, 30.0)],
)
@for_each("status", [None, 408, 500, 503, 599])
def test_the_delay_doubles_up_to_half_a_minute(status: int | None, attempt: int, delay: float) -> None:
    """Jitter takes away up to half of it."""
    assert retry_delay_s(error(status), {}, attempt=attempt, jitter=1.0) == delay
    assert retry_delay_s(error(status), {}, attempt=attempt, jitter=0.5) == delay * 0.75
    assert retry_delay_s(error(status), {}, attempt=attempt, jitter=0.0) == delay / 2


@for_each("jitter", [0.0, 0.25, 1.0])
def test_a_lock_is_waited_for_two_seconds(jitter: float) -> None:
    assert retry_delay_s(error(423), {}, attempt=4, jitter=jitter) == 2.0 + jitter


@for_each(
    ("text", "delay"),
    [
        ("0", 0.25),
        ("1", 1.25),
        (" 7 ", 7.25),
        ("120", 120.25),
    ],
)
@for_each("status", [408, 423, 429, 477, 500, 503])
def test_retry_after_decides_for_every_temporary_status(status: int, text: str, delay: float) -> None:
    headers = {"retry-after": text, "x-hubspot-ratelimit-interval-milliseconds": "5000"}

    assert retry_delay_s(error(status), headers, attempt=3, jitter=0.25) == delay


@for_each("text", ["", "soon", "-1", "1.5", "1e3", "٣", "Mon, 20 Apr 2026 13:19:05 GMT"])
def test_a_retry_after_in_another_form_is_ignored(text: str) -> None:
    headers = {"retry-after": text}

    assert retry_delay_s(error(500), headers, attempt=0, jitter=1.0) == 0.5
    assert retry_delay_s(error(429), headers, attempt=0, jitter=1.0) == 11.0
    assert retry_delay_s(error(477), headers, attempt=0, jitter=1.0) is None


@for_each(
    ("fields", "interval", "delay"),
    [
        ({}, None, 10.5),
        ({}, "5000", 5.5),
        ({}, "1500", 2.0),
        ({}, "0", 0.5),
        ({}, "-1", 10.5),
        ({}, "٣", 10.5),
        ({"category": "SECONDLY"}, "5000", 1.5),
        ({"hubspot_message": "You have reached your secondly limit."}, "5000", 1.5),
        ({"hubspot_message": "secondly limit"}, "5000", 1.5),
        ({"hubspot_message": "limit: secondly"}, None, 1.5),
        ({"hubspot_message": "your ten_secondly_rolling limit", "category": "TEN_SECONDLY_ROLLING"}, None, 10.5),
        ({"category": "RATE_LIMITS"}, None, 10.5),
    ],
)
def test_a_rate_limit_is_waited_for_as_long_as_its_window(
    fields: dict[str, str], interval: str | None, delay: float
) -> None:
    headers = {} if interval is None else {"x-hubspot-ratelimit-interval-milliseconds": interval}

    assert retry_delay_s(error(429, **fields), headers, attempt=7, jitter=0.5) == delay


@for_each("status", [200, 204, 301, 399, 400, 401, 403, 404, 407, 409, 422, 424, 428, 430, 476, 478, 499])
@for_each("headers", [{}, {"retry-after": "1"}])
def test_other_statuses_below_500_are_final(status: int, headers: dict[str, str]) -> None:
    """Whatever Retry-After says."""
    assert retry_delay_s(error(status), headers, attempt=0, jitter=0.0) is None


@pytest.mark.parametrize("status", [429, 503])
def test_the_daily_limit_is_final_whatever_retry_after_says(status: int) -> None:
    assert retry_delay_s(error(status, category="DAILY"), {"retry-after": "1"}, attempt=0, jitter=0.0) is None


def test_a_mismatch_is_final() -> None:
    assert retry_delay_s(MismatchError("another body"), {"retry-after": "1"}, attempt=0, jitter=0.0) is None


@for_each(("retries", "before", "after"), [(0, 0, 0), (1, 1, 1), (2, 2, 2), (3, 2, 3), (20, 2, 20)])
def test_before_the_first_byte_there_are_two_retries_at_most(retries: int, before: int, after: int) -> None:
    """After it, as many as the settings allow."""
    retry_policy, counted = policy(retries)

    assert allowed(retry_policy) == before
    retry_policy.response_started()
    assert allowed(retry_policy) == after

    assert retry_policy.retry_count == before + after
    assert counted == ["upstream-status"] * (before + after)


def allowed(retry_policy: RetryPolicy) -> int:
    """Count the retries of one request that never succeeds."""
    for attempt in range(99):
        try:
            retry_policy.delay_or_raise(error(500), {}, attempt=attempt, elapsed_s=0.0)
        except UpstreamError:
            return attempt
    raise AssertionError("there is no end")


def test_a_rate_limit_is_not_limited_by_the_number_of_retries() -> None:
    retry_policy, counted = policy(retries=0)

    assert retry_policy.delay_or_raise(error(429), {}, attempt=50, elapsed_s=0.0) == 11.0
    assert (retry_policy.retry_count, counted) == (1, ["upstream-status"])


@for_each(
    ("elapsed_s", "retry_after", "is_allowed"),
    [(0.0, "39", True), (0.0, "40", False), (29.0, "10", True), (29.5, "10", False), (40.0, "0", False)],
)
@for_each("status", [429, 503])
def test_a_retry_must_fit_into_the_budget(status: int, elapsed_s: float, retry_after: str, is_allowed: bool) -> None:
    """To the last second: a Retry-After beyond it ends the pull at once, and no time is wasted."""
    retry_policy, counted = policy(budget_s=40.0)
    failure = error(status)

    if is_allowed:
        delay = retry_policy.delay_or_raise(failure, {"retry-after": retry_after}, attempt=0, elapsed_s=elapsed_s)
        assert delay == int(retry_after) + 1.0
    else:
        with pytest.raises(UpstreamError) as caught:
            retry_policy.delay_or_raise(failure, {"retry-after": retry_after}, attempt=0, elapsed_s=elapsed_s)
        assert caught.value is failure
    assert retry_policy.retry_count == len(counted) == is_allowed


@given(
    st.sampled_from([None, 408, 423, 429, 477, 500, 503]),
    st.dictionaries(
        st.sampled_from(["retry-after", "x-hubspot-ratelimit-interval-milliseconds"]),
        st.text("0123456789 -.", max_size=9),
    ),
    st.integers(0, 50),
    st.floats(0, 1),
)
def test_a_delay_is_never_negative(status: int | None, headers: dict[str, str], attempt: int, jitter: float) -> None:
    delay = retry_delay_s(error(status), headers, attempt=attempt, jitter=jitter)

    assert delay is None or delay >= 0
