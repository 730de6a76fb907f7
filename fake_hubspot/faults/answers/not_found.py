from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from fake_hubspot.context import Response
from fake_hubspot.faults.fault import Replacement
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register
from fake_hubspot.http_errors import HubSpotError, not_found_page

__all__ = ["NotFound"]


@register
@dataclass(frozen=True, slots=True)
class NotFound(Replacement):
    """404 with Jetty's HTML page or HubSpot's JSON.

    Source: recording (HTML for a missing record, JSON for a missing record on writes).
    """

    name = "not-found"
    group = "answers"
    examples = ({"body": "json"},)

    body: Annotated[Literal["html", "json"], Meta(description="Which of the two bodies is sent.")] = "html"

    def respond(self, firing: Firing) -> Response:
        error = not_found_page() if self.body == "html" else HubSpotError(404, "resource not found")
        return Response.of_error(error, firing.context.correlation_id)
