"""The honest JSON under another content type, or under none."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta
from msgspec.structs import replace

from fake_hubspot.context import Response
from fake_hubspot.faults.fault import Alteration, Moment

__all__ = ["WrongContentType"]


@dataclass(frozen=True, slots=True)
class WrongContentType(Alteration):
    """The honest JSON under another content type, or under none.

    Source: assumed.
    """

    name = "wrong-content-type"
    examples = ({"content_type": None},)

    content_type: Annotated[str, Meta(pattern=r"^[ -~]+$", description="What it says; null for none.")] | None = (
        "text/plain"
    )

    def alter(self, moment: Moment, honest: Response) -> Response:
        """The honest answer, changed."""
        return replace(honest, content_type=self.content_type.encode() if self.content_type else None)
