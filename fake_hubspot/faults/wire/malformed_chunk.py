"""An honest status line and head, then bytes that are no chunk, then FIN."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.context import Message
from fake_hubspot.faults.fault import Moment, WireFault, head
from fake_hubspot.protocol import Wire

__all__ = ["MalformedChunk"]


@dataclass(frozen=True, slots=True)
class MalformedChunk(WireFault):
    """An honest status line and head, then bytes that are no chunk, then FIN.

    Source: reader (WireMock).
    """

    name = "malformed-chunk"
    aliases = ("MALFORMED_RESPONSE_CHUNK",)

    size: Annotated[int, Meta(ge=1, le=1_000_000, description="How many bytes.")] = 200

    async def send(self, moment: Moment, wire: Wire, message: Message) -> None:
        """Write to the wire."""
        start = head(wire, message, without=(b"content-length",), extra=[(b"transfer-encoding", b"chunked")])
        await wire.write(start + b"zz\r\n" + moment.random.randbytes(self.size))
        wire.close()
