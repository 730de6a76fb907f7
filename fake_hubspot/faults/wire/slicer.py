"""The whole answer in small slices with a short gap between two."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.context import Message
from fake_hubspot.faults.fault import Moment, WireFault, head
from fake_hubspot.protocol import Wire

__all__ = ["Slicer"]


@dataclass(frozen=True, slots=True)
class Slicer(WireFault):
    """The whole answer in small slices with a short gap between two.

    Source: reader (Toxiproxy).
    """

    name = "slicer"

    average_size: Annotated[int, Meta(ge=1, description="Bytes in a slice.")] = 512
    size_variation: Annotated[int, Meta(ge=0, description="Up to so many more or fewer, drawn from the seed.")] = 0
    delay_us: Annotated[int, Meta(ge=0, le=10_000_000, description="The gap, in microseconds.")] = 1000

    async def send(self, moment: Moment, wire: Wire, message: Message) -> None:
        """Write to the wire."""
        content = head(wire, message) + message.body
        start = 0
        while start < len(content):
            size = max(self.average_size + moment.random.randint(-self.size_variation, self.size_variation), 1)
            await wire.write(content[start : start + size])
            start += size
            await wire.pause(self.delay_us / 1_000_000)
        wire.keep()
