"""No byte at all, then FIN; with 0 the connection stays open without end."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.context import Message
from fake_hubspot.faults.fault import Moment, WireFault
from fake_hubspot.protocol import Wire

__all__ = ["Timeout"]


@dataclass(frozen=True, slots=True)
class Timeout(WireFault):
    """No byte at all, then FIN; with 0 the connection stays open without end.

    Source: reader (Toxiproxy).
    """

    name = "timeout"
    sends_status = False

    timeout_ms: Annotated[int, Meta(ge=0, le=600_000, description="How long, in milliseconds; 0 without end.")] = 0

    async def send(self, moment: Moment, wire: Wire, message: Message) -> None:
        """Write to the wire."""
        await wire.pause(self.timeout_ms / 1000 if self.timeout_ms else None)
        wire.close()
