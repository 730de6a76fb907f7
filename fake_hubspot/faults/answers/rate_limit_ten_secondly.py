"""429: more than the requests of ten seconds."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.context import Response
from fake_hubspot.errors import RateLimitError
from fake_hubspot.faults.answers.rate_limits import too_many
from fake_hubspot.faults.fault import Moment, Replacement

__all__ = ["RateLimitTenSecondly"]

LEFT = (b"x-hubspot-ratelimit-remaining",)


@dataclass(frozen=True, slots=True)
class RateLimitTenSecondly(Replacement):
    """429: more than the requests of ten seconds.

    Source: recording (2024-2026); that Retry-After is mostly missing: reader (airbyte source-hubspot).
    """

    name = "rate-limit-ten-secondly"
    examples = ({"retry_after_s": 1},)

    retry_after_s: Annotated[int, Meta(ge=0, description="Seconds in Retry-After; null sends none.")] | None = None

    def instead(self, moment: Moment) -> Response:
        """The answer of the fault."""
        error = RateLimitError("TEN_SECONDLY_ROLLING", portal_id=moment.context.portal.id)
        return too_many(moment, error, retry_after_s=self.retry_after_s, nothing_left=LEFT)
