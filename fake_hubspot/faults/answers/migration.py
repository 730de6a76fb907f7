from dataclasses import dataclass

from bench_core.exchange import Response
from bench_core.faults.answers.responses import RetryAfter, retry_after
from bench_core.faults.fault import Replacement
from fake_hubspot.context import error_response
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register
from fake_hubspot.http_errors import HubSpotError

__all__ = ["Migration"]


@register
@dataclass(frozen=True, slots=True)
class Migration(Replacement):
    """477: the account is being moved to another data centre.

    Source: docs (the status, and that Retry-After is sent, up to a day), assumed (the body).
    """

    name = "migration"
    group = "answers"

    retry_after_s: RetryAfter = 2

    def respond(self, firing: Firing) -> Response:
        error = HubSpotError(477, "Migration in progress", headers=retry_after(self.retry_after_s))
        return error_response(error, firing.context.correlation_id)
