from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from bench_core.exchange import Message
from bench_core.faults.fault import WireFault, response_head
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register
from bench_core.wire import Wire

__all__ = ["ContentLengthLong"]


@register
@dataclass(frozen=True, slots=True)
class ContentLengthLong(WireFault):
    """A Content-Length that is larger than the body, then FIN.

    Source: assumed.
    """

    name = "content-length-long"
    group = "wire"
    needs_body = True

    by: Annotated[int, Meta(ge=1, description="By how many bytes the length is too large.")] = 10

    async def send(self, firing: Firing, wire: Wire, message: Message) -> None:
        length = b"%d" % (len(message.body) + self.by)
        await wire.write(
            response_head(wire, message, without=(b"content-length",), extra=[(b"content-length", length)])
            + message.body
        )
        wire.close()
