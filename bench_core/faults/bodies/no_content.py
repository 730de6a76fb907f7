from dataclasses import dataclass

from bench_core.exchange import Response
from bench_core.faults.fault import Replacement
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register

__all__ = ["NoContent"]


@register
@dataclass(frozen=True, slots=True)
class NoContent(Replacement):
    """204 instead of a page.

    Source: assumed.
    """

    name = "no-content"
    group = "bodies"

    def respond(self, firing: Firing) -> Response:
        return Response.empty()
