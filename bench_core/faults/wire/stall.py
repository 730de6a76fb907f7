from dataclasses import dataclass

from bench_core.exchange import Message
from bench_core.faults.fault import WireFault, response_head
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register
from bench_core.faults.wire.pieces import AfterBytes, cut
from bench_core.wire import Wire

__all__ = ["Stall"]


@register
@dataclass(frozen=True, slots=True)
class Stall(WireFault):
    """The headers and the first part of the body, then nothing more.

    The connection stays open indefinitely.

    Source: assumed.
    """

    name = "stall"
    group = "wire"

    after_bytes: AfterBytes = None

    async def send(self, firing: Firing, wire: Wire, message: Message) -> None:
        await wire.write(response_head(wire, message) + cut(message.body, self.after_bytes))
        await wire.pause(None)
