"""404 as HTML or JSON."""

from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from fake_hubspot.context import Response
from fake_hubspot.errors import HubSpotError, not_found_page
from fake_hubspot.faults.fault import Moment, Replacement

__all__ = ["NotFound"]


@dataclass(frozen=True, slots=True)
class NotFound(Replacement):
    """404 as HTML or JSON.

    Source: recording (HTML for a missing record, JSON for a missing record on writes).
    """

    name = "not-found"
    examples = ({"body": "json"},)

    body: Annotated[Literal["html", "json"], Meta(description="Which of the two bodies.")] = "html"

    def instead(self, moment: Moment) -> Response:
        """The answer of the fault."""
        error = not_found_page() if self.body == "html" else HubSpotError(404, "resource not found")
        return Response.of_error(error, moment.context.correlation_id)
