"""HubSpot has an error response for each rule of the account."""

from fake_hubspot.crm import domain_errors
from fake_hubspot.portal import errors
from tests.support.cases import for_each


def test_every_rule_is_worded() -> None:
    """A rule without a response would be a 500."""
    rules = {one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.PortalError)}

    assert rules - {errors.PortalError} == set(domain_errors._RESPONSES)


@for_each(
    ("error", "status", "message"),
    [
        (errors.ExpiredTokenError(now_ms=90_000, expires_ms=0), 401, "expired 90 second(s) ago"),
        (errors.MissingScopeError("crm.lists.read"), 403, "all required scopes"),
        (errors.InvalidValuesError([errors.InvalidValue("a", "CODE", "bad")]), 400, '"portalId":62515'),
        (errors.MissingPropertyError(("email", "lastname")), 400, "is required: email, lastname"),
        (errors.NoPropertiesError(), 400, "No properties found to update"),
        (errors.DuplicateValueError("Contact", 7), 409, "Contact already exists. Existing ID: 7"),
        (errors.NotUniqueError("city"), 400, "Property city is not a unique property"),
        (
            errors.UnknownAssociationTypeError("USER_DEFINED=9", from_type="0-1", to_type="0-2", is_name=False),
            400,
            "Association type USER_DEFINED=9 between 0-1 and 0-2 is not valid",
        ),
        (
            errors.UnknownAssociationTypeError("friend", from_type="0-1", to_type="0-2", is_name=True),
            400,
            "friend is not a valid association type",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_a_rule_becomes_hubspots_response(error: errors.PortalError, status: int, message: str) -> None:
    """Status and message."""
    answer = domain_errors.as_hubspot_error(error, portal_id=62515)

    assert answer.status == status
    assert message in answer.message
