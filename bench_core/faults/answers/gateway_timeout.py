from dataclasses import dataclass

from bench_core.exchange import Response
from bench_core.faults.answers.responses import RetryAfter, proxy_page
from bench_core.faults.fault import Replacement
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register

__all__ = ["GatewayTimeout"]


@register
@dataclass(frozen=True, slots=True)
class GatewayTimeout(Replacement):
    """504 with an HTML page, as a proxy in front of an API sends it.

    Source: docs (error handling, 2026-03: HubSpot's processing limits), assumed (the page).
    """

    name = "gateway-timeout"
    group = "answers"

    retry_after_s: RetryAfter = None

    def respond(self, firing: Firing) -> Response:
        return proxy_page(504, "504 Gateway Time-out", retry_after_s=self.retry_after_s)
