from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from bench_core.exchange import Body, Response
from bench_core.faults.answers.responses import OWN_HEADERS, RetryAfter, retry_after
from bench_core.faults.fault import Replacement
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register

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
        return Response(self.status, Body(b"error code: 1015"), TEXT, headers, without=OWN_HEADERS)
