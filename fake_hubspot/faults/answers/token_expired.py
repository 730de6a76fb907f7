from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from bench_core.exchange import Response
from bench_core.faults.fault import Replacement
from fake_hubspot.context import error_response
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register
from fake_hubspot.http_errors import expired_token

__all__ = ["TokenExpired"]


@register
@dataclass(frozen=True, slots=True)
class TokenExpired(Replacement):
    """401 with HubSpot's error body: the OAuth access token has expired.

    Tokens live for 30 minutes, so this can happen on any page.

    Source: recording (airbyte #74726).
    """

    name = "token-expired"
    group = "answers"

    ago_s: Annotated[int, Meta(ge=0, description="How many seconds ago it expired.")] = 0

    def respond(self, firing: Firing) -> Response:
        now_ms = firing.context.portal.clock.now_ms()
        return error_response(expired_token(now_ms, now_ms - self.ago_s * 1000), firing.context.correlation_id)
