from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from bench_core.exchange import Response
from bench_core.faults.answers.responses import proxy_page
from bench_core.faults.fault import Replacement
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register

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


@register
@dataclass(frozen=True, slots=True)
class CloudflareError(Replacement):
    """520 to 530 with an HTML page: Cloudflare cannot reach the API, or (530) rejects the token.

    Source: docs (521 to 526), reader (airbyte source-hubspot: 530 for a malformed token), assumed (the page).
    """

    name = "cloudflare-error"
    group = "answers"
    examples = tuple({"status": status} for status in (521, 522, 524, 530))

    status: Annotated[Literal[520, 521, 522, 523, 524, 525, 526, 530], Meta(description="The HTTP status.")] = 520

    def respond(self, firing: Firing) -> Response:
        return proxy_page(self.status, f"{self.status}: {TEXTS[self.status]}")
