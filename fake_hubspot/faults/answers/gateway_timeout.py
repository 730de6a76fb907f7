from dataclasses import dataclass

from fake_hubspot.context import Response
from fake_hubspot.faults.answers.responses import RetryAfter, proxy_page
from fake_hubspot.faults.fault import Replacement
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register

__all__ = ["GatewayTimeout"]


@register
@dataclass(frozen=True, slots=True)
class GatewayTimeout(Replacement):
    """504 with an HTML page, as a proxy in front of HubSpot sends it.

    Source: docs (error handling, 2026-03: HubSpot's processing limits), assumed (the page).
    """

    name = "gateway-timeout"
    group = "answers"

    retry_after_s: RetryAfter = None

    def respond(self, firing: Firing) -> Response:
        return proxy_page(504, "504 Gateway Time-out", retry_after_s=self.retry_after_s)
