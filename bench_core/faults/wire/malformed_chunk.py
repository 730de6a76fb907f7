from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from bench_core.exchange import Message
from bench_core.faults.fault import WireFault, response_head
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register
from bench_core.wire import Wire

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
