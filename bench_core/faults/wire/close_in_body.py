from dataclasses import dataclass

from bench_core.exchange import Message
from bench_core.faults.fault import WireFault, response_head
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register
from bench_core.faults.wire.pieces import AfterBytes, cut
from bench_core.wire import Wire

__all__ = ["CloseInBody"]


@register
@dataclass(frozen=True, slots=True)
class CloseInBody(WireFault):
    """A body that is cut off by a clean close (FIN).

    Source: assumed.
    """

    name = "close-in-body"
    group = "wire"
    examples = ({"after_bytes": 0},)

    after_bytes: AfterBytes = None

    async def send(self, firing: Firing, wire: Wire, message: Message) -> None:
        await wire.write(response_head(wire, message) + cut(message.body, self.after_bytes))
        wire.close()
