from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from bench_core.exchange import Response
from bench_core.faults.fault import Replacement
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register

__all__ = ["NotFound"]


@register
@dataclass(frozen=True, slots=True)
class NotFound(Replacement):
    """404 with an HTML page or the API's own error body.

    Source: recording (HTML for a missing record, JSON for a missing record on writes).
    """

    name = "not-found"
    group = "answers"
    examples = ({"body": "json"},)

    body: Annotated[Literal["html", "json"], Meta(description="Which of the two bodies is sent.")] = "html"

    def respond(self, firing: Firing) -> Response:
        kind = "not-found-page" if self.body == "html" else ""
        return firing.context.error(404, "resource not found", kind=kind)
