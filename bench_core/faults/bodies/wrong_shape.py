from dataclasses import dataclass
from typing import Annotated, Any, Literal

from msgspec import Meta

from bench_core.exchange import Response
from bench_core.faults.fault import Replacement
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register

__all__ = ["WrongShape"]

SHAPES: dict[str, Any] = {
    "object": {"data": [], "meta": {"total": 0}},
    "array": [],
    "string": "ok",
    "number": 0,
    "null": None,
}


@register
@dataclass(frozen=True, slots=True)
class WrongShape(Replacement):
    """200 with valid JSON that is not a page of records.

    Source: assumed.
    """

    name = "wrong-shape"
    group = "bodies"
    examples = ({"shape": "array"}, {"shape": "null"}, {"shape": "string"})

    shape: Annotated[
        Literal["object", "array", "string", "number", "null"], Meta(description="What is sent instead.")
    ] = "object"

    def respond(self, firing: Firing) -> Response:
        return Response.of(SHAPES[self.shape])
