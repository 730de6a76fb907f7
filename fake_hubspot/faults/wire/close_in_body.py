from dataclasses import dataclass

from fake_hubspot.context import Message
from fake_hubspot.faults.fault import WireFault, response_head
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register
from fake_hubspot.faults.wire.pieces import AfterBytes, cut
from fake_hubspot.protocol import Wire

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
