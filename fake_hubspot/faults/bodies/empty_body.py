from dataclasses import dataclass

from fake_hubspot.context import Body, Response
from fake_hubspot.faults.fault import Replacement
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register

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
