"""What the answers to too many requests have in common."""

from fake_hubspot.context import Headers, Response
from fake_hubspot.errors import HubSpotError
from fake_hubspot.faults.answers.responses import retry_after
from fake_hubspot.faults.fault import Moment

__all__ = ["TEN_SECONDS", "too_many"]

# The headers that tell of the window of ten seconds.
TEN_SECONDS = (
    b"x-hubspot-ratelimit-interval",
    b"x-hubspot-ratelimit-max",
    b"x-hubspot-ratelimit-remaining",
    b"x-hubspot-ratelimit-secondly",
)


def too_many(
    moment: Moment, error: HubSpotError, *, retry_after_s: int | None, nothing_left: tuple[bytes, ...] = ()
) -> Response:
    """A 429 whose counter stands at nothing left, where the limit has one; else without the ten seconds' headers."""
    response = Response.of_error(error, moment.context.correlation_id)
    left: Headers = [(name, b"0") for name in nothing_left]
    response.headers = left + retry_after(retry_after_s)
    response.without = nothing_left or TEN_SECONDS
    return response
