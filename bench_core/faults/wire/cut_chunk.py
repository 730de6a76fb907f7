from dataclasses import dataclass

from bench_core.exchange import Message
from bench_core.faults.fault import WireFault, response_head
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register
from bench_core.faults.wire.pieces import AfterBytes, cut
from bench_core.wire import Wire

__all__ = ["CutChunk"]


@register
@dataclass(frozen=True, slots=True)
class CutChunk(WireFault):
    """A body in one chunk that ends (FIN) before its announced length.

    Source: assumed.
    """

    name = "cut-chunk"
    group = "wire"
    needs_body = True

    after_bytes: AfterBytes = None

    async def send(self, firing: Firing, wire: Wire, message: Message) -> None:
        start = response_head(wire, message, without=(b"content-length",), extra=[(b"transfer-encoding", b"chunked")])
        await wire.write(start + b"%x\r\n" % len(message.body) + cut(message.body, self.after_bytes))
        wire.close()
