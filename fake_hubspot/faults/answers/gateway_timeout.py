"""504 as an HTML page."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.context import Response
from fake_hubspot.faults.answers.responses import edge_page
from fake_hubspot.faults.fault import Moment, Replacement

__all__ = ["GatewayTimeout"]


@dataclass(frozen=True, slots=True)
class GatewayTimeout(Replacement):
    """504 as an HTML page.

    Source: docs (error handling, 2026-03: HubSpot's processing limits), assumed (the page).
    """

    name = "gateway-timeout"

    retry_after_s: Annotated[int, Meta(ge=0, description="Seconds in Retry-After; null sends none.")] | None = None

    def instead(self, moment: Moment) -> Response:
        """The answer of the fault."""
        return edge_page(504, "504 Gateway Time-out", retry_after_s=self.retry_after_s)
