from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from fake_hubspot.context import Response
from fake_hubspot.faults.fault import Alteration
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register

__all__ = ["OversizedHeader"]


@register
@dataclass(frozen=True, slots=True)
class OversizedHeader(Alteration):
    """The response response with one header that is longer than many clients accept.

    Source: assumed.
    """

    name = "oversized-header"
    group = "bodies"

    size: Annotated[int, Meta(ge=1, le=10_000_000, description="The length of the value in bytes.")] = 100_000

    def alter(self, firing: Firing, response: Response) -> Response:
        return replace(response, headers=[*response.headers, (b"x-padding", b"x" * self.size)])
