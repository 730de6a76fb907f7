from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.context import Response
from fake_hubspot.faults.fault import Replacement
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register
from fake_hubspot.http_errors import HubSpotError

__all__ = ["LongErrorText"]


@register
@dataclass(frozen=True, slots=True)
class LongErrorText(Replacement):
    """400 with HubSpot's error body, in which `message` is one very long word.

    A client that searches the whole message with a regular expression may need minutes for it.

    Source: assumed.
    """

    name = "long-error-text"
    group = "answers"

    length: Annotated[int, Meta(ge=1, le=10_000_000, description="The length of the message.")] = 400_000

    def respond(self, firing: Firing) -> Response:
        return Response.of_error(HubSpotError(400, "x" * self.length), firing.context.correlation_id)
