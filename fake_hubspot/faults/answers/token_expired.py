"""401: the OAuth access token has expired, which it does after 30 minutes, mid-walk too."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.context import Response
from fake_hubspot.faults.fault import Moment, Replacement
from fake_hubspot.portal.access import expired

__all__ = ["TokenExpired"]


@dataclass(frozen=True, slots=True)
class TokenExpired(Replacement):
    """401: the OAuth access token has expired, which it does after 30 minutes, mid-walk too.

    Source: recording (airbyte #74726).
    """

    name = "token-expired"

    ago_s: Annotated[int, Meta(ge=0, description="How many seconds ago it expired.")] = 0

    def instead(self, moment: Moment) -> Response:
        """The answer of the fault."""
        now_ms = moment.context.portal.clock.now_ms()
        return Response.of_error(expired(now_ms, now_ms - self.ago_s * 1000), moment.context.correlation_id)
