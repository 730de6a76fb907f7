import gzip
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from bench_core.exchange import Message
from bench_core.faults.fault import WireFault
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register
from bench_core.faults.wire.compression import decoded, send_as_gzip
from bench_core.wire import Wire

__all__ = ["GzipBomb"]

PIECE_BYTES = 1_000_000


@register
@dataclass(frozen=True, slots=True)
class GzipBomb(WireFault):
    """The original body followed by blanks, compressed to about a thousandth of its length.

    It is valid, but a client that decompresses it at once needs all the memory. Accept-Encoding makes no difference.

    Source: assumed.
    """

    name = "gzip-bomb"
    group = "wire"
    needs_body = True

    size_mb: Annotated[int, Meta(ge=1, le=2_000, description="The length after decompression in MB.")] = 20

    async def send(self, firing: Firing, wire: Wire, message: Message) -> None:
        # Each part is a gzip file of its own, so that this process does not hold the whole.
        blanks = gzip.compress(b" " * PIECE_BYTES, mtime=0)
        await send_as_gzip(wire, message, gzip.compress(decoded(message), mtime=0) + blanks * self.size_mb)
