from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from bench_core.exchange import Response
from bench_core.faults.fault import Replacement
from fake_hubspot.context import error_response
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register
from fake_hubspot.http_errors import HubSpotError

__all__ = ["Conflict"]


@register
@dataclass(frozen=True, slots=True)
class Conflict(Replacement):
    """409 with HubSpot's error body: a contact with this address exists already.

    Source: recording (2023-2025).
    """

    name = "conflict"
    group = "answers"

    existing_id: Annotated[str, Meta(description="The id in the message.")] = "12345"

    def respond(self, firing: Firing) -> Response:
        text = f"Contact already exists. Existing ID: {self.existing_id}"
        return error_response(HubSpotError(409, text, category="CONFLICT"), firing.context.correlation_id)
