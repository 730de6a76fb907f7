"""The rules of the account that a request can break.

They do not depend on HTTP; `fake_hubspot.crm.domain_errors` holds HubSpot's response for each.

PortalError
├── ExpiredTokenError, MissingScopeError            the access token
├── InvalidValuesError, MissingPropertyError        what is written to a record
├── RequiredPropertiesError, NoPropertiesError
├── DuplicateValueError, NotUniqueError             properties with unique values
├── UnknownAssociationTypeError                     the type of a link
└── LinkForbiddenError, TooManyLinksError           links that an administrator forbids or limits
"""

from collections.abc import Iterable

import msgspec

from fake_hubspot.errors import FakeHubSpotError

__all__ = [
    "DuplicateValueError",
    "ExpiredTokenError",
    "InvalidValue",
    "InvalidValuesError",
    "LinkForbiddenError",
    "MissingPropertyError",
    "MissingScopeError",
    "NoPropertiesError",
    "NotUniqueError",
    "PortalError",
    "RequiredPropertiesError",
    "TooManyLinksError",
    "UnknownAssociationTypeError",
]


class PortalError(FakeHubSpotError):
    """The base of the rules that a request can break."""


class ExpiredTokenError(PortalError):
    """The access token has expired.

    Units: milliseconds since 1970.
    """

    def __init__(self, *, now_ms: int, expires_ms: int) -> None:
        super().__init__("the access token has expired")
        self.now_ms = now_ms
        self.expires_ms = expires_ms


class MissingScopeError(PortalError):
    """The access token lacks a scope that the request needs."""

    def __init__(self, scope: str) -> None:
        super().__init__(f"the access token lacks the scope {scope}")
        self.scope = scope


class InvalidValue(msgspec.Struct, frozen=True):
    """Why the value of one property is refused.

    Attributes:
        terse: Whether HubSpot leaves out the repetitions of the message, as recorded for dates.
    """

    name: str
    code: str
    message: str
    terse: bool = False


class InvalidValuesError(PortalError):
    """Properties were given values that they cannot have.

    Attributes:
        is_of_batch: Whether they are those of several records.
    """

    def __init__(self, problems: Iterable[InvalidValue], *, is_of_batch: bool = False) -> None:
        self.problems = list(problems)
        self.is_of_batch = is_of_batch
        super().__init__(", ".join(f"{one.name}: {one.code}" for one in self.problems))


class MissingPropertyError(PortalError):
    """A record of this type needs at least one of some properties."""

    def __init__(self, one_of: Iterable[str]) -> None:
        self.one_of = tuple(one_of)
        super().__init__(f"one of these properties is required: {', '.join(self.one_of)}")


class RequiredPropertiesError(PortalError):
    """A write leaves required properties without a value.

    Attributes:
        noun: The type of record as HubSpot's message names it.
        verb: What the write does, `creating` or `updating`.
    """

    def __init__(self, names: Iterable[str], *, noun: str, verb: str = "creating") -> None:
        self.names = list(names)
        self.noun = noun
        self.verb = verb
        super().__init__(f"{verb} a {noun} needs {', '.join(self.names)}")


class NoPropertiesError(PortalError):
    """An update gives no property."""

    def __init__(self) -> None:
        super().__init__("an update needs at least one property")


class DuplicateValueError(PortalError):
    """Another record has this unique value.

    Attributes:
        noun: The type of record as HubSpot's message names it.
        existing_id: The id of the other record.
    """

    def __init__(self, noun: str, existing_id: int) -> None:
        super().__init__(f"{noun} already exists. Existing ID: {existing_id}")
        self.noun = noun
        self.existing_id = existing_id


class NotUniqueError(PortalError):
    """Records cannot be looked up by a property whose values are not unique."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the values of {name} are not unique")
        self.name = name


class UnknownAssociationTypeError(PortalError):
    """A request names a type of link that does not exist between these types of record.

    Attributes:
        spelled: The type as the request gives it: a name, or `category=id`.
        is_name: Whether it is a name.
    """

    def __init__(self, spelled: str, *, from_type: str, to_type: str, is_name: bool) -> None:
        super().__init__(f"there is no association type {spelled} from {from_type} to {to_type}")
        self.spelled = spelled
        self.from_type = from_type
        self.to_type = to_type
        self.is_name = is_name


class LinkForbiddenError(PortalError):
    """Users may not associate records of these two types."""

    def __init__(self, from_type: str, to_type: str) -> None:
        super().__init__(f"the user has no permission to associate a {from_type} with a {to_type}")
        self.from_type = from_type
        self.to_type = to_type


class TooManyLinksError(PortalError):
    """A record would have more links of one type than an administrator allows."""

    def __init__(self, from_id: int, *, spelled: str, most: int) -> None:
        super().__init__(f"Record {from_id} would have more than {most} associations of type {spelled}")
        self.from_id = from_id
