"""Bytes of a response, cut off or sent in pieces."""

from typing import Annotated

from msgspec import Meta

from bench_core.wire import Wire

__all__ = ["AfterBytes", "chunk", "cut", "drip"]

AfterBytes = (
    Annotated[
        int, Meta(ge=0, description="How many bytes of the body are sent, counted after compression; null means half.")
    ]
    | None
)


async def drip(wire: Wire, content: bytes, *, size: int, gap_s: float) -> None:
    """Write in pieces of `size` bytes with a gap between them.

    Raises:
        ConnectionGoneError: The client disconnected, or the server stops.
    """
    for start in range(0, len(content), size):
        if start:
            await wire.pause(gap_s)
        await wire.write(content[start : start + size])


def cut(body: bytes, after_bytes: int | None) -> bytes:
    """Return the first bytes of a body, half of it for None; never all of a body that is not empty."""
    wanted = len(body) // 2 if after_bytes is None else after_bytes
    return body[: min(wanted, max(len(body) - 1, 0))]


def chunk(content: bytes) -> bytes:
    """Return content as one chunk of chunked transfer encoding."""
    return b"%x\r\n%b\r\n" % (len(content), content)
