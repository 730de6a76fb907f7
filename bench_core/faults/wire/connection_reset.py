from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from bench_core.exchange import Message
from bench_core.faults.fault import WireFault
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register
from bench_core.wire import Wire

__all__ = ["ConnectionReset"]


@register
@dataclass(frozen=True, slots=True)
class ConnectionReset(WireFault):
    """A connection reset (RST) before the first byte.

    Source: reader (WireMock, Toxiproxy's `reset_peer`).
    """

    name = "connection-reset"
    group = "wire"
    aliases = ("CONNECTION_RESET_BY_PEER", "reset_peer")
    sends_status = False

    delay_ms: Annotated[int, Meta(ge=0, le=600_000, description="How long it waits first, in milliseconds.")] = 0

    async def send(self, firing: Firing, wire: Wire, message: Message) -> None:
        await wire.pause(self.delay_ms / 1000)
        wire.reset()
