"""500 with HubSpot's body."""

from dataclasses import dataclass

from fake_hubspot.context import Response
from fake_hubspot.errors import HubSpotError
from fake_hubspot.faults.fault import Moment, Replacement

__all__ = ["ServerError"]


@dataclass(frozen=True, slots=True)
class ServerError(Replacement):
    """500 with HubSpot's body.

    Source: recording.
    """

    name = "server-error"

    def instead(self, moment: Moment) -> Response:
        """The answer of the fault."""
        return Response.of_error(HubSpotError(500, "internal error"), moment.context.correlation_id)
