from dataclasses import dataclass

from bench_core.exchange import Message
from bench_core.faults.fault import WireFault, response_head
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register
from bench_core.faults.wire.pieces import AfterBytes, cut
from bench_core.wire import Wire

__all__ = ["UnmarkedCut"]


@register
@dataclass(frozen=True, slots=True)
class UnmarkedCut(WireFault):
    """A body without a length and without chunks that ends with the connection (FIN), half-way.

    HTTP itself shows no error.

    Source: assumed.
    """

    name = "unmarked-cut"
    group = "wire"
    needs_body = True

    after_bytes: AfterBytes = None

    async def send(self, firing: Firing, wire: Wire, message: Message) -> None:
        start = response_head(wire, message, without=(b"content-length",), extra=[(b"connection", b"close")])
        await wire.write(start + cut(message.body, self.after_bytes))
        wire.close()
