"""What the responses to too many requests have in common."""

from bench_core.exchange import Headers, Response
from bench_core.faults.answers.responses import retry_after
from fake_hubspot.context import error_response
from fake_hubspot.faults.firing import Firing
from fake_hubspot.http_errors import HubSpotError

__all__ = ["TEN_SECONDS", "too_many"]

# The headers of the ten-second limit.
TEN_SECONDS = (
    b"x-hubspot-ratelimit-interval",
    b"x-hubspot-ratelimit-max",
    b"x-hubspot-ratelimit-remaining",
    b"x-hubspot-ratelimit-secondly",
)


def too_many(
    firing: Firing, error: HubSpotError, *, retry_after_s: int | None, nothing_left: tuple[bytes, ...] = ()
) -> Response:
    """Return a 429. Counters in `nothing_left` are 0; without them the headers of the ten-second limit are missing."""
    response = error_response(error, firing.context.correlation_id)
    left: Headers = [(name, b"0") for name in nothing_left]
    response.headers = left + retry_after(retry_after_s)
    response.without = nothing_left or TEN_SECONDS
    return response
