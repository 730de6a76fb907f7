from dataclasses import dataclass

from fake_hubspot.context import Response
from fake_hubspot.faults.fault import Replacement
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register

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
