from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from bench_core.exchange import Message
from bench_core.faults.fault import WireFault, response_head
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register
from bench_core.wire import Wire

__all__ = ["SlowClose"]


@register
@dataclass(frozen=True, slots=True)
class SlowClose(WireFault):
    """The original response without a length.

    The client knows it is complete only when the connection closes, which happens late.

    Source: reader (Toxiproxy).
    """

    name = "slow-close"
    group = "wire"
    aliases = ("slow_close",)

    delay_ms: Annotated[int, Meta(ge=0, le=600_000, description="The delay in milliseconds.")] = 1000

    async def send(self, firing: Firing, wire: Wire, message: Message) -> None:
        start = response_head(wire, message, without=(b"content-length",), extra=[(b"connection", b"close")])
        await wire.write(start + message.body)
        await wire.pause(self.delay_ms / 1000)
        wire.close()
