"""403: the app lacks a scope."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from fake_hubspot.errors import HubSpotError
from fake_hubspot.exchange import Reply
from fake_hubspot.faults.answers.replies import error_reply
from fake_hubspot.faults.fault import Moment, Replacement

__all__ = ["MissingScopes"]

TEXT = (
    "This app hasn't been granted all required scopes to make this call. Read more about required scopes here: "
    "https://developers.hubspot.com/scopes."
)
SCOPES = "https://developers.hubspot.com/scopes"


@dataclass(frozen=True, slots=True)
class MissingScopes(Replacement):
    """403: the app lacks a scope.

    Source: docs (error handling, 2026-03); that contacts ask for this scope is assumed.
    """

    name = "missing-scopes"

    scopes: Annotated[tuple[str, ...], Meta(description="The scopes that are missing.")] = (
        "crm.objects.contacts.read",
    )

    def instead(self, moment: Moment) -> Reply:
        """The answer of the fault."""
        problem = {
            "message": "One or more of the following scopes are required.",
            "context": {"requiredGranularScopes": list(self.scopes)},
        }
        error = HubSpotError(403, TEXT, errors=[problem], links={"scopes": SCOPES}, category="MISSING_SCOPES")
        return error_reply(moment, error)
