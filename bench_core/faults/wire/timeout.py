from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from bench_core.exchange import Message
from bench_core.faults.fault import WireFault
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register
from bench_core.wire import Wire

__all__ = ["Timeout"]


@register
@dataclass(frozen=True, slots=True)
class Timeout(WireFault):
    """No byte at all, then FIN; with `timeout_ms` 0 the connection stays open indefinitely.

    Source: reader (Toxiproxy).
    """

    name = "timeout"
    group = "wire"
    sends_status = False

    timeout_ms: Annotated[int, Meta(ge=0, le=600_000, description="The delay in milliseconds; 0 for ever.")] = 0

    async def send(self, firing: Firing, wire: Wire, message: Message) -> None:
        await wire.pause(self.timeout_ms / 1000 if self.timeout_ms else None)
        wire.close()
