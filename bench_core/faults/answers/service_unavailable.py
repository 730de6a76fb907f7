from dataclasses import dataclass

from bench_core.exchange import Response
from bench_core.faults.answers.responses import RetryAfter, proxy_page
from bench_core.faults.fault import Replacement
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register

__all__ = ["ServiceUnavailable"]


@register
@dataclass(frozen=True, slots=True)
class ServiceUnavailable(Replacement):
    """503 with an HTML page, as a proxy in front of an API sends it.

    Source: docs (error handling, 2026-03: temporarily unavailable), assumed (the page).
    """

    name = "service-unavailable"
    group = "answers"
    examples = ({"retry_after_s": 1},)

    retry_after_s: RetryAfter = None

    def respond(self, firing: Firing) -> Response:
        return proxy_page(503, "503 Service Temporarily Unavailable", retry_after_s=self.retry_after_s)
