"""409: the contact exists."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.context import Response
from fake_hubspot.errors import HubSpotError
from fake_hubspot.faults.fault import Moment, Replacement

__all__ = ["Conflict"]


@dataclass(frozen=True, slots=True)
class Conflict(Replacement):
    """409: the contact exists.

    Source: recording (2023-2025).
    """

    name = "conflict"

    existing_id: Annotated[str, Meta(description="The id that the message names.")] = "12345"

    def instead(self, moment: Moment) -> Response:
        """The answer of the fault."""
        text = f"Contact already exists. Existing ID: {self.existing_id}"
        return Response.of_error(HubSpotError(409, text, category="CONFLICT"), moment.context.correlation_id)
