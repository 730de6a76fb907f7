"""200 with JSON of another shape."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from msgspec import Meta

from fake_hubspot.context import Response
from fake_hubspot.faults.fault import Moment, Replacement

__all__ = ["WrongShape"]

SHAPES: dict[str, Any] = {
    "object": {"data": [], "meta": {"total": 0}},
    "array": [],
    "string": "ok",
    "number": 0,
    "null": None,
}


@dataclass(frozen=True, slots=True)
class WrongShape(Replacement):
    """200 with JSON of another shape.

    Source: assumed.
    """

    name = "wrong-shape"
    examples = ({"shape": "array"}, {"shape": "null"}, {"shape": "string"})

    shape: Annotated[Literal["object", "array", "string", "number", "null"], Meta(description="What comes.")] = "object"

    def instead(self, moment: Moment) -> Response:
        """The answer of the fault."""
        return Response.of(SHAPES[self.shape])
