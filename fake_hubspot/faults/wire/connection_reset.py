"""Breaks the connection (RST) without a byte."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.context import Message
from fake_hubspot.faults.fault import Moment, WireFault
from fake_hubspot.protocol import Wire

__all__ = ["ConnectionReset"]


@dataclass(frozen=True, slots=True)
class ConnectionReset(WireFault):
    """Breaks the connection (RST) without a byte.

    Source: reader (WireMock, Toxiproxy's `reset_peer`).
    """

    name = "connection-reset"
    aliases = ("CONNECTION_RESET_BY_PEER", "reset_peer")
    sends_status = False

    delay_ms: Annotated[int, Meta(ge=0, le=600_000, description="How long it waits first, in milliseconds.")] = 0

    async def send(self, moment: Moment, wire: Wire, message: Message) -> None:
        """Write to the wire."""
        await wire.pause(self.delay_ms / 1000)
        wire.reset()
