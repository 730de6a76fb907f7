from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.context import Body, Response
from fake_hubspot.faults.fault import Replacement
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register

__all__ = ["DeepJson"]


@register
@dataclass(frozen=True, slots=True)
class DeepJson(Replacement):
    """200 with JSON nested so deeply that a recursive parser fails.

    Source: assumed.
    """

    name = "deep-json"
    group = "bodies"

    depth: Annotated[int, Meta(ge=1, le=1_000_000, description="The depth of the nesting.")] = 100_000

    def respond(self, firing: Firing) -> Response:
        return Response(200, Body(b'{"results":' + b"[" * self.depth + b"]" * self.depth + b"}"))
