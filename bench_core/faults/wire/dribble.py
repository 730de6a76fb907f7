from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from bench_core.exchange import Message
from bench_core.faults.fault import WireFault, response_head
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register
from bench_core.faults.wire.pieces import drip
from bench_core.wire import Wire

__all__ = ["Dribble"]


@register
@dataclass(frozen=True, slots=True)
class Dribble(WireFault):
    """The original response, its body sent in pieces over a period of time, compressed or not.

    Source: reader (WireMock's chunked dribble delay, which gzip defeats there: wiremock #1097).
    """

    name = "dribble"
    group = "wire"
    aliases = ("chunkedDribbleDelay",)

    duration_ms: Annotated[int, Meta(ge=0, le=600_000, description="How long the body takes, in milliseconds.")] = 1000
    pieces: Annotated[int, Meta(ge=2, le=100_000, description="The number of pieces.")] = 5

    async def send(self, firing: Firing, wire: Wire, message: Message) -> None:
        await wire.write(response_head(wire, message))
        size = max(-(-len(message.body) // self.pieces), 1)
        await drip(wire, message.body, size=size, gap_s=self.duration_ms / 1000 / (self.pieces - 1))
        wire.keep()
