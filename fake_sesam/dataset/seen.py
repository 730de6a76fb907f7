"""The versions that a full run has seen, one bit each: a million entities need 125 kB. Pure."""

__all__ = ["SeenOffsets"]


class SeenOffsets:
    """A set of dataset offsets that can only grow."""

    def __init__(self) -> None:
        self._bits = bytearray()

    def add(self, offset: int) -> None:
        """Add an offset."""
        index = offset >> 3
        if index >= len(self._bits):
            self._bits.extend(bytes(max(1024, index + 1 - len(self._bits))))
        self._bits[index] |= 1 << (offset & 7)

    def __contains__(self, offset: int) -> bool:
        index = offset >> 3
        return index < len(self._bits) and bool(self._bits[index] & (1 << (offset & 7)))
