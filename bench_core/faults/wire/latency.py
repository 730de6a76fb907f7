from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from bench_core.faults.fault import Delay
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register

__all__ = ["Latency"]


@register
@dataclass(frozen=True, slots=True)
class Latency(Delay):
    """A delay before the original response.

    Source: reader (Toxiproxy's `latency`, WireMock's fixed delay).
    """

    name = "latency"
    group = "wire"
    aliases = ("fixedDelayMilliseconds",)

    delay_ms: Annotated[int, Meta(ge=0, le=600_000, description="The delay in milliseconds.")] = 1000
    jitter_ms: Annotated[
        int,
        Meta(ge=0, le=600_000, description="The maximum deviation in milliseconds, drawn from the seed."),
    ] = 0

    async def wait(self, firing: Firing) -> None:
        jitter_ms = firing.random.uniform(-self.jitter_ms, self.jitter_ms)
        await firing.pause(max(self.delay_ms + jitter_ms, 0) / 1000)
