from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.context import Response
from fake_hubspot.faults.answers.responses import RetryAfter, retry_after
from fake_hubspot.faults.fault import Replacement
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register
from fake_hubspot.http_errors import HubSpotError

__all__ = ["Status"]


@register
@dataclass(frozen=True, slots=True)
class Status(Replacement):
    """Any status with HubSpot's JSON error body.

    Source: recording (the 500 body), assumed (other statuses).
    """

    name = "status"
    group = "answers"
    examples = ({"status": 503, "retry_after_s": 1}, {"status": 418})

    status: Annotated[int, Meta(ge=200, le=599, description="The HTTP status.")] = 500
    message: Annotated[str, Meta(description="The `message` of the body.")] = "internal error"
    category: Annotated[str, Meta(description="The `category` of the body; null omits it.")] | None = None
    retry_after_s: RetryAfter = None

    def respond(self, firing: Firing) -> Response:
        error = HubSpotError(self.status, self.message, category=self.category, headers=retry_after(self.retry_after_s))
        return Response.of_error(error, firing.context.correlation_id)
