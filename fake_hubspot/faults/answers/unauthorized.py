"""401: the access token is not known (any more)."""

from dataclasses import dataclass

from fake_hubspot.context import Response
from fake_hubspot.errors import credentials_not_found
from fake_hubspot.faults.fault import Moment, Replacement

__all__ = ["Unauthorized"]


@dataclass(frozen=True, slots=True)
class Unauthorized(Replacement):
    """401: the access token is not known (any more).

    Source: recording (2023-2026; hubspot-api-nodejs #432).
    """

    name = "unauthorized"

    def instead(self, moment: Moment) -> Response:
        """The answer of the fault."""
        return Response.of_error(credentials_not_found(), moment.context.correlation_id)
