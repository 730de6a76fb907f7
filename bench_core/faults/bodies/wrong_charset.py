from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from bench_core.faults.fault import BodyChange
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register

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
