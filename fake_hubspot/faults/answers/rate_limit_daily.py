from dataclasses import dataclass

from bench_core.exchange import Response
from bench_core.faults.answers.responses import RetryAfter
from bench_core.faults.fault import Replacement
from fake_hubspot.faults.answers.rate_limits import too_many
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register
from fake_hubspot.http_errors import RateLimitError

__all__ = ["RateLimitDaily"]

LEFT = (b"x-hubspot-ratelimit-daily-remaining",)


@register
@dataclass(frozen=True, slots=True)
class RateLimitDaily(Replacement):
    """429: the daily quota is used up.

    Source: docs (error handling, 2026-03).
    """

    name = "rate-limit-daily"
    group = "answers"

    retry_after_s: RetryAfter = None

    def respond(self, firing: Firing) -> Response:
        error = RateLimitError("DAILY", portal_id=firing.context.portal.id)
        return too_many(firing, error, retry_after_s=self.retry_after_s, nothing_left=LEFT)
