"""A redirect to another place, for instance a login page."""

from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from fake_hubspot.context import Body, Response
from fake_hubspot.faults.fault import Moment, Replacement

__all__ = ["Redirect"]


@dataclass(frozen=True, slots=True)
class Redirect(Replacement):
    """A redirect to another place, for instance a login page.

    Source: reader (mk-node-hubspot #301: 301 from http to https); elsewhere assumed.
    """

    name = "redirect"
    examples = ({"status": 301, "location": "/crm/v3/objects/contacts"},)

    status: Annotated[Literal[301, 302, 303, 307, 308], Meta(description="The HTTP status.")] = 302
    location: Annotated[str, Meta(description="Where to. A path stays on this host.")] = "/login"

    def instead(self, moment: Moment) -> Response:
        """The answer of the fault."""
        return Response(self.status, Body(b""), None, [(b"location", self.location.encode("ascii", "replace"))])
