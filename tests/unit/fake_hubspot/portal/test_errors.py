"""What the errors of a portal say and carry."""

from fake_hubspot.portal.errors import (
    DuplicateValueError,
    ExpiredTokenError,
    InvalidValue,
    InvalidValuesError,
    MissingPropertyError,
    MissingScopeError,
    NoPropertiesError,
    NotUniqueError,
    PortalError,
    UnknownAssociationTypeError,
)
from tests.support.cases import for_each

A, B = InvalidValue("a", "ONE", "one"), InvalidValue("b", "TWO", "two", terse=True)


@for_each(
    ("error", "message", "fields"),
    [
        (
            ExpiredTokenError(now_ms=2, expires_ms=1),
            "the access token has expired",
            {"now_ms": 2, "expires_ms": 1},
        ),
        (MissingScopeError("s"), "the access token lacks the scope s", {"scope": "s"}),
        (InvalidValuesError(iter([A, B])), "a: ONE, b: TWO", {"problems": [A, B], "is_of_batch": False}),
        (InvalidValuesError([A], is_of_batch=True), "a: ONE", {"problems": [A], "is_of_batch": True}),
        (
            MissingPropertyError(iter(["a", "b"])),
            "one of these properties is required: a, b",
            {"one_of": ("a", "b")},
        ),
        (NoPropertiesError(), "an update needs at least one property", {}),
        (
            DuplicateValueError("Contact", 5),
            "Contact already exists. Existing ID: 5",
            {"noun": "Contact", "existing_id": 5},
        ),
        (NotUniqueError("city"), "the values of city are not unique", {"name": "city"}),
        (
            UnknownAssociationTypeError("x", from_type="0-1", to_type="0-2", is_name=True),
            "there is no association type x from 0-1 to 0-2",
            {"spelled": "x", "from_type": "0-1", "to_type": "0-2", "is_name": True},
        ),
    ],
)
def test_an_error_has_a_message_and_fields(error: PortalError, message: str, fields: dict[str, object]) -> None:
    assert str(error) == message
    assert vars(error) == fields
    assert (A.terse, B.terse) == (False, True)
