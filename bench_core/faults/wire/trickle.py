from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from bench_core.exchange import Message
from bench_core.faults.fault import WireFault, response_head
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register
from bench_core.faults.wire.pieces import drip
from bench_core.wire import Wire

__all__ = ["Trickle"]


@register
@dataclass(frozen=True, slots=True)
class Trickle(WireFault):
    """The original response, byte by byte, so that a page takes hours.

    Each byte arrives within the usual time limits. A client without a limit for the whole response waits for all of
    them.

    Source: reader (requests, documentation of timeouts: the limit is not for the whole response).
    """

    name = "trickle"
    group = "wire"
    examples = ({"part": "head"},)

    part: Annotated[
        Literal["head", "body"], Meta(description="What arrives byte by byte; the rest follows or precedes.")
    ] = "body"
    interval_ms: Annotated[int, Meta(ge=0, le=60_000, description="Milliseconds between two bytes.")] = 200

    async def send(self, firing: Firing, wire: Wire, message: Message) -> None:
        head = response_head(wire, message)
        slow = head if self.part == "head" else message.body
        if self.part == "body":
            await wire.write(head)
        await drip(wire, slow, size=1, gap_s=self.interval_ms / 1000)
        if self.part == "head":
            await wire.write(message.body)
        wire.keep()
