from dataclasses import dataclass

from fake_hubspot.context import Response
from fake_hubspot.faults.fault import Replacement
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register
from fake_hubspot.http_errors import uri_too_long

__all__ = ["UriTooLong"]


@register
@dataclass(frozen=True, slots=True)
class UriTooLong(Replacement):
    """414 with an HTML page.

    HubSpot sends it when the URL exceeds about 16,000 characters.

    Source: recording (PostHog #31617: the start of the page).
    """

    name = "uri-too-long"
    group = "answers"

    def respond(self, firing: Firing) -> Response:
        return Response.of_error(uri_too_long(), firing.context.correlation_id)
