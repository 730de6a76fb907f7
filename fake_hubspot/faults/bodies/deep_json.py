"""JSON nested so deep that a parser which recurses gives up."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.context import Body, Response
from fake_hubspot.faults.fault import Moment, Replacement

__all__ = ["DeepJson"]


@dataclass(frozen=True, slots=True)
class DeepJson(Replacement):
    """JSON nested so deep that a parser which recurses gives up.

    Source: assumed.
    """

    name = "deep-json"

    depth: Annotated[int, Meta(ge=1, le=1_000_000, description="How deep.")] = 100_000

    def instead(self, moment: Moment) -> Response:
        """The answer of the fault."""
        return Response(200, Body(b'{"results":' + b"[" * self.depth + b"]" * self.depth + b"}"))
