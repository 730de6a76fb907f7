from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from bench_core.exchange import Message
from bench_core.faults.fault import WireFault, response_head
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register
from bench_core.wire import Wire

__all__ = ["ContentLengthShort"]


@register
@dataclass(frozen=True, slots=True)
class ContentLengthShort(WireFault):
    """A Content-Length that is smaller than the body, which is sent in full, then FIN.

    With `keep_open` the surplus bytes precede the next response on the connection.

    Source: assumed.
    """

    name = "content-length-short"
    group = "wire"
    needs_body = True
    examples = ({"keep_open": True},)

    by: Annotated[int, Meta(ge=1, description="By how many bytes the length is too small.")] = 10
    keep_open: Annotated[bool, Meta(description="Leave the connection open.")] = False

    async def send(self, firing: Firing, wire: Wire, message: Message) -> None:
        length = b"%d" % max(len(message.body) - self.by, 0)
        await wire.write(
            response_head(wire, message, without=(b"content-length",), extra=[(b"content-length", length)])
            + message.body
        )
        if self.keep_open:
            wire.keep()
        else:
            wire.close()
