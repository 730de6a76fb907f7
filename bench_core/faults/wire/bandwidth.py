from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from bench_core.exchange import Message
from bench_core.faults.fault import WireFault, response_head
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register
from bench_core.faults.wire.pieces import drip
from bench_core.wire import Wire

__all__ = ["Bandwidth"]

# How often a second bytes are sent.
TICKS = 50


@register
@dataclass(frozen=True, slots=True)
class Bandwidth(WireFault):
    """The original response at a limited rate.

    Source: reader (Toxiproxy).
    """

    name = "bandwidth"
    group = "wire"

    rate: Annotated[int, Meta(ge=1, description="Kilobytes per second.")] = 100

    async def send(self, firing: Firing, wire: Wire, message: Message) -> None:
        content = response_head(wire, message) + message.body
        await drip(wire, content, size=max(self.rate * 1000 // TICKS, 1), gap_s=1 / TICKS)
        wire.keep()
