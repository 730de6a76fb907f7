"""Ends the connection in order (FIN) in the middle of the body."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.context import Message
from fake_hubspot.faults.fault import Moment, WireFault, head
from fake_hubspot.faults.wire.pieces import cut
from fake_hubspot.protocol import Wire

__all__ = ["CloseInBody"]


@dataclass(frozen=True, slots=True)
class CloseInBody(WireFault):
    """Ends the connection in order (FIN) in the middle of the body.

    Source: assumed.
    """

    name = "close-in-body"
    examples = ({"after_bytes": 0},)

    after_bytes: (
        Annotated[int, Meta(ge=0, description="How many bytes of the body go out, as sent; null for half.")] | None
    ) = None

    async def send(self, moment: Moment, wire: Wire, message: Message) -> None:
        """Write to the wire."""
        await wire.write(head(wire, message) + cut(message.body, self.after_bytes))
        wire.close()
