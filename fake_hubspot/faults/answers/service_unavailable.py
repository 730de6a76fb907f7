from dataclasses import dataclass

from fake_hubspot.context import Response
from fake_hubspot.faults.answers.responses import RetryAfter, proxy_page
from fake_hubspot.faults.fault import Replacement
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register

__all__ = ["ServiceUnavailable"]


@register
@dataclass(frozen=True, slots=True)
class ServiceUnavailable(Replacement):
    """503 with an HTML page, as a proxy in front of HubSpot sends it.

    Source: docs (error handling, 2026-03: temporarily unavailable), assumed (the page).
    """

    name = "service-unavailable"
    group = "answers"
    examples = ({"retry_after_s": 1},)

    retry_after_s: RetryAfter = None

    def respond(self, firing: Firing) -> Response:
        return proxy_page(503, "503 Service Temporarily Unavailable", retry_after_s=self.retry_after_s)
