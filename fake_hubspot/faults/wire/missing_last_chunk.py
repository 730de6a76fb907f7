from dataclasses import dataclass

from fake_hubspot.context import Message
from fake_hubspot.faults.fault import WireFault, response_head
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register
from fake_hubspot.faults.wire.pieces import chunk
from fake_hubspot.protocol import Wire

__all__ = ["MissingLastChunk"]


@register
@dataclass(frozen=True, slots=True)
class MissingLastChunk(WireFault):
    """The complete body in chunked encoding without the final empty chunk, then FIN.

    Source: assumed.
    """

    name = "missing-last-chunk"
    group = "wire"
    needs_body = True

    async def send(self, firing: Firing, wire: Wire, message: Message) -> None:
        start = response_head(wire, message, without=(b"content-length",), extra=[(b"transfer-encoding", b"chunked")])
        await wire.write(start + chunk(message.body))
        wire.close()
