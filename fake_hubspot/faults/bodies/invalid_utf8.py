"""Bytes that are no UTF-8 within a text."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.faults.fault import BodyChange, Moment

__all__ = ["InvalidUtf8"]


@dataclass(frozen=True, slots=True)
class InvalidUtf8(BodyChange):
    """Bytes that are no UTF-8 within a text: the first one of the body, or the first value of a property.

    Source: assumed.
    """

    name = "invalid-utf8"
    examples = ({"property": "lastname"},)

    property: Annotated[
        str | None,
        Meta(description="Whose value it is; null, or one that no record has, means the first text."),
    ] = None

    def change(self, moment: Moment, raw: bytes) -> bytes:
        """The changed body."""
        key = b'"%s":"' % (self.property or "").encode()
        place = raw.find(key) + len(key) if key in raw else raw.find(b':"') + 2
        return raw[:place] + b"\xff\xfe" + raw[place:]
