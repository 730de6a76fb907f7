"""The head and the first part of the body, then nothing more; the connection stays open without end."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.context import Message
from fake_hubspot.faults.fault import Moment, WireFault, head
from fake_hubspot.faults.wire.pieces import cut
from fake_hubspot.protocol import Wire

__all__ = ["Stall"]


@dataclass(frozen=True, slots=True)
class Stall(WireFault):
    """The head and the first part of the body, then nothing more; the connection stays open without end.

    Source: assumed.
    """

    name = "stall"

    after_bytes: (
        Annotated[int, Meta(ge=0, description="How many bytes of the body go out, as sent; null for half.")] | None
    ) = None

    async def send(self, moment: Moment, wire: Wire, message: Message) -> None:
        """Write to the wire."""
        await wire.write(head(wire, message) + cut(message.body, self.after_bytes))
        await wire.pause(None)
