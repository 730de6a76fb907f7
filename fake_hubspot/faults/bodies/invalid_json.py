from dataclasses import dataclass

from fake_hubspot.faults.fault import BodyChange
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register

__all__ = ["InvalidJson"]


@register
@dataclass(frozen=True, slots=True)
class InvalidJson(BodyChange):
    """The original JSON with one comma too many.

    The body arrives in full.

    Source: assumed.
    """

    name = "invalid-json"
    group = "bodies"

    def change(self, firing: Firing, body: bytes) -> bytes:
        return body[:1] + b"," + body[1:]
