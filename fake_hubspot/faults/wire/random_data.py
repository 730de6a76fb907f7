"""Random bytes in place of an answer, then FIN."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.context import Message
from fake_hubspot.faults.fault import Moment, WireFault
from fake_hubspot.protocol import Wire

__all__ = ["RandomData"]


@dataclass(frozen=True, slots=True)
class RandomData(WireFault):
    """Random bytes in place of an answer, then FIN.

    Source: reader (WireMock).
    """

    name = "random-data-then-close"
    aliases = ("RANDOM_DATA_THEN_CLOSE",)
    sends_status = False

    size: Annotated[int, Meta(ge=1, le=1_000_000, description="How many bytes.")] = 200

    async def send(self, moment: Moment, wire: Wire, message: Message) -> None:
        """Write to the wire."""
        await wire.write(moment.random.randbytes(self.size))
        wire.close()
