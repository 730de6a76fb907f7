from dataclasses import dataclass

from bench_core.exchange import Response
from bench_core.faults.answers.responses import RetryAfter, retry_after
from bench_core.faults.fault import Replacement
from fake_hubspot.context import error_response
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register
from fake_hubspot.http_errors import HubSpotError

__all__ = ["Locked"]


@register
@dataclass(frozen=True, slots=True)
class Locked(Replacement):
    """423: the record is locked for two seconds.

    Source: docs (error handling, 2026-03: the status and the two seconds), assumed (the body).
    """

    name = "locked"
    group = "answers"
    examples = ({"retry_after_s": 2},)

    retry_after_s: RetryAfter = None

    def respond(self, firing: Firing) -> Response:
        headers = retry_after(self.retry_after_s)
        return error_response(HubSpotError(423, "Locked", headers=headers), firing.context.correlation_id)
