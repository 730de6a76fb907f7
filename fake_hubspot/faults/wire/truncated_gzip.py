"""The gzipped body without its end, with the right Content-Length for what is left."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.context import Message
from fake_hubspot.faults.fault import Moment, WireFault
from fake_hubspot.faults.wire.compression import compressed, send_as_gzip
from fake_hubspot.protocol import Wire

__all__ = ["TruncatedGzip"]


@dataclass(frozen=True, slots=True)
class TruncatedGzip(WireFault):
    """The gzipped body without its end, with the right Content-Length for what is left.

    Whether the caller accepts gzip does not matter.
    Source: assumed.
    """

    name = "truncated-gzip"
    examples = ({"keep": 0.999},)

    keep: Annotated[float, Meta(ge=0, lt=1, description="The part that is left, from 0 to 1.")] = 0.5

    async def send(self, moment: Moment, wire: Wire, message: Message) -> None:
        """Write to the wire."""
        whole = compressed(message)
        await send_as_gzip(wire, message, whole[: int(len(whole) * self.keep)])
