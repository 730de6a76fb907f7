from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from bench_core.exchange import Message
from bench_core.faults.fault import WireFault, response_head
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register
from bench_core.faults.wire.pieces import drip
from bench_core.wire import Wire

__all__ = ["SlowHeaders"]


@register
@dataclass(frozen=True, slots=True)
class SlowHeaders(WireFault):
    """The original response, its status line and headers sent in small pieces over a period of time.

    Source: assumed.
    """

    name = "slow-headers"
    group = "wire"

    duration_ms: Annotated[int, Meta(ge=0, le=600_000, description="How long the headers take, in milliseconds.")] = (
        1000
    )
    pieces: Annotated[int, Meta(ge=2, le=10_000, description="The number of pieces.")] = 20

    async def send(self, firing: Firing, wire: Wire, message: Message) -> None:
        content = response_head(wire, message)
        size = -(-len(content) // self.pieces)
        await drip(wire, content, size=size, gap_s=self.duration_ms / 1000 / (self.pieces - 1))
        await wire.write(message.body)
        wire.keep()
