from dataclasses import dataclass

from bench_core.faults.fault import BodyChange
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register

__all__ = ["ByteOrderMark"]


@register
@dataclass(frozen=True, slots=True)
class ByteOrderMark(BodyChange):
    """The original JSON after a UTF-8 byte order mark, which RFC 8259 forbids.

    Source: assumed.
    """

    name = "byte-order-mark"
    group = "bodies"

    def change(self, firing: Firing, body: bytes) -> bytes:
        return b"\xef\xbb\xbf" + body
