from dataclasses import dataclass

from bench_core.faults.fault import BodyChange
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register

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
