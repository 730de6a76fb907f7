from dataclasses import dataclass

from bench_core.exchange import Response
from bench_core.faults.answers.responses import RetryAfter
from bench_core.faults.fault import Replacement
from fake_hubspot.faults.answers.rate_limits import too_many
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register
from fake_hubspot.http_errors import RateLimitError

__all__ = ["RateLimitTenSecondly"]

LEFT = (b"x-hubspot-ratelimit-remaining",)


@register
@dataclass(frozen=True, slots=True)
class RateLimitTenSecondly(Replacement):
    """429: too many requests in ten seconds.

    Source: recording (2024-2026), reader (airbyte source-hubspot: Retry-After is usually missing).
    """

    name = "rate-limit-ten-secondly"
    group = "answers"
    examples = ({"retry_after_s": 1},)

    retry_after_s: RetryAfter = None

    def respond(self, firing: Firing) -> Response:
        error = RateLimitError("TEN_SECONDLY_ROLLING", portal_id=firing.context.portal.id)
        return too_many(firing, error, retry_after_s=self.retry_after_s, nothing_left=LEFT)
