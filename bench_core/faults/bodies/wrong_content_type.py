from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from bench_core.exchange import Response
from bench_core.faults.fault import Alteration
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register

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
