"""414 as HTML, which HubSpot answers to addresses of some 16,000 characters."""

from dataclasses import dataclass

from fake_hubspot.exchange import Reply
from fake_hubspot.faults.answers.replies import edge_page
from fake_hubspot.faults.fault import Moment, Replacement

__all__ = ["UriTooLong"]


@dataclass(frozen=True, slots=True)
class UriTooLong(Replacement):
    """414 as HTML, which HubSpot answers to addresses of some 16,000 characters.

    Source: recording (PostHog #31617; the page's start).
    """

    name = "uri-too-long"

    def instead(self, moment: Moment) -> Reply:
        """The answer of the fault."""
        return edge_page(414, "414 Request-URI Too Large")
