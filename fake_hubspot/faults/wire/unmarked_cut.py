"""No length and no chunks: the body ends where the connection does (FIN), which is in its middle."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.context import Message
from fake_hubspot.faults.fault import Moment, WireFault, head
from fake_hubspot.faults.wire.pieces import cut
from fake_hubspot.protocol import Wire

__all__ = ["UnmarkedCut"]


@dataclass(frozen=True, slots=True)
class UnmarkedCut(WireFault):
    """No length and no chunks: the body ends where the connection does (FIN), which is in its middle.

    Source: assumed.
    """

    name = "unmarked-cut"

    after_bytes: (
        Annotated[int, Meta(ge=0, description="How many bytes of the body go out, as sent; null for half.")] | None
    ) = None

    async def send(self, moment: Moment, wire: Wire, message: Message) -> None:
        """Write to the wire."""
        start = head(wire, message, without=(b"content-length",), extra=[(b"connection", b"close")])
        await wire.write(start + cut(message.body, self.after_bytes))
        wire.close()
