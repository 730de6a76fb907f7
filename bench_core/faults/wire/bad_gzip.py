from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from bench_core.exchange import Message
from bench_core.faults.fault import WireFault
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register
from bench_core.faults.wire.compression import decoded, send_as_gzip
from bench_core.wire import Wire

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
