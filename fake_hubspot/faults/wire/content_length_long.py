"""A Content-Length larger than the body, then FIN."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.context import Message
from fake_hubspot.faults.fault import Moment, WireFault, head
from fake_hubspot.protocol import Wire

__all__ = ["ContentLengthLong"]


@dataclass(frozen=True, slots=True)
class ContentLengthLong(WireFault):
    """A Content-Length larger than the body, then FIN.

    Source: assumed.
    """

    name = "content-length-long"

    by: Annotated[int, Meta(ge=1, description="How many bytes too many.")] = 10

    async def send(self, moment: Moment, wire: Wire, message: Message) -> None:
        """Write to the wire."""
        length = b"%d" % (len(message.body) + self.by)
        await wire.write(
            head(wire, message, without=(b"content-length",), extra=[(b"content-length", length)]) + message.body
        )
        wire.close()
