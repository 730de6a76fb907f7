from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from bench_core.exchange import Response
from bench_core.faults.fault import Replacement
from fake_hubspot.context import error_response
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register
from fake_hubspot.http_errors import missing_scope

__all__ = ["MissingScopes"]


@register
@dataclass(frozen=True, slots=True)
class MissingScopes(Replacement):
    """403 with HubSpot's error body: the app lacks a scope.

    Source: docs (error handling, 2026-03), assumed (that contacts need this scope).
    """

    name = "missing-scopes"
    group = "answers"

    scope: Annotated[str, Meta(description="The missing scope.")] = "crm.objects.contacts.read"

    def respond(self, firing: Firing) -> Response:
        return error_response(missing_scope(self.scope), firing.context.correlation_id)
