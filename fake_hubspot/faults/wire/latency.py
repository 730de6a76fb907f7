"""Waits before it answers."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.faults.fault import Delay, Moment

__all__ = ["Latency"]


@dataclass(frozen=True, slots=True)
class Latency(Delay):
    """Waits before it answers.

    Source: reader (Toxiproxy's `latency`, WireMock's fixed delay).
    """

    name = "latency"
    aliases = ("fixedDelayMilliseconds",)

    delay_ms: Annotated[int, Meta(ge=0, le=600_000, description="How long, in milliseconds.")] = 1000
    jitter_ms: Annotated[
        int, Meta(ge=0, le=600_000, description="Up to so much more or less, drawn from the seed.")
    ] = 0

    async def precede(self, moment: Moment) -> None:
        """Wait."""
        jitter_ms = moment.random.uniform(-self.jitter_ms, self.jitter_ms)
        await moment.pause(max(self.delay_ms + jitter_ms, 0) / 1000)
