"""477: the account moves to another data centre."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.context import Response
from fake_hubspot.errors import HubSpotError
from fake_hubspot.faults.answers.responses import retry_after
from fake_hubspot.faults.fault import Moment, Replacement

__all__ = ["Migration"]


@dataclass(frozen=True, slots=True)
class Migration(Replacement):
    """477: the account moves to another data centre.

    Source: docs (the status, and that Retry-After is sent, up to a day), assumed (the body).
    """

    name = "migration"

    retry_after_s: Annotated[int, Meta(ge=0, description="Seconds in Retry-After; null sends none.")] | None = 2

    def instead(self, moment: Moment) -> Response:
        """The answer of the fault."""
        error = HubSpotError(477, "Migration in progress", headers=retry_after(self.retry_after_s))
        return Response.of_error(error, moment.context.correlation_id)
