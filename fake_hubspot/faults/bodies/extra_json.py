from dataclasses import dataclass

from fake_hubspot.faults.fault import BodyChange
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register

__all__ = ["ExtraJson"]


@register
@dataclass(frozen=True, slots=True)
class ExtraJson(BodyChange):
    """The original JSON followed by a second JSON document.

    Source: assumed.
    """

    name = "extra-json"
    group = "bodies"

    def change(self, firing: Firing, body: bytes) -> bytes:
        return body + b"\n" + body
