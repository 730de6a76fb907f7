"""The honest JSON behind a UTF-8 byte order mark, which RFC 8259 forbids."""

from dataclasses import dataclass

from fake_hubspot.faults.fault import BodyChange, Moment

__all__ = ["ByteOrderMark"]


@dataclass(frozen=True, slots=True)
class ByteOrderMark(BodyChange):
    """The honest JSON behind a UTF-8 byte order mark, which RFC 8259 forbids.

    Source: assumed.
    """

    name = "byte-order-mark"

    def change(self, moment: Moment, raw: bytes) -> bytes:
        """The changed body."""
        return b"\xef\xbb\xbf" + raw
