from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from bench_core.faults.fault import BodyChange
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register

__all__ = ["InvalidUtf8"]


@register
@dataclass(frozen=True, slots=True)
class InvalidUtf8(BodyChange):
    """Bytes that are not valid UTF-8 inside a JSON string.

    The first string in the body, or the first value of a property.

    Source: assumed.
    """

    name = "invalid-utf8"
    group = "bodies"
    examples = ({"property": "lastname"},)

    property: Annotated[
        str | None,
        Meta(description="The property; null, or a property that no record has, means the first string."),
    ] = None

    def change(self, firing: Firing, body: bytes) -> bytes:
        key = b'"%s":"' % (self.property or "").encode()
        place = body.find(key) + len(key) if key in body else body.find(b':"') + 2
        return body[:place] + b"\xff\xfe" + body[place:]
