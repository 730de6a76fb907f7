"""The whole answer at a limited rate."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.context import Message
from fake_hubspot.faults.fault import Moment, WireFault, head
from fake_hubspot.faults.wire.pieces import drip
from fake_hubspot.protocol import Wire

__all__ = ["Bandwidth"]

# How often a second bytes are sent.
TICKS = 50


@dataclass(frozen=True, slots=True)
class Bandwidth(WireFault):
    """The whole answer at a limited rate.

    Source: reader (Toxiproxy).
    """

    name = "bandwidth"

    rate: Annotated[int, Meta(ge=1, description="Kilobytes a second.")] = 100

    async def send(self, moment: Moment, wire: Wire, message: Message) -> None:
        """Write to the wire."""
        content = head(wire, message) + message.body
        await drip(wire, content, size=max(self.rate * 1000 // TICKS, 1), gap_s=1 / TICKS)
        wire.keep()
