from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from fake_hubspot.context import Response
from fake_hubspot.faults.fault import Alteration
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register

__all__ = ["WrongContentType"]


@register
@dataclass(frozen=True, slots=True)
class WrongContentType(Alteration):
    """The original JSON with another content type, or with none.

    Source: assumed.
    """

    name = "wrong-content-type"
    group = "bodies"
    examples = ({"content_type": None},)

    content_type: (
        Annotated[str, Meta(pattern=r"^[ -~]+$", description="The content type; null omits the header.")] | None
    ) = "text/plain"

    def alter(self, firing: Firing, response: Response) -> Response:
        return replace(response, content_type=self.content_type.encode() if self.content_type else None)
