from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from bench_core.exchange import Response
from bench_core.faults.fault import Replacement
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register

__all__ = ["LongErrorText"]


@register
@dataclass(frozen=True, slots=True)
class LongErrorText(Replacement):
    """400 with the API's own error body, in which `message` is one very long word.

    A client that searches the whole message with a regular expression may need minutes for it.

    Source: assumed.
    """

    name = "long-error-text"
    group = "answers"

    length: Annotated[int, Meta(ge=1, le=10_000_000, description="The length of the message.")] = 400_000

    def respond(self, firing: Firing) -> Response:
        return firing.context.error(400, "x" * self.length)
