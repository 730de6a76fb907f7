from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from bench_core.exchange import Message
from bench_core.faults.fault import WireFault, response_head
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register
from bench_core.wire import Wire

__all__ = ["LimitData"]


@register
@dataclass(frozen=True, slots=True)
class LimitData(WireFault):
    """A clean close (FIN) after a number of bytes, counted from the status line.

    Source: reader (Toxiproxy).
    """

    name = "limit-data"
    group = "wire"
    aliases = ("limit_data",)
    examples = ({"bytes": 1500},)

    bytes: Annotated[int, Meta(ge=0, description="The number of bytes.")] = 100

    async def send(self, firing: Firing, wire: Wire, message: Message) -> None:
        await wire.write((response_head(wire, message) + message.body)[: self.bytes])
        wire.close()
