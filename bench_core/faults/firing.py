"""One firing of a fault: what a fault is told about the request that it changes."""

import asyncio
from random import Random
from typing import Generic, TypeVar

import msgspec

from bench_core.exchange import Exchange

__all__ = ["Firing", "FiringOf"]

AnyExchange = TypeVar("AnyExchange", bound=Exchange)


class FiringOf(msgspec.Struct, Generic[AnyExchange], frozen=True):
    """One firing of a fault.

    Attributes:
        context: The request: its parameters, the journal entry, the raw connection, and what else the server knows.
        random: The fault's own source of randomness, which `seed` of its rule determines.
        count: How many times the fault has fired, this time included.
    """

    context: AnyExchange
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


Firing = FiringOf[Exchange]
