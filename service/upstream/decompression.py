"""Compressed bodies, decompressed in pieces so that a small body cannot become a large one."""

import zlib
from collections.abc import Callable

from service.upstream.response_reader import BoundError

__all__ = ["BadEncodingError", "decompressed"]

_GZIP = zlib.MAX_WBITS | 16
_PIECE_BYTES = 2**20
_MAX_MEMBERS = 100


class BadEncodingError(Exception):
    """A body is not encoded as its header says, or in a way that was not asked for. The message has no value of it."""


def decompressed(
    body: bytes, encoding: str, *, max_bytes: int, on_size: Callable[[int], None] = lambda _size: None
) -> bytes:
    """Decompress gzip, the only encoding that is requested.

    Args:
        body: As it was sent.
        encoding: The header `Content-Encoding`.
        max_bytes: The longest result.
        on_size: Called with the size of the result each time that it has grown. May wait, or raise to stop.

    Raises:
        BadEncodingError: The body is not gzip, is cut off, or the encoding is another one.
        BoundError: The result is longer.
    """
    name = encoding[:40].strip().lower()
    if name in ("", "identity"):
        return body
    if name not in ("gzip", "x-gzip"):
        raise BadEncodingError("its Content-Encoding is not gzip, the only one that was asked for")
    try:
        return _gunzip(body, max_bytes, on_size)
    except zlib.error:
        raise BadEncodingError("it is not compressed as its Content-Encoding says") from None


def _gunzip(body: bytes, max_bytes: int, on_size: Callable[[int], None]) -> bytes:
    """Decompress every member. Zeros after the last one are padding."""
    result = bytearray()
    members = 0
    while body:
        if members == _MAX_MEMBERS:
            raise BoundError(f"its body has more than {_MAX_MEMBERS} parts of gzip")
        members += 1
        body = _gunzip_member(body, result, max_bytes, on_size).lstrip(b"\0")
    return bytes(result)


def _gunzip_member(body: bytes, result: bytearray, max_bytes: int, on_size: Callable[[int], None]) -> bytes:
    """Add the content of one member to the result. Returns what follows it."""
    decompressor = zlib.decompressobj(_GZIP)
    while not decompressor.eof:
        piece = decompressor.decompress(body, _PIECE_BYTES)
        body = decompressor.unconsumed_tail
        on_size(len(result) + len(piece))
        result += piece
        if len(result) > max_bytes:
            raise BoundError(f"its body is longer than {max_bytes:,} bytes when it is decompressed")
        if not piece and not body and not decompressor.eof:
            raise BadEncodingError("it is not compressed as its Content-Encoding says")
    return decompressor.unused_data
