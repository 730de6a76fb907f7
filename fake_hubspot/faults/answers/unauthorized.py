"""401: the access token is not known (any more)."""

from dataclasses import dataclass

from fake_hubspot.exchange import Reply
from fake_hubspot.faults.fault import Moment, Replacement
from fake_hubspot.tenants import credentials_not_found

__all__ = ["Unauthorized"]


@dataclass(frozen=True, slots=True)
class Unauthorized(Replacement):
    """401: the access token is not known (any more).

    Source: recording (2023-2026; hubspot-api-nodejs #432).
    """

    name = "unauthorized"

    def instead(self, moment: Moment) -> Reply:
        """The answer of the fault."""
        return Reply.of_error(credentials_not_found(), moment.exchange.correlation_id)
