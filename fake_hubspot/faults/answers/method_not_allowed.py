from dataclasses import dataclass

from bench_core.exchange import Response
from bench_core.faults.fault import Replacement
from fake_hubspot.context import error_response
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register
from fake_hubspot.http_errors import method_not_allowed

__all__ = ["MethodNotAllowed"]


@register
@dataclass(frozen=True, slots=True)
class MethodNotAllowed(Replacement):
    """405 with Jetty's HTML page.

    Source: recording (the title), assumed (the text).
    """

    name = "method-not-allowed"
    group = "answers"

    def respond(self, firing: Firing) -> Response:
        return error_response(method_not_allowed(["POST"]), firing.context.correlation_id)
