"""The versions that a full run has seen, one bit each: a million entities need 125 kB. Pure."""

from collections.abc import Iterable, Sequence

__all__ = ["SeenOffsets"]


class SeenOffsets:
    """A set of dataset offsets that can only grow."""

    def __init__(self) -> None:
        self._bits = bytearray()

    def add(self, offset: int) -> None:
        """Add an offset."""
        self.add_all([offset])

    def add_all(self, offsets: Sequence[int]) -> None:
        """Add offsets."""
        bits, highest = self._bits, max(offsets, default=-1) >> 3
        if highest >= len(bits):
            bits.extend(bytes(max(1024, highest + 1 - len(bits))))
        for offset in offsets:
            bits[offset >> 3] |= 1 << (offset & 7)

    def missing(self, offsets: Iterable[int]) -> list[int]:
        """Return those of the offsets that are not in the set."""
        bits = self._bits
        end = 8 * len(bits)
        return [each for each in offsets if each >= end or not bits[each >> 3] & 1 << (each & 7)]

    def __contains__(self, offset: int) -> bool:
        index = offset >> 3
        return index < len(self._bits) and bool(self._bits[index] & (1 << (offset & 7)))
