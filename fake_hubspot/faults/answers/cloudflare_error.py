"""520 to 530 as an HTML page: Cloudflare cannot reach HubSpot, or (530) dislikes the token."""

from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from fake_hubspot.context import Response
from fake_hubspot.faults.answers.responses import edge_page
from fake_hubspot.faults.fault import Moment, Replacement

__all__ = ["CloudflareError"]

TEXTS = {
    520: "Web server is returning an unknown error",
    521: "Web server is down",
    522: "Connection timed out",
    523: "Origin is unreachable",
    524: "A timeout occurred",
    525: "SSL handshake failed",
    526: "Invalid SSL certificate",
    530: "The origin has been unregistered from Cloudflare",
}


@dataclass(frozen=True, slots=True)
class CloudflareError(Replacement):
    """520 to 530 as an HTML page: Cloudflare cannot reach HubSpot, or (530) dislikes the token.

    Source: docs (521 to 526), reader (airbyte source-hubspot: 530 for a malformed token), assumed (the page).
    """

    name = "cloudflare-error"
    examples = tuple({"status": status} for status in (521, 522, 524, 530))

    status: Annotated[Literal[520, 521, 522, 523, 524, 525, 526, 530], Meta(description="The HTTP status.")] = 520

    def instead(self, moment: Moment) -> Response:
        """The answer of the fault."""
        return edge_page(self.status, f"hubapi.com | {self.status}: {TEXTS[self.status]}")
