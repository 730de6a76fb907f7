"""429: more than the searches of a second, without the headers of the ten seconds."""

from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from fake_hubspot.context import Response
from fake_hubspot.errors import HubSpotError, RateLimitError
from fake_hubspot.faults.answers.rate_limits import too_many
from fake_hubspot.faults.fault import Moment, Replacement

__all__ = ["RateLimitSecondly"]


@dataclass(frozen=True, slots=True)
class RateLimitSecondly(Replacement):
    """429: more than the searches of a second, without the headers of the ten seconds.

    Source: recording (the form of 2022 to its end; that of 2026 up to the correlation id, its tail is assumed).
    """

    name = "rate-limit-secondly"
    examples = ({"form": "2022"}, {"retry_after_s": 1})

    form: Annotated[Literal["2026", "2022"], Meta(description="Which of the two bodies.")] = "2026"
    retry_after_s: Annotated[int, Meta(ge=0, description="Seconds in Retry-After; null sends none.")] | None = None

    def instead(self, moment: Moment) -> Response:
        """The answer of the fault."""
        error: HubSpotError = RateLimitError("SECONDLY", portal_id=moment.context.portal.id)
        if self.form == "2022":
            error = HubSpotError(429, error.message, category="RATE_LIMITS")
        return too_many(moment, error, retry_after_s=self.retry_after_s)
