from dataclasses import dataclass

from bench_core.exchange import Response
from bench_core.faults.fault import Replacement
from fake_hubspot.context import error_response
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
        return error_response(uri_too_long(), firing.context.correlation_id)
