"""200 with HubSpot's error object."""

from dataclasses import dataclass

from fake_hubspot.errors import HubSpotError
from fake_hubspot.exchange import Reply
from fake_hubspot.faults.fault import Moment, Replacement

__all__ = ["ErrorWith200"]


@dataclass(frozen=True, slots=True)
class ErrorWith200(Replacement):
    """200 with HubSpot's error object.

    Source: assumed.
    """

    name = "error-with-200"

    def instead(self, moment: Moment) -> Reply:
        """The answer of the fault."""
        return Reply.of(HubSpotError(500, "internal error").body(moment.exchange.correlation_id))
