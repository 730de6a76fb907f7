"""HubSpot's error responses for the rules of the account, in one place."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from fake_hubspot.http_errors import HubSpotError, expired_token, missing_scope
from fake_hubspot.portal.errors import (
    DuplicateValueError,
    ExpiredTokenError,
    InvalidValue,
    InvalidValuesError,
    LinkForbiddenError,
    MissingPropertyError,
    MissingScopeError,
    NoPropertiesError,
    NotUniqueError,
    PortalError,
    RequiredPropertiesError,
    TooManyLinksError,
    UnknownAssociationTypeError,
)

__all__ = ["as_hubspot_error", "duplicate_message"]


def as_hubspot_error(error: PortalError, *, portal_id: int) -> HubSpotError:
    """Return HubSpot's error response for a rule that a request breaks."""
    return _RESPONSES[type(error)](error, portal_id)


def _expired(error: ExpiredTokenError, _: int) -> HubSpotError:
    return expired_token(error.now_ms, error.expires_ms)


def _missing_scope(error: MissingScopeError, _: int) -> HubSpotError:
    return missing_scope(error.scope)


def _invalid_values(error: InvalidValuesError, portal_id: int) -> HubSpotError:
    """Return the response to wrong values.

    Source: docs (error handling, 2026-03) and recording (2022-08; that one has no `errors`). Of a batch the message has
    no repetitions and `errors` lacks the last problem: recording (amp-labs 2025-11; one batch of two inputs).
    """
    details = [_detail(problem, portal_id, terse=problem.terse or error.is_of_batch) for problem in error.problems]
    text = msgspec.json.encode(details).decode()
    listed = [problem for problem in error.problems if not problem.terse]
    if error.is_of_batch and len(listed) > 1:
        listed.pop()
    errors = [{"message": one.message, "code": one.code, "context": {"propertyName": [one.name]}} for one in listed]
    return _invalid(f"Property values were not valid: {text}", errors=errors)


def _detail(problem: InvalidValue, portal_id: int, *, terse: bool) -> dict[str, Any]:
    detail: dict[str, Any] = {
        "isValid": False,
        "message": problem.message,
        "error": problem.code,
        "name": problem.name,
    }
    return detail if terse else detail | {"localizedErrorMessage": problem.message, "portalId": portal_id}


def _missing_property(error: MissingPropertyError, _: int) -> HubSpotError:
    """Return the response to a contact without an address and a name.

    Source: docs (a contact needs one of three); the text is assumed.
    """
    return _invalid(f"At least one of these properties is required: {', '.join(error.one_of)}")


def _required(error: RequiredPropertiesError, _: int) -> HubSpotError:
    """Return the response to a record without its required properties.

    Source: recording (2026-04: calls, communications, projects) and reader (Pipedream #12366: the whole body); for
    updates the text is assumed.
    """
    message = f"Error {error.verb} {error.noun}. Some required properties were not set."
    return HubSpotError(400, message, context={"properties": error.names}, category="VALIDATION_ERROR")


def _no_properties(_: NoPropertiesError, __: int) -> HubSpotError:
    """Return the response to an update without properties.

    Source: recording.
    """
    return _invalid("No properties found to update, please provide at least one.")


def _duplicate(error: DuplicateValueError, _: int) -> HubSpotError:
    """Return the response to a unique value that is taken.

    Source: recording for contacts; for other properties with unique values the text is assumed.
    """
    return HubSpotError(409, duplicate_message(error), category="CONFLICT")


def duplicate_message(error: DuplicateValueError) -> str:
    """Return HubSpot's message for a unique value that is taken."""
    return f"{error.noun} already exists. Existing ID: {error.existing_id}"


def _not_unique(error: NotUniqueError, _: int) -> HubSpotError:
    """Return the response to a lookup by a property whose values are not unique.

    Source: the text is assumed.
    """
    return _invalid(f"Property {error.name} is not a unique property")


def _association_type(error: UnknownAssociationTypeError, _: int) -> HubSpotError:
    """Return the response to an unknown type of link.

    Source: recording for a name (belong-inc/go-hubspot); for an id the text is assumed.
    """
    if not error.is_name:
        return _invalid(f"Association type {error.spelled} between {error.from_type} and {error.to_type} is not valid")
    return HubSpotError(
        400,
        f"{error.spelled} is not a valid association type between {error.from_type} and {error.to_type}",
        context={"type": [error.spelled], "fromObjectType": [error.from_type], "toObjectType": [error.to_type]},
        category="VALIDATION_ERROR",
        sub_category="crm.associations.INVALID_ASSOCIATION_TYPE",
    )


def _link_forbidden(error: LinkForbiddenError, _: int) -> HubSpotError:
    """Return the response to a link that users may not make.

    Source: assumed (docs for the rule).
    """
    return HubSpotError(403, f"{str(error).capitalize()}.", category="MISSING_PERMISSIONS")


def _too_many_links(error: TooManyLinksError, _: int) -> HubSpotError:
    """Return the response to a link beyond the number that an administrator set.

    Source: docs for the limits; the text is assumed.
    """
    return HubSpotError(
        400, str(error), category="VALIDATION_ERROR", sub_category="crm.associations.TOO_MANY_ASSOCIATIONS"
    )


def _invalid(message: str, *, errors: Sequence[dict[str, Any]] = ()) -> HubSpotError:
    return HubSpotError(400, message, errors=list(errors) or None, category="VALIDATION_ERROR")


_RESPONSES: dict[type[PortalError], Callable[[Any, int], HubSpotError]] = {
    ExpiredTokenError: _expired,
    MissingScopeError: _missing_scope,
    InvalidValuesError: _invalid_values,
    MissingPropertyError: _missing_property,
    RequiredPropertiesError: _required,
    NoPropertiesError: _no_properties,
    DuplicateValueError: _duplicate,
    NotUniqueError: _not_unique,
    UnknownAssociationTypeError: _association_type,
    LinkForbiddenError: _link_forbidden,
    TooManyLinksError: _too_many_links,
}
