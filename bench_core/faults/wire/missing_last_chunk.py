from dataclasses import dataclass

from bench_core.exchange import Message
from bench_core.faults.fault import WireFault, response_head
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register
from bench_core.faults.wire.pieces import chunk
from bench_core.wire import Wire

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
