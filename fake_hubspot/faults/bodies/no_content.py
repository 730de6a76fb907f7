"""204 where a page was expected."""

from dataclasses import dataclass

from fake_hubspot.context import Response
from fake_hubspot.faults.fault import Moment, Replacement

__all__ = ["NoContent"]


@dataclass(frozen=True, slots=True)
class NoContent(Replacement):
    """204 where a page was expected.

    Source: assumed.
    """

    name = "no-content"

    def instead(self, moment: Moment) -> Response:
        """The answer of the fault."""
        return Response.empty()
