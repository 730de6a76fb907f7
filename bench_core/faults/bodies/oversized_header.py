from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from bench_core.exchange import Response
from bench_core.faults.fault import Alteration
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register

__all__ = ["OversizedHeader"]


@register
@dataclass(frozen=True, slots=True)
class OversizedHeader(Alteration):
    """The original response with one header that is longer than many clients accept.

    Source: assumed.
    """

    name = "oversized-header"
    group = "bodies"

    size: Annotated[int, Meta(ge=1, le=10_000_000, description="The length of the value in bytes.")] = 100_000

    def alter(self, firing: Firing, response: Response) -> Response:
        return replace(response, headers=[*response.headers, (b"x-padding", b"x" * self.size)])
