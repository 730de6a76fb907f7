from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from bench_core.exchange import Message
from bench_core.faults.fault import WireFault
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register
from bench_core.wire import Wire

__all__ = ["UnreadableError"]

REASONS = {429: b"Too Many Requests", 503: b"Service Unavailable"}


@register
@dataclass(frozen=True, slots=True)
class UnreadableError(WireFault):
    """503 or 429 with an HTML page that cannot be read.

    It is labelled as compressed but is not, it ends early, or its chunks are malformed. The status and `Retry-After`
    are right. A client whose HTTP library fails at the body does not see them.

    Source: reader (braintree-go #191, requests #3849).
    """

    name = "unreadable-error"
    group = "wire"
    examples = ({"status": 429}, {"trouble": "length"}, {"trouble": "chunks"})

    status: Annotated[Literal[429, 503], Meta(description="The status.")] = 503
    retry_after_s: Annotated[int, Meta(ge=0, description="Seconds in Retry-After.")] = 0
    trouble: Annotated[
        Literal["encoding", "length", "chunks"],
        Meta(description="What is wrong: the Content-Encoding, the length, the chunks."),
    ] = "encoding"
    encoding: Annotated[
        Literal["gzip", "br", "deflate"], Meta(description="The Content-Encoding, if that is wrong.")
    ] = "gzip"

    async def send(self, firing: Firing, wire: Wire, message: Message) -> None:
        page = b"<html><body>%d</body></html>" % self.status
        headers = {
            b"content-type": b"text/html; charset=UTF-8",
            b"retry-after": b"%d" % self.retry_after_s,
            **self._framing(page),
        }
        head = b"".join(b"%b: %b\r\n" % header for header in headers.items())
        await wire.write(b"HTTP/1.1 %d %b\r\n%b\r\n%b" % (self.status, REASONS[self.status], head, page))
        if self.trouble == "encoding":
            wire.keep()
        else:
            wire.close()

    def _framing(self, page: bytes) -> dict[bytes, bytes]:
        match self.trouble:
            case "encoding":
                return {b"content-encoding": self.encoding.encode(), b"content-length": b"%d" % len(page)}
            case "length":
                return {b"content-length": b"%d" % (len(page) + 100)}
            case "chunks":
                return {b"transfer-encoding": b"chunked"}
