"""The gzipped body with a wrong checksum in its trailer."""

from dataclasses import dataclass

from fake_hubspot.context import Message
from fake_hubspot.faults.fault import Moment, WireFault
from fake_hubspot.faults.wire.compression import compressed, send_as_gzip
from fake_hubspot.protocol import Wire

__all__ = ["GzipChecksum"]


@dataclass(frozen=True, slots=True)
class GzipChecksum(WireFault):
    """The gzipped body with a wrong checksum in its trailer.

    Whether the caller accepts gzip does not matter.
    Source: assumed.
    """

    name = "gzip-checksum"

    async def send(self, moment: Moment, wire: Wire, message: Message) -> None:
        """Write to the wire."""
        whole = compressed(message)
        broken = bytes(byte ^ 0xFF for byte in whole[-8:-4])
        await send_as_gzip(wire, message, whole[:-8] + broken + whole[-4:])
