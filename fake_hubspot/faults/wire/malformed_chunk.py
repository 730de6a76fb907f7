from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.context import Message
from fake_hubspot.faults.fault import WireFault, response_head
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register
from fake_hubspot.protocol import Wire

__all__ = ["MalformedChunk"]


@register
@dataclass(frozen=True, slots=True)
class MalformedChunk(WireFault):
    """The original status line and headers, then bytes that are not a valid chunk, then FIN.

    Source: reader (WireMock).
    """

    name = "malformed-chunk"
    group = "wire"
    needs_body = True
    aliases = ("MALFORMED_RESPONSE_CHUNK",)

    size: Annotated[int, Meta(ge=1, le=1_000_000, description="The number of bytes.")] = 200

    async def send(self, firing: Firing, wire: Wire, message: Message) -> None:
        start = response_head(wire, message, without=(b"content-length",), extra=[(b"transfer-encoding", b"chunked")])
        await wire.write(start + b"zz\r\n" + firing.random.randbytes(self.size))
        wire.close()
