from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from bench_core.exchange import Message
from bench_core.faults.fault import WireFault, response_head
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register
from bench_core.faults.wire.compression import decoded
from bench_core.wire import Wire

__all__ = ["EndlessBody"]

PIECE_BYTES = 65_536


@register
@dataclass(frozen=True, slots=True)
class EndlessBody(WireFault):
    """The original body in chunks, followed by blanks that do not end.

    A client that reads a body to its end before it looks at it never finishes, and its memory grows. After `size_mb`,
    nothing more is sent, and the connection stays open.

    Source: assumed.
    """

    name = "endless-body"
    group = "wire"
    needs_body = True

    size_mb: Annotated[int, Meta(ge=1, le=1_000_000, description="How many MiB of blanks are sent.")] = 10_000
    interval_ms: Annotated[int, Meta(ge=1, le=10_000, description="Milliseconds between chunks of 64 KiB.")] = 2

    async def send(self, firing: Firing, wire: Wire, message: Message) -> None:
        without, chunked = (b"content-length", b"content-encoding"), [(b"transfer-encoding", b"chunked")]
        await wire.write(response_head(wire, message, without=without, extra=chunked) + _chunk(decoded(message)))
        blanks = _chunk(b" " * PIECE_BYTES)
        for _ in range(self.size_mb * 16):
            await wire.write(blanks)
            await wire.pause(self.interval_ms / 1000)
        await wire.pause(None)


def _chunk(content: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(content), content) if content else b""
