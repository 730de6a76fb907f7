from dataclasses import dataclass

from fake_hubspot.context import Response
from fake_hubspot.faults.fault import Replacement
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register
from fake_hubspot.http_errors import credentials_not_found

__all__ = ["Unauthorized"]


@register
@dataclass(frozen=True, slots=True)
class Unauthorized(Replacement):
    """401 with HubSpot's error body and its header: the access token is unknown or has been revoked.

    Source: recording (2023-2026; hubspot-api-nodejs #432).
    """

    name = "unauthorized"
    group = "answers"

    def respond(self, firing: Firing) -> Response:
        return Response.of_error(credentials_not_found(), firing.context.correlation_id)
