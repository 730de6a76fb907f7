"""The honest JSON cut short, with the right Content-Length for what is left."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.faults.fault import BodyChange, Moment

__all__ = ["TruncatedJson"]


@dataclass(frozen=True, slots=True)
class TruncatedJson(BodyChange):
    """The honest JSON cut short, with the right Content-Length for what is left.

    Source: assumed.
    """

    name = "truncated-json"
    examples = ({"keep": 0.999},)

    keep: Annotated[float, Meta(ge=0, lt=1, description="The part that is left, from 0 to 1.")] = 0.5

    def change(self, moment: Moment, raw: bytes) -> bytes:
        """The changed body."""
        return raw[: int(len(raw) * self.keep)]
