from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.context import Message
from fake_hubspot.faults.fault import WireFault, response_head
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register
from fake_hubspot.protocol import Wire

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
