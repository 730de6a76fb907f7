"""429 in plain text: Cloudflare has banned the address (1015)."""

from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from fake_hubspot.context import Body, Response
from fake_hubspot.faults.answers.responses import HUBSPOTS_OWN, retry_after
from fake_hubspot.faults.fault import Moment, Replacement

__all__ = ["CloudflareBan"]

TEXT = b"text/plain; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class CloudflareBan(Replacement):
    """429 in plain text: Cloudflare has banned the address (1015).

    Source: recording (HubSpot's forms host).
    """

    name = "cloudflare-ban"
    examples = ({"status": 403},)

    status: Annotated[Literal[429, 403], Meta(description="The HTTP status.")] = 429
    retry_after_s: Annotated[int, Meta(ge=0, description="Seconds in Retry-After; null sends none.")] | None = None

    def instead(self, moment: Moment) -> Response:
        """The answer of the fault."""
        headers = retry_after(self.retry_after_s)
        return Response(self.status, Body(b"error code: 1015"), TEXT, headers, without=HUBSPOTS_OWN)
