from dataclasses import dataclass

from fake_hubspot.context import Message
from fake_hubspot.faults.fault import WireFault, response_head
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register
from fake_hubspot.faults.wire.pieces import AfterBytes, cut
from fake_hubspot.protocol import Wire

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
