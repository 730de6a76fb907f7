from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from bench_core.exchange import Message
from bench_core.faults.fault import WireFault, response_head
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register
from bench_core.wire import Wire

__all__ = ["Slicer"]


@register
@dataclass(frozen=True, slots=True)
class Slicer(WireFault):
    """The original response in small slices with a short gap between them.

    Source: reader (Toxiproxy).
    """

    name = "slicer"
    group = "wire"

    average_size: Annotated[int, Meta(ge=1, description="The average size of a slice in bytes.")] = 512
    size_variation: Annotated[int, Meta(ge=0, description="The maximum deviation in bytes, drawn from the seed.")] = 0
    delay_us: Annotated[int, Meta(ge=0, le=10_000_000, description="The gap in microseconds.")] = 1000

    async def send(self, firing: Firing, wire: Wire, message: Message) -> None:
        content = response_head(wire, message) + message.body
        start = 0
        while start < len(content):
            size = max(self.average_size + firing.random.randint(-self.size_variation, self.size_variation), 1)
            await wire.write(content[start : start + size])
            start += size
            await wire.pause(self.delay_us / 1_000_000)
        wire.keep()
