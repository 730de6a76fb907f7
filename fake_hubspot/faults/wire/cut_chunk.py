"""The body in one chunk, which ends (FIN) before its announced length."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.context import Message
from fake_hubspot.faults.fault import Moment, WireFault, head
from fake_hubspot.faults.wire.pieces import cut
from fake_hubspot.protocol import Wire

__all__ = ["CutChunk"]


@dataclass(frozen=True, slots=True)
class CutChunk(WireFault):
    """The body in one chunk, which ends (FIN) before its announced length.

    Source: assumed.
    """

    name = "cut-chunk"

    after_bytes: (
        Annotated[int, Meta(ge=0, description="How many bytes of the body go out, as sent; null for half.")] | None
    ) = None

    async def send(self, moment: Moment, wire: Wire, message: Message) -> None:
        """Write to the wire."""
        start = head(wire, message, without=(b"content-length",), extra=[(b"transfer-encoding", b"chunked")])
        await wire.write(start + b"%x\r\n" % len(message.body) + cut(message.body, self.after_bytes))
        wire.close()
