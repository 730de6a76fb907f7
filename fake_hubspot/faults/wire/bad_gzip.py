from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from fake_hubspot.context import Message
from fake_hubspot.faults.fault import WireFault
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register
from fake_hubspot.faults.wire.compression import decoded, send_as_gzip
from fake_hubspot.protocol import Wire

__all__ = ["BadGzip"]


@register
@dataclass(frozen=True, slots=True)
class BadGzip(WireFault):
    """A response labelled gzip whose body is not: random bytes, or plain JSON.

    Accept-Encoding makes no difference.

    Source: assumed.
    """

    name = "bad-gzip"
    group = "wire"
    needs_body = True
    examples = ({"content": "json"},)

    content: Annotated[Literal["random", "json"], Meta(description="What the body contains.")] = "random"

    async def send(self, firing: Firing, wire: Wire, message: Message) -> None:
        plain = decoded(message)
        body = firing.random.randbytes(len(plain)) if self.content == "random" else plain
        await send_as_gzip(wire, message, body)
