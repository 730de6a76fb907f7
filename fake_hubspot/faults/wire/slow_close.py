"""The whole answer without a length; the end of the connection, which tells that it is whole, comes late."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.context import Message
from fake_hubspot.faults.fault import Moment, WireFault, head
from fake_hubspot.protocol import Wire

__all__ = ["SlowClose"]


@dataclass(frozen=True, slots=True)
class SlowClose(WireFault):
    """The whole answer without a length; the end of the connection, which tells that it is whole, comes late.

    Source: reader (Toxiproxy).
    """

    name = "slow-close"
    aliases = ("slow_close",)

    delay_ms: Annotated[int, Meta(ge=0, le=600_000, description="How long, in milliseconds.")] = 1000

    async def send(self, moment: Moment, wire: Wire, message: Message) -> None:
        """Write to the wire."""
        start = head(wire, message, without=(b"content-length",), extra=[(b"connection", b"close")])
        await wire.write(start + message.body)
        await wire.pause(self.delay_ms / 1000)
        wire.close()
