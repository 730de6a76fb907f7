"""The whole body in chunks, but not the empty chunk that ends it, then FIN."""

from dataclasses import dataclass

from fake_hubspot.context import Message
from fake_hubspot.faults.fault import Moment, WireFault, head
from fake_hubspot.faults.wire.pieces import chunk
from fake_hubspot.protocol import Wire

__all__ = ["MissingLastChunk"]


@dataclass(frozen=True, slots=True)
class MissingLastChunk(WireFault):
    """The whole body in chunks, but not the empty chunk that ends it, then FIN.

    Source: assumed.
    """

    name = "missing-last-chunk"

    async def send(self, moment: Moment, wire: Wire, message: Message) -> None:
        """Write to the wire."""
        start = head(wire, message, without=(b"content-length",), extra=[(b"transfer-encoding", b"chunked")])
        await wire.write(start + chunk(message.body))
        wire.close()
