from dataclasses import dataclass

from bench_core.faults.fault import BodyChange
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register

__all__ = ["DuplicateKeys"]


@register
@dataclass(frozen=True, slots=True)
class DuplicateKeys(BodyChange):
    """The original page with the key `results` twice, the second time with an empty list.

    Most parsers take the last one and see no records.

    Source: assumed.
    """

    name = "duplicate-keys"
    group = "bodies"

    def change(self, firing: Firing, body: bytes) -> bytes:
        return body[:-1] + b',"results":[]}' if body.endswith(b"}") else body
