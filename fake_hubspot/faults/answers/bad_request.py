from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from bench_core.exchange import Response
from bench_core.faults.fault import Replacement
from fake_hubspot.context import error_response
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register
from fake_hubspot.http_errors import HubSpotError

__all__ = ["BadRequest"]


@register
@dataclass(frozen=True, slots=True)
class BadRequest(Replacement):
    """400 with HubSpot's error body: HubSpot rejects the request as invalid.

    Source: recording (the form, and `errors` as a list of strings).
    """

    name = "bad-request"
    group = "answers"

    message: Annotated[str, Meta(description="The `message` of the body.")] = "validation error"
    error: Annotated[str, Meta(description="The only entry of `errors`.")] = "query param userId may not be null"

    def respond(self, firing: Firing) -> Response:
        return error_response(HubSpotError(400, self.message, errors=[self.error]), firing.context.correlation_id)
