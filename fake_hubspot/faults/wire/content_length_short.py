"""A Content-Length smaller than the body, all of which is sent, then FIN."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.context import Message
from fake_hubspot.faults.fault import Moment, WireFault, head
from fake_hubspot.protocol import Wire

__all__ = ["ContentLengthShort"]


@dataclass(frozen=True, slots=True)
class ContentLengthShort(WireFault):
    """A Content-Length smaller than the body, all of which is sent, then FIN.

    With `keep_open` the surplus lies before the next answer on the connection.
    Source: assumed.
    """

    name = "content-length-short"
    examples = ({"keep_open": True},)

    by: Annotated[int, Meta(ge=1, description="How many bytes too few.")] = 10
    keep_open: Annotated[bool, Meta(description="Leave the connection open.")] = False

    async def send(self, moment: Moment, wire: Wire, message: Message) -> None:
        """Write to the wire."""
        length = b"%d" % max(len(message.body) - self.by, 0)
        await wire.write(
            head(wire, message, without=(b"content-length",), extra=[(b"content-length", length)]) + message.body
        )
        if self.keep_open:
            wire.keep()
        else:
            wire.close()
