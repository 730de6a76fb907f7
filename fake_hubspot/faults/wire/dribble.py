"""The body drips out in pieces over a time, compressed or not; it is whole in the end."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.context import Message
from fake_hubspot.faults.fault import Moment, WireFault, head
from fake_hubspot.faults.wire.pieces import drip
from fake_hubspot.protocol import Wire

__all__ = ["Dribble"]


@dataclass(frozen=True, slots=True)
class Dribble(WireFault):
    """The body drips out in pieces over a time, compressed or not; it is whole in the end.

    Source: reader (WireMock's chunked dribble delay, which gzip defeats there: wiremock #1097).
    """

    name = "dribble"
    aliases = ("chunkedDribbleDelay",)

    duration_ms: Annotated[int, Meta(ge=0, le=600_000, description="How long the body takes, in milliseconds.")] = 1000
    pieces: Annotated[int, Meta(ge=2, le=100_000, description="In how many pieces.")] = 5

    async def send(self, moment: Moment, wire: Wire, message: Message) -> None:
        """Write to the wire."""
        await wire.write(head(wire, message))
        size = max(-(-len(message.body) // self.pieces), 1)
        await drip(wire, message.body, size=size, gap_s=self.duration_ms / 1000 / (self.pieces - 1))
        wire.keep()
