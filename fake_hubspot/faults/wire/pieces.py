"""Bytes of an answer, cut and dripped."""

from fake_hubspot.protocol import Wire

__all__ = ["chunk", "cut", "drip"]


async def drip(wire: Wire, content: bytes, *, size: int, gap_s: float) -> None:
    """Write in pieces of `size` bytes with a gap between two.

    Raises: ConnectionGoneError.
    """
    for start in range(0, len(content), size):
        if start:
            await wire.pause(gap_s)
        await wire.write(content[start : start + size])


def cut(body: bytes, after_bytes: int | None) -> bytes:
    """The first bytes of a body, half of it when not told; never the whole of a body that is not empty."""
    wanted = len(body) // 2 if after_bytes is None else after_bytes
    return body[: min(wanted, max(len(body) - 1, 0))]


def chunk(content: bytes) -> bytes:
    """Content as one chunk of the chunked transfer coding."""
    return b"%x\r\n%b\r\n" % (len(content), content)
