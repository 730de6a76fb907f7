"""MurmurHash3 x64 128-bit, as one unsigned integer. Pure.

Source: docs (hub/dtl/dtl-functions-misc.rst): names the algorithm and gives two examples. The algorithm is in the
public domain.
"""

__all__ = ["murmur3_128"]

_MASK = 0xFFFFFFFFFFFFFFFF
_C1 = 0x87C37B91114253D5
_C2 = 0x4CF5AD432745937F


def murmur3_128(content: bytes, seed: int = 0) -> int:
    """Return the hash of `content`, between 0 and 2**128 - 1."""
    h1 = h2 = seed & _MASK
    whole = len(content) // 16 * 16
    for start in range(0, whole, 16):
        k1 = int.from_bytes(content[start : start + 8], "little")
        k2 = int.from_bytes(content[start + 8 : start + 16], "little")
        h1, h2 = _block(h1, h2, k1, k2)
    tail = content[whole:]
    h2 ^= _rotate(int.from_bytes(tail[8:], "little") * _C2, 33) * _C1 & _MASK
    h1 ^= _rotate(int.from_bytes(tail[:8], "little") * _C1, 31) * _C2 & _MASK
    return _finish(h1 ^ len(content), h2 ^ len(content))


def _block(h1: int, h2: int, k1: int, k2: int) -> tuple[int, int]:
    h1 ^= _rotate(k1 * _C1, 31) * _C2 & _MASK
    h1 = ((_rotate(h1, 27) + h2) * 5 + 0x52DCE729) & _MASK
    h2 ^= _rotate(k2 * _C2, 33) * _C1 & _MASK
    h2 = ((_rotate(h2, 31) + h1) * 5 + 0x38495AB5) & _MASK
    return h1, h2


def _finish(h1: int, h2: int) -> int:
    h1 = (h1 + h2) & _MASK
    h2 = (h2 + h1) & _MASK
    h1, h2 = _mix(h1), _mix(h2)
    h1 = (h1 + h2) & _MASK
    h2 = (h2 + h1) & _MASK
    return h2 << 64 | h1


def _rotate(value: int, bits: int) -> int:
    value &= _MASK
    return (value << bits | value >> (64 - bits)) & _MASK


def _mix(value: int) -> int:
    value ^= value >> 33
    value = value * 0xFF51AFD7ED558CCD & _MASK
    value ^= value >> 33
    value = value * 0xC4CEB9FE1A85EC53 & _MASK
    return value ^ value >> 33
