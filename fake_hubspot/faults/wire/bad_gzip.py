"""Says gzip, but the body is not: random bytes, or the JSON as it is."""

from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from fake_hubspot.context import Message
from fake_hubspot.faults.fault import Moment, WireFault
from fake_hubspot.faults.wire.compression import decoded, send_as_gzip
from fake_hubspot.protocol import Wire

__all__ = ["BadGzip"]


@dataclass(frozen=True, slots=True)
class BadGzip(WireFault):
    """Says gzip, but the body is not: random bytes, or the JSON as it is.

    Whether the caller accepts gzip does not matter.
    Source: assumed.
    """

    name = "bad-gzip"
    examples = ({"content": "json"},)

    content: Annotated[Literal["random", "json"], Meta(description="What stands in the body.")] = "random"

    async def send(self, moment: Moment, wire: Wire, message: Message) -> None:
        """Write to the wire."""
        plain = decoded(message)
        body = moment.random.randbytes(len(plain)) if self.content == "random" else plain
        await send_as_gzip(wire, message, body)
