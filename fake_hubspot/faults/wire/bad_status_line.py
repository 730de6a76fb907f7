"""A first line that is not HTTP, then the honest rest, then FIN."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.context import Message
from fake_hubspot.faults.fault import Moment, WireFault, head
from fake_hubspot.protocol import Wire

__all__ = ["BadStatusLine"]


@dataclass(frozen=True, slots=True)
class BadStatusLine(WireFault):
    """A first line that is not HTTP, then the honest rest, then FIN.

    Source: assumed.
    """

    name = "bad-status-line"
    sends_status = False

    line: Annotated[str, Meta(pattern="^[ -~]+$", description="The line.")] = "HTTP/1.1 OK"

    async def send(self, moment: Moment, wire: Wire, message: Message) -> None:
        """Write to the wire."""
        _, _, rest = head(wire, message).partition(b"\r\n")
        await wire.write(self.line.encode() + b"\r\n" + rest + message.body)
        wire.close()
