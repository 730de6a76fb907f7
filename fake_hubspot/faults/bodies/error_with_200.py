"""200 with HubSpot's error object."""

from dataclasses import dataclass

from fake_hubspot.context import Response
from fake_hubspot.errors import HubSpotError
from fake_hubspot.faults.fault import Moment, Replacement

__all__ = ["ErrorWith200"]


@dataclass(frozen=True, slots=True)
class ErrorWith200(Replacement):
    """200 with HubSpot's error object.

    Source: assumed.
    """

    name = "error-with-200"

    def instead(self, moment: Moment) -> Response:
        """The answer of the fault."""
        return Response.of(HubSpotError(500, "internal error").body(moment.context.correlation_id))
