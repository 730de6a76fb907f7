"""The head drips out byte by byte, or in small pieces; the body follows at once."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.context import Message
from fake_hubspot.faults.fault import Moment, WireFault, head
from fake_hubspot.faults.wire.pieces import drip
from fake_hubspot.protocol import Wire

__all__ = ["SlowHeaders"]


@dataclass(frozen=True, slots=True)
class SlowHeaders(WireFault):
    """The head drips out byte by byte, or in small pieces; the body follows at once.

    Source: assumed.
    """

    name = "slow-headers"

    duration_ms: Annotated[int, Meta(ge=0, le=600_000, description="How long the head takes, in milliseconds.")] = 1000
    pieces: Annotated[int, Meta(ge=2, le=10_000, description="In how many pieces.")] = 20

    async def send(self, moment: Moment, wire: Wire, message: Message) -> None:
        """Write to the wire."""
        content = head(wire, message)
        size = -(-len(content) // self.pieces)
        await drip(wire, content, size=size, gap_s=self.duration_ms / 1000 / (self.pieces - 1))
        await wire.write(message.body)
        wire.keep()
