"""405 as Jetty's HTML page."""

from dataclasses import dataclass

from fake_hubspot.context import Response
from fake_hubspot.errors import method_not_allowed
from fake_hubspot.faults.fault import Moment, Replacement

__all__ = ["MethodNotAllowed"]


@dataclass(frozen=True, slots=True)
class MethodNotAllowed(Replacement):
    """405 as Jetty's HTML page.

    Source: recording (the title; the text is assumed).
    """

    name = "method-not-allowed"

    def instead(self, moment: Moment) -> Response:
        """The answer of the fault."""
        return Response.of_error(method_not_allowed(["POST"]), moment.context.correlation_id)
