from collections.abc import Callable
from dataclasses import dataclass

from msgspec.structs import replace

from bench_core.exchange import Response
from bench_core.faults.fault import ResponseFault
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register

__all__ = ["IgnoresArchived"]

ARCHIVED = b"archived=true"


@register
@dataclass(frozen=True, slots=True)
class IgnoresArchived(ResponseFault):
    """The wrong list: current records or owners although `archived=true` was requested, archived ones otherwise.

    Each record says which it is.

    Source: reader (airbyte #33524: owners, 2023-11 to 2024); the reverse is assumed.
    """

    name = "ignores-archived"
    group = "records"
    needs_page = True
    needs_parameter = "archived"

    def apply(self, firing: Firing, handle: Callable[[], Response]) -> Response:
        """Handle the request as if it had asked for the other list."""
        context = firing.context
        asked = context.request
        others = [part for part in asked.raw_query.split(b"&") if part and not part.startswith(b"archived=")]
        if ARCHIVED not in asked.raw_query.split(b"&"):
            others.append(ARCHIVED)
        context.request = replace(asked, raw_query=b"&".join(others))
        try:
            return handle()
        finally:
            context.request = asked
