from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from bench_core.exchange import Message
from bench_core.faults.fault import WireFault
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register
from bench_core.wire import Wire

__all__ = ["RandomDataThenClose"]


@register
@dataclass(frozen=True, slots=True)
class RandomDataThenClose(WireFault):
    """Random bytes instead of a response, then FIN.

    Source: reader (WireMock).
    """

    name = "random-data-then-close"
    group = "wire"
    aliases = ("RANDOM_DATA_THEN_CLOSE",)
    sends_status = False

    size: Annotated[int, Meta(ge=1, le=1_000_000, description="The number of bytes.")] = 200

    async def send(self, firing: Firing, wire: Wire, message: Message) -> None:
        await wire.write(firing.random.randbytes(self.size))
        wire.close()
