from dataclasses import dataclass

from fake_hubspot.context import Response
from fake_hubspot.faults.fault import Replacement
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register
from fake_hubspot.http_errors import HubSpotError

__all__ = ["ErrorWith200"]


@register
@dataclass(frozen=True, slots=True)
class ErrorWith200(Replacement):
    """200 with HubSpot's error object.

    Source: assumed.
    """

    name = "error-with-200"
    group = "bodies"

    def respond(self, firing: Firing) -> Response:
        return Response.of(HubSpotError(500, "internal error").body(firing.context.correlation_id))
