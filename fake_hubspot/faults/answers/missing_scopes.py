"""403: the app lacks a scope."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.context import Response
from fake_hubspot.faults.fault import Moment, Replacement
from fake_hubspot.portal.access import missing_scopes

__all__ = ["MissingScopes"]


@dataclass(frozen=True, slots=True)
class MissingScopes(Replacement):
    """403: the app lacks a scope.

    Source: docs (error handling, 2026-03); that contacts ask for this scope is assumed.
    """

    name = "missing-scopes"

    scope: Annotated[str, Meta(description="The missing scope.")] = "crm.objects.contacts.read"

    def instead(self, moment: Moment) -> Response:
        """The answer of the fault."""
        return Response.of_error(missing_scopes(self.scope), moment.context.correlation_id)
