from dataclasses import dataclass

from bench_core.exchange import Message
from bench_core.faults.fault import WireFault
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register
from bench_core.wire import Wire

__all__ = ["EmptyResponse"]


@register
@dataclass(frozen=True, slots=True)
class EmptyResponse(WireFault):
    """A clean close (FIN) before the first byte.

    Source: reader (WireMock).
    """

    name = "empty-response"
    group = "wire"
    aliases = ("EMPTY_RESPONSE",)
    sends_status = False

    async def send(self, firing: Firing, wire: Wire, message: Message) -> None:
        wire.close()
