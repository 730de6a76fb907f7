from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from bench_core.exchange import Response
from bench_core.faults.answers.responses import RetryAfter
from bench_core.faults.fault import Replacement
from fake_hubspot.faults.answers.rate_limits import too_many
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register
from fake_hubspot.http_errors import HubSpotError, RateLimitError

__all__ = ["RateLimitSecondly"]


@register
@dataclass(frozen=True, slots=True)
class RateLimitSecondly(Replacement):
    """429: too many searches in one second.

    The headers of the ten-second limit are missing.

    Source: recording (the 2022 body in full; the 2026 body up to the correlation id), assumed (the rest of the 2026
    body).
    """

    name = "rate-limit-secondly"
    group = "answers"
    examples = ({"form": "2022"}, {"retry_after_s": 1})

    form: Annotated[Literal["2026", "2022"], Meta(description="Which of the two bodies is sent.")] = "2026"
    retry_after_s: RetryAfter = None

    def respond(self, firing: Firing) -> Response:
        error: HubSpotError = RateLimitError("SECONDLY", portal_id=firing.context.portal.id)
        if self.form == "2022":
            error = HubSpotError(429, error.message, category="RATE_LIMITS")
        return too_many(firing, error, retry_after_s=self.retry_after_s)
