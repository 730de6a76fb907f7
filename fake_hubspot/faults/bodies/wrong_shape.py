from dataclasses import dataclass
from typing import Annotated, Any, Literal

from msgspec import Meta

from fake_hubspot.context import Response
from fake_hubspot.faults.fault import Replacement
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register

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
