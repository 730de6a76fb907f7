from dataclasses import dataclass

from fake_hubspot.context import Message
from fake_hubspot.faults.fault import WireFault, response_head
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register
from fake_hubspot.faults.wire.pieces import AfterBytes, cut
from fake_hubspot.protocol import Wire

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
