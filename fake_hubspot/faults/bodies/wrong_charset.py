from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from fake_hubspot.faults.fault import BodyChange
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register

__all__ = ["WrongCharset"]


@register
@dataclass(frozen=True, slots=True)
class WrongCharset(BodyChange):
    """The original JSON in an encoding that differs from the one in Content-Type.

    Source: assumed.
    """

    name = "wrong-charset"
    group = "bodies"

    charset: Annotated[Literal["utf-16", "utf-32"], Meta(description="The encoding.")] = "utf-16"

    def change(self, firing: Firing, body: bytes) -> bytes:
        return body.decode().encode(self.charset)
