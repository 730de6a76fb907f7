"""Whether a failed request is worth another try, and after how long. Pure: randomness is passed in."""

from collections.abc import Mapping

from service.errors import MismatchError, UpstreamError

__all__ = ["retry_delay_s"]

_FIRST_DELAY_S = 0.5
_LONGEST_DELAY_S = 30.0
_BURST_WINDOW_S = 10.0
_LOCK_S = 2.0
_PASSING = frozenset({408, 423, 429, 477})


def retry_delay_s(error: UpstreamError, headers: Mapping[str, str], *, attempt: int, jitter: float) -> float | None:
    """Seconds to wait before the next try; None where another try cannot help.

    Args:
        error: What went wrong.
        headers: Of the answer, empty where none came.
        attempt: How many tries failed before this one.
        jitter: From 0 to 1, so that several pulls do not come back at the same moment.

    Source: docs (ten-second window, locks of two seconds, 477 with Retry-After), reader (429 without Retry-After).
    """
    if isinstance(error, MismatchError):
        return None
    if error.status is not None and error.status < 500 and error.status not in _PASSING:
        return None
    if error.category == "DAILY":
        return None  # it lasts until midnight of the account's time zone
    told = _retry_after_s(headers)
    if told is not None:
        return told + jitter
    if error.status == 477:
        return None  # a move to another data centre takes up to a day, and HubSpot did not say how long
    if error.status == 429:
        return _window_s(error, headers) + jitter
    if error.status == 423:
        return _LOCK_S + jitter
    return min(_LONGEST_DELAY_S, _FIRST_DELAY_S * 2.0**attempt) * (0.5 + jitter / 2)


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    text = headers.get("retry-after", "").strip()
    return float(text) if text.isascii() and text.isdigit() else None


def _window_s(error: UpstreamError, headers: Mapping[str, str]) -> float:
    """How long a rate limit lasts: by HubSpot's headers, else one second for "secondly" limits, else ten seconds."""
    interval_ms = headers.get("x-hubspot-ratelimit-interval-milliseconds", "")
    if " secondly " in f" {error.hubspot_message} " or error.category == "SECONDLY":
        return 1.0
    return int(interval_ms) / 1000 if interval_ms.isascii() and interval_ms.isdigit() else _BURST_WINDOW_S
