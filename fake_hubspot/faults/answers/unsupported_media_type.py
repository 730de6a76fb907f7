"""415: a body of the wrong type."""

from dataclasses import dataclass

from fake_hubspot.context import Response
from fake_hubspot.errors import unsupported_media_type
from fake_hubspot.faults.fault import Moment, Replacement

__all__ = ["UnsupportedMediaType"]


@dataclass(frozen=True, slots=True)
class UnsupportedMediaType(Replacement):
    """415: a body of the wrong type.

    Source: docs (the status), assumed (the page).
    """

    name = "unsupported-media-type"

    def instead(self, moment: Moment) -> Response:
        """The answer of the fault."""
        return Response.of_error(unsupported_media_type(), moment.context.correlation_id)
