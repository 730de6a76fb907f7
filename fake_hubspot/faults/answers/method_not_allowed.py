from dataclasses import dataclass

from fake_hubspot.context import Response
from fake_hubspot.faults.fault import Replacement
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
        return Response.of_error(method_not_allowed(["POST"]), firing.context.correlation_id)
