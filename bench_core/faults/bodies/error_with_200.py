from dataclasses import dataclass

from msgspec.structs import replace

from bench_core.exchange import Response
from bench_core.faults.fault import Replacement
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register

__all__ = ["ErrorWith200"]


@register
@dataclass(frozen=True, slots=True)
class ErrorWith200(Replacement):
    """200 with the API's own error object.

    Source: assumed.
    """

    name = "error-with-200"
    group = "bodies"

    def respond(self, firing: Firing) -> Response:
        return replace(firing.context.error(500, "internal error"), status=200)
