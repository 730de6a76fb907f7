from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

from bench_core.exchange import Body, Response
from bench_core.faults.fault import Replacement
from bench_core.faults.firing import Firing
from bench_core.faults.registry import register

__all__ = ["Redirect"]


@register
@dataclass(frozen=True, slots=True)
class Redirect(Replacement):
    """A redirect, for instance to a login page.

    Source: reader (mk-node-hubspot #301: 301 from http to https), assumed (other redirects).
    """

    name = "redirect"
    group = "answers"
    examples = ({"status": 301, "location": "/crm/v3/objects/contacts"},)

    status: Annotated[Literal[301, 302, 303, 307, 308], Meta(description="The HTTP status.")] = 302
    location: Annotated[str, Meta(description="The target. A path stays on this host.")] = "/login"

    def respond(self, firing: Firing) -> Response:
        return Response(self.status, Body(b""), None, [(b"location", self.location.encode("ascii", "replace"))])
