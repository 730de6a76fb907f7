"""414 as HTML, which HubSpot answers to addresses of some 16,000 characters."""

from dataclasses import dataclass

from fake_hubspot.context import Response
from fake_hubspot.errors import uri_too_long
from fake_hubspot.faults.fault import Moment, Replacement

__all__ = ["UriTooLong"]


@dataclass(frozen=True, slots=True)
class UriTooLong(Replacement):
    """414 as HTML, which HubSpot answers to addresses of some 16,000 characters.

    Source: recording (PostHog #31617; the page's start).
    """

    name = "uri-too-long"

    def instead(self, moment: Moment) -> Response:
        """The answer of the fault."""
        return Response.of_error(uri_too_long(), moment.context.correlation_id)
