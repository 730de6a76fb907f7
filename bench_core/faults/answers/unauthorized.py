from dataclasses import dataclass

from bench_core.exchange import Response
from bench_core.faults.fault import Replacement
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register

__all__ = ["Unauthorized"]


@register
@dataclass(frozen=True, slots=True)
class Unauthorized(Replacement):
    """401 with the API's own error body: the access token is unknown or has been revoked.

    Source: recording (2023-2026; hubspot-api-nodejs #432).
    """

    name = "unauthorized"
    group = "answers"

    def respond(self, firing: Firing) -> Response:
        return firing.context.error(401, "the access token is unknown or has been revoked", kind="unauthorized")
