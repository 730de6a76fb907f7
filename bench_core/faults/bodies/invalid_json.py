from dataclasses import dataclass

from bench_core.faults.fault import BodyChange
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register

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
