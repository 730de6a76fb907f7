from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from fake_hubspot.context import Body, Response
from fake_hubspot.faults.answers.responses import HUBSPOTS_OWN, RetryAfter, retry_after
from fake_hubspot.faults.fault import Replacement
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register

__all__ = ["CloudflareBan"]

TEXT = b"text/plain; charset=UTF-8"


@register
@dataclass(frozen=True, slots=True)
class CloudflareBan(Replacement):
    """429 or 403 in plain text: Cloudflare has banned the client's address (error 1015).

    Source: recording (HubSpot's forms host).
    """

    name = "cloudflare-ban"
    group = "answers"
    examples = ({"status": 403},)

    status: Annotated[Literal[429, 403], Meta(description="The HTTP status.")] = 429
    retry_after_s: RetryAfter = None

    def respond(self, firing: Firing) -> Response:
        headers = retry_after(self.retry_after_s)
        return Response(self.status, Body(b"error code: 1015"), TEXT, headers, without=HUBSPOTS_OWN)
