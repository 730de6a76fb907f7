"""423: the record is locked for two seconds."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.context import Response
from fake_hubspot.errors import HubSpotError
from fake_hubspot.faults.answers.responses import retry_after
from fake_hubspot.faults.fault import Moment, Replacement

__all__ = ["Locked"]


@dataclass(frozen=True, slots=True)
class Locked(Replacement):
    """423: the record is locked for two seconds.

    Source: docs (error handling, 2026-03: the status and the two seconds), assumed (the body).
    """

    name = "locked"
    examples = ({"retry_after_s": 2},)

    retry_after_s: Annotated[int, Meta(ge=0, description="Seconds in Retry-After; null sends none.")] | None = None

    def instead(self, moment: Moment) -> Response:
        """The answer of the fault."""
        headers = retry_after(self.retry_after_s)
        return Response.of_error(HubSpotError(423, "Locked", headers=headers), moment.context.correlation_id)
