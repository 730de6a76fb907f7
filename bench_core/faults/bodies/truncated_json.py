from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from bench_core.faults.fault import BodyChange
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register

__all__ = ["TruncatedJson"]


@register
@dataclass(frozen=True, slots=True)
class TruncatedJson(BodyChange):
    """The start of the original JSON.

    Content-Length matches what is sent, so HTTP looks complete.

    Source: assumed.
    """

    name = "truncated-json"
    group = "bodies"
    examples = ({"keep": 0.999},)

    keep: Annotated[float, Meta(ge=0, lt=1, description="The fraction that is kept, from 0 to 1.")] = 0.5

    def change(self, firing: Firing, body: bytes) -> bytes:
        return body[: int(len(body) * self.keep)]
