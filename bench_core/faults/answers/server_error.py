from dataclasses import dataclass

from bench_core.exchange import Response
from bench_core.faults.fault import Replacement
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register

__all__ = ["ServerError"]


@register
@dataclass(frozen=True, slots=True)
class ServerError(Replacement):
    """500 with the API's own error body.

    Source: recording.
    """

    name = "server-error"
    group = "answers"

    def respond(self, firing: Firing) -> Response:
        return firing.context.error(500, "internal error")
