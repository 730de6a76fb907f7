"""Whether a failed request is worth a retry, and after how long. Randomness is a parameter."""

from collections.abc import Callable, Mapping

from service.errors import MismatchError, UpstreamError
from service.upstream.messages import header_number

__all__ = ["RetryPolicy", "retry_delay_s"]

_RETRIES_BEFORE_FIRST_BYTE = 2
_FIRST_DELAY_S = 0.5
_MAX_DELAY_S = 30.0
_BURST_WINDOW_S = 10.0
_LOCK_S = 2.0
_TEMPORARY = frozenset({408, 423, 429, 477})


class RetryPolicy:
    """The retries of one pull, over all its connections.

    Before the first byte of the response, a request is retried twice at most: the downstream client can still be told
    with a status, and has a retry strategy of its own.

    Args:
        retries: The maximum number of retries of one request after the first byte.
        budget_s: The longest time that the retries of one request may take.
        jitter: Returns a random number from 0 to 1.
        on_retry: Called with the `kind` of each error that is retried.

    Attributes:
        retry_count: How many requests were retried so far.
    """

    def __init__(
        self, *, retries: int, budget_s: float, jitter: Callable[[], float], on_retry: Callable[[str], None]
    ) -> None:
        self._retries = retries
        self._budget_s = budget_s
        self._jitter = jitter
        self._on_retry = on_retry
        self._limit = min(retries, _RETRIES_BEFORE_FIRST_BYTE)
        self.retry_count = 0

    def response_started(self) -> None:
        """Allow all retries: from now on, giving up means to abort the response."""
        self._limit = self._retries

    def delay_or_raise(
        self, error: UpstreamError, headers: Mapping[str, str], *, attempt: int, elapsed_s: float
    ) -> float:
        """Return the seconds to wait before a retry.

        Args:
            error: What went wrong.
            headers: Those of the response, empty if none arrived.
            attempt: How many attempts failed before this one. Rate limits and a renewed token do not count.
            elapsed_s: The time since the first attempt.

        Raises:
            UpstreamError: The given error, if a retry cannot help or is not allowed any more.
        """
        delay = retry_delay_s(error, headers, attempt=attempt, jitter=self._jitter())
        is_used_up = attempt >= self._limit and error.status != 429
        if delay is None or is_used_up or elapsed_s + delay > self._budget_s:
            raise error
        self.retry_count += 1
        self._on_retry(error.kind)
        return delay


def retry_delay_s(error: UpstreamError, headers: Mapping[str, str], *, attempt: int, jitter: float) -> float | None:
    """Return the seconds to wait before a retry, None if a retry cannot help.

    Args:
        error: What went wrong.
        headers: Those of the response, empty if none arrived.
        attempt: How many attempts failed before this one.
        jitter: From 0 to 1, so that several pulls do not retry at the same time.

    Source: docs (ten-second window, locks of two seconds, 477 with Retry-After), reader (429 without Retry-After).
    """
    if isinstance(error, MismatchError):
        return None
    if error.status is not None and error.status < 500 and error.status not in _TEMPORARY:
        return None
    if error.category == "DAILY":
        return None  # it lasts until midnight in the account's time zone
    retry_after = _retry_after_s(headers)
    if retry_after is not None:
        return retry_after + jitter
    if error.status == 477:
        return None  # moving to another data centre takes up to a day, and HubSpot did not say how long
    if error.status == 429:
        return _window_s(error, headers) + jitter
    if error.status == 423:
        return _LOCK_S + jitter
    return min(_MAX_DELAY_S, _FIRST_DELAY_S * 2.0**attempt) * (0.5 + jitter / 2)


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    return header_number(headers, "retry-after")


def _window_s(error: UpstreamError, headers: Mapping[str, str]) -> float:
    """Return the length of a rate limit: 1 s for "secondly" limits, else by HubSpot's header, else 10 s."""
    interval_ms = header_number(headers, "x-hubspot-ratelimit-interval-milliseconds")
    if " secondly " in f" {error.hubspot_message} " or error.category == "SECONDLY":
        return 1.0
    return _BURST_WINDOW_S if interval_ms is None else interval_ms / 1000
