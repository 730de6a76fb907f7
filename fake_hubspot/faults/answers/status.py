"""Any status with HubSpot's JSON body."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.context import Response
from fake_hubspot.errors import HubSpotError
from fake_hubspot.faults.answers.responses import retry_after
from fake_hubspot.faults.fault import Moment, Replacement

__all__ = ["Status"]


@dataclass(frozen=True, slots=True)
class Status(Replacement):
    """Any status with HubSpot's JSON body.

    Source: recording (the 500 body); other statuses as the parameters say: assumed.
    """

    name = "status"
    examples = ({"status": 503, "retry_after_s": 1}, {"status": 418})

    status: Annotated[int, Meta(ge=200, le=599, description="The HTTP status.")] = 500
    message: Annotated[str, Meta(description="The `message` of the body.")] = "internal error"
    category: Annotated[str, Meta(description="The `category` of the body; null leaves it out.")] | None = None
    retry_after_s: Annotated[int, Meta(ge=0, description="Seconds in Retry-After; null sends none.")] | None = None

    def instead(self, moment: Moment) -> Response:
        """The answer of the fault."""
        error = HubSpotError(self.status, self.message, category=self.category, headers=retry_after(self.retry_after_s))
        return Response.of_error(error, moment.context.correlation_id)
