from dataclasses import dataclass

from fake_hubspot.context import Response
from fake_hubspot.faults.fault import Replacement
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register
from fake_hubspot.http_errors import HubSpotError

__all__ = ["ServerError"]


@register
@dataclass(frozen=True, slots=True)
class ServerError(Replacement):
    """500 with HubSpot's error body.

    Source: recording.
    """

    name = "server-error"
    group = "answers"

    def respond(self, firing: Firing) -> Response:
        return Response.of_error(HubSpotError(500, "internal error"), firing.context.correlation_id)
