"""400: HubSpot finds the request invalid."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.context import Response
from fake_hubspot.errors import HubSpotError
from fake_hubspot.faults.fault import Moment, Replacement

__all__ = ["BadRequest"]


@dataclass(frozen=True, slots=True)
class BadRequest(Replacement):
    """400: HubSpot finds the request invalid.

    Source: recording (the form, and `errors` as a list of texts).
    """

    name = "bad-request"

    message: Annotated[str, Meta(description="The `message` of the body.")] = "validation error"
    error: Annotated[str, Meta(description="The one entry of `errors`.")] = "query param userId may not be null"

    def instead(self, moment: Moment) -> Response:
        """The answer of the fault."""
        return Response.of_error(HubSpotError(400, self.message, errors=[self.error]), moment.context.correlation_id)
