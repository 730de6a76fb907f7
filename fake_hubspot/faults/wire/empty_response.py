"""Closes the connection in order (FIN) without a byte."""

from dataclasses import dataclass

from fake_hubspot.context import Message
from fake_hubspot.faults.fault import Moment, WireFault
from fake_hubspot.protocol import Wire

__all__ = ["EmptyResponse"]


@dataclass(frozen=True, slots=True)
class EmptyResponse(WireFault):
    """Closes the connection in order (FIN) without a byte.

    Source: reader (WireMock).
    """

    name = "empty-response"
    aliases = ("EMPTY_RESPONSE",)
    sends_status = False

    async def send(self, moment: Moment, wire: Wire, message: Message) -> None:
        """Write to the wire."""
        wire.close()
