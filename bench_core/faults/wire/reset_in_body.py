from dataclasses import dataclass

from bench_core.exchange import Message
from bench_core.faults.fault import WireFault, response_head
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register
from bench_core.faults.wire.pieces import AfterBytes, cut
from bench_core.wire import Wire

__all__ = ["ResetInBody"]


@register
@dataclass(frozen=True, slots=True)
class ResetInBody(WireFault):
    """A body that is cut off by a connection reset (RST).

    Source: assumed.
    """

    name = "reset-in-body"
    group = "wire"

    after_bytes: AfterBytes = None

    async def send(self, firing: Firing, wire: Wire, message: Message) -> None:
        await wire.write(response_head(wire, message) + cut(message.body, self.after_bytes))
        await wire.settle()
        wire.reset()
