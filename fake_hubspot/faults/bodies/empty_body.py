"""200 with nothing in the body."""

from dataclasses import dataclass

from fake_hubspot.exchange import Body, Reply
from fake_hubspot.faults.fault import Moment, Replacement

__all__ = ["EmptyBody"]


@dataclass(frozen=True, slots=True)
class EmptyBody(Replacement):
    """200 with nothing in the body.

    Source: assumed.
    """

    name = "empty-body"

    def instead(self, moment: Moment) -> Reply:
        """The answer of the fault."""
        return Reply(200, Body(b""))
