"""200 with nothing in the body."""

from dataclasses import dataclass

from fake_hubspot.context import Body, Response
from fake_hubspot.faults.fault import Moment, Replacement

__all__ = ["EmptyBody"]


@dataclass(frozen=True, slots=True)
class EmptyBody(Replacement):
    """200 with nothing in the body.

    Source: assumed.
    """

    name = "empty-body"

    def instead(self, moment: Moment) -> Response:
        """The answer of the fault."""
        return Response(200, Body(b""))
