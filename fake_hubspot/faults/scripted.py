"""An error answer on every call, or on one page of a list."""

from dataclasses import dataclass

import msgspec

from fake_hubspot.errors import HubSpotError
from fake_hubspot.exchange import Answer, Body, Exchange, Reply

__all__ = ["ScriptedError"]


@dataclass(frozen=True, slots=True)
class ScriptedError:
    """Answers `status` with HubSpot's body. With `page` only to that page of a list.

    Source: recording (the 500 body).
    """

    status: int = 500
    page: int | None = None
    name: str = "status"

    def match(self, exchange: Exchange) -> "ScriptedError | None":
        """This fault, where it applies."""
        return self if self.page is None or exchange.page == self.page else None

    async def run(self, exchange: Exchange, answer: Answer) -> Reply:  # noqa: ARG002 - the protocol's signature
        """Replace the answer."""
        error = HubSpotError(self.status, "internal error")
        return Reply(self.status, Body(msgspec.json.encode(error.body(exchange.correlation_id))))
