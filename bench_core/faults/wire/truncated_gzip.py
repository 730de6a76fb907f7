from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from bench_core.exchange import Message
from bench_core.faults.fault import WireFault
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register
from bench_core.faults.wire.compression import compressed, send_as_gzip
from bench_core.wire import Wire

__all__ = ["TruncatedGzip"]


@register
@dataclass(frozen=True, slots=True)
class TruncatedGzip(WireFault):
    """The gzipped body without its end.

    Content-Length matches what is sent, and Accept-Encoding makes no difference.

    Source: assumed.
    """

    name = "truncated-gzip"
    group = "wire"
    needs_body = True
    examples = ({"keep": 0.999},)

    keep: Annotated[float, Meta(ge=0, lt=1, description="The fraction that is kept, from 0 to 1.")] = 0.5

    async def send(self, firing: Firing, wire: Wire, message: Message) -> None:
        whole = compressed(message)
        await send_as_gzip(wire, message, whole[: int(len(whole) * self.keep)])
