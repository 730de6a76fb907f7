from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from bench_core.exchange import Message
from bench_core.faults.fault import WireFault, response_head
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register
from bench_core.wire import Wire

__all__ = ["BadStatusLine"]


@register
@dataclass(frozen=True, slots=True)
class BadStatusLine(WireFault):
    """A first line that is not HTTP, then the rest of the original response, then FIN.

    Source: assumed.
    """

    name = "bad-status-line"
    group = "wire"
    sends_status = False

    line: Annotated[str, Meta(pattern="^[ -~]+$", description="The line that is sent.")] = "HTTP/1.1 OK"

    async def send(self, firing: Firing, wire: Wire, message: Message) -> None:
        _, _, rest = response_head(wire, message).partition(b"\r\n")
        await wire.write(self.line.encode() + b"\r\n" + rest + message.body)
        wire.close()
