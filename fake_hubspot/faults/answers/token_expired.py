"""401: the OAuth access token has expired, which it does after 30 minutes, mid-walk too."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.errors import HubSpotError
from fake_hubspot.exchange import Reply
from fake_hubspot.faults.answers.replies import error_reply
from fake_hubspot.faults.fault import Moment, Replacement
from fake_hubspot.portal.clock import format_time

__all__ = ["TokenExpired"]


@dataclass(frozen=True, slots=True)
class TokenExpired(Replacement):
    """401: the OAuth access token has expired, which it does after 30 minutes, mid-walk too.

    Source: recording (airbyte #74726).
    """

    name = "token-expired"

    ago_s: Annotated[int, Meta(ge=0, description="How many seconds ago it expired.")] = 0

    def instead(self, moment: Moment) -> Reply:
        """The answer of the fault."""
        now_ms = moment.exchange.portal.clock.now_ms()
        text = f"The OAuth token used to make this call expired {self.ago_s} second(s) ago."
        context = {"expire time": [format_time(now_ms - self.ago_s * 1000)]}
        failure = [(b"x-hubspot-auth-failure", b"401 Unauthorized")]
        error = HubSpotError(401, text, category="EXPIRED_AUTHENTICATION", context=context, headers=failure)
        return error_reply(moment, error)
