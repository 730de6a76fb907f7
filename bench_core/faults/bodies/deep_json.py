from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from bench_core.exchange import Body, Response
from bench_core.faults.fault import Replacement
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register

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
