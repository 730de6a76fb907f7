from dataclasses import dataclass

from fake_hubspot.context import Message
from fake_hubspot.faults.fault import WireFault
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register
from fake_hubspot.protocol import Wire

__all__ = ["EmptyResponse"]


@register
@dataclass(frozen=True, slots=True)
class EmptyResponse(WireFault):
    """A clean close (FIN) before the first byte.

    Source: reader (WireMock).
    """

    name = "empty-response"
    group = "wire"
    aliases = ("EMPTY_RESPONSE",)
    sends_status = False

    async def send(self, firing: Firing, wire: Wire, message: Message) -> None:
        wire.close()
