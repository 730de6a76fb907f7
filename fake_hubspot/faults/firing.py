"""One firing of a fault: what a fault is told about the request that it changes."""

import asyncio
from random import Random

import msgspec

from fake_hubspot.context import RequestContext

__all__ = ["Firing"]


class Firing(msgspec.Struct, frozen=True):
    """One firing of a fault.

    Attributes:
        context: The request: its parameters, the portal, the journal entry, the raw connection.
        random: The fault's own source of randomness, which `seed` of its rule determines.
        count: How many times the fault has fired, this time included.
    """

    context: RequestContext
    random: Random
    count: int

    async def pause(self, seconds: float) -> None:
        """Wait, but no longer than the connection lives.

        Raises:
            ConnectionGoneError: The client disconnected, or the server stops.
        """
        if self.context.wire is None:
            await asyncio.sleep(seconds)
        else:
            await self.context.wire.pause(seconds)
