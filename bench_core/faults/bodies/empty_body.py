from dataclasses import dataclass

from bench_core.exchange import Body, Response
from bench_core.faults.fault import Replacement
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register

__all__ = ["EmptyBody"]


@register
@dataclass(frozen=True, slots=True)
class EmptyBody(Replacement):
    """200 with an empty body.

    Source: assumed.
    """

    name = "empty-body"
    group = "bodies"

    def respond(self, firing: Firing) -> Response:
        return Response(200, Body(b""))
