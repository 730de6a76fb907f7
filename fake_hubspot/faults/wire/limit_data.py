"""Ends the connection (FIN) after so many bytes in all, the head counted."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.context import Message
from fake_hubspot.faults.fault import Moment, WireFault, head
from fake_hubspot.protocol import Wire

__all__ = ["LimitData"]


@dataclass(frozen=True, slots=True)
class LimitData(WireFault):
    """Ends the connection (FIN) after so many bytes in all, the head counted.

    Source: reader (Toxiproxy).
    """

    name = "limit-data"
    aliases = ("limit_data",)
    examples = ({"bytes": 1500},)

    bytes: Annotated[int, Meta(ge=0, description="How many bytes.")] = 100

    async def send(self, moment: Moment, wire: Wire, message: Message) -> None:
        """Write to the wire."""
        await wire.write((head(wire, message) + message.body)[: self.bytes])
        wire.close()
