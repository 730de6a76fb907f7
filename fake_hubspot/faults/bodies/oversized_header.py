"""An honest answer with a header longer than many clients take."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from fake_hubspot.context import Response
from fake_hubspot.faults.fault import Alteration, Moment

__all__ = ["OversizedHeader"]


@dataclass(frozen=True, slots=True)
class OversizedHeader(Alteration):
    """An honest answer with a header longer than many clients take.

    Source: assumed.
    """

    name = "oversized-header"

    size: Annotated[int, Meta(ge=1, le=10_000_000, description="The length of the value in bytes.")] = 100_000

    def alter(self, moment: Moment, honest: Response) -> Response:
        """The honest answer, changed."""
        return replace(honest, headers=[*honest.headers, (b"x-padding", b"x" * self.size)])
