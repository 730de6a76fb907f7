from dataclasses import dataclass

from bench_core.exchange import Message
from bench_core.faults.fault import WireFault
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register
from bench_core.faults.wire.compression import compressed, send_as_gzip
from bench_core.wire import Wire

__all__ = ["GzipChecksum"]


@register
@dataclass(frozen=True, slots=True)
class GzipChecksum(WireFault):
    """The gzipped body with a wrong checksum in its trailer.

    Accept-Encoding makes no difference.

    Source: assumed.
    """

    name = "gzip-checksum"
    group = "wire"
    needs_body = True

    async def send(self, firing: Firing, wire: Wire, message: Message) -> None:
        whole = compressed(message)
        broken = bytes(byte ^ 0xFF for byte in whole[-8:-4])
        await send_as_gzip(wire, message, whole[:-8] + broken + whole[-4:])
