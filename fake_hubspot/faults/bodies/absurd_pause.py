from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from bench_core.exchange import Response
from bench_core.faults.fault import Alteration
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register

__all__ = ["AbsurdPause"]

PREFIX = b"x-hubspot-ratelimit-"


@register
@dataclass(frozen=True, slots=True)
class AbsurdPause(Alteration):
    """The original response with rate limit headers that say: nothing is left for a very long time.

    A client that paces its requests by these headers waits for years, and with a shared pace so does every later pull.

    Source: assumed.
    """

    name = "absurd-pause"
    group = "bodies"

    interval_ms: Annotated[int, Meta(ge=0, description="The length of the rate limit's window.")] = 86_400_000_000

    def alter(self, firing: Firing, response: Response) -> Response:
        headers = [header for header in response.headers if not header[0].startswith(PREFIX)]
        said = {b"max": b"100", b"remaining": b"0", b"interval-milliseconds": b"%d" % self.interval_ms}
        return replace(
            response,
            headers=[*headers, *((PREFIX + name, value) for name, value in said.items())],
            without=(*response.without, *(PREFIX + name for name in said)),
        )
