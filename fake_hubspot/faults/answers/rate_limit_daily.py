"""429: the requests of the day are used up."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.context import Response
from fake_hubspot.errors import RateLimitError
from fake_hubspot.faults.answers.rate_limits import too_many
from fake_hubspot.faults.fault import Moment, Replacement

__all__ = ["RateLimitDaily"]

LEFT = (b"x-hubspot-ratelimit-daily-remaining",)


@dataclass(frozen=True, slots=True)
class RateLimitDaily(Replacement):
    """429: the requests of the day are used up.

    Source: docs (error handling, 2026-03).
    """

    name = "rate-limit-daily"

    retry_after_s: Annotated[int, Meta(ge=0, description="Seconds in Retry-After; null sends none.")] | None = None

    def instead(self, moment: Moment) -> Response:
        """The answer of the fault."""
        error = RateLimitError("DAILY", portal_id=moment.context.portal.id)
        return too_many(moment, error, retry_after_s=self.retry_after_s, nothing_left=LEFT)
