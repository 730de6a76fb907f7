"""The error responses of the older APIs, which differ from family to family."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from fake_hubspot.http_errors import HubSpotError
from fake_hubspot.portal.errors import DuplicateValueError, InvalidValuesError

__all__ = ["LegacyError", "Taken", "invalid_enum", "legacy_errors", "nested_error"]


# Makes the response to a unique value that is taken.
Taken = Callable[[DuplicateValueError], HubSpotError]


class LegacyError(HubSpotError):
    """An error response of an older API.

    Shape: the members of `head`, then `{status, message, correlationId}`, then the members of `tail`.

    Source: recording (hubspot-api-ruby 2022-08) for the order of each family.
    """

    def __init__(
        self, status: int, message: str, *, head: Mapping[str, Any] | None = None, tail: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(status, message)
        self.head = head or {}
        self.tail = tail or {}

    def body(self, correlation_id: str) -> dict[str, Any]:
        """Return the JSON of the response."""
        return {**self.head, **super().body(correlation_id), **self.tail}


class NestedError(HubSpotError):
    """An error of an inner service, whose whole response is the message.

    Source: recording (hubspot-api-ruby 2022-08: merging a contact with itself, a list without a name).
    """

    def body(self, correlation_id: str) -> dict[str, Any]:
        """Return the JSON of the response."""
        inner = f'{{"status":"error","message":"{self.message}","correlationId":"{correlation_id}"}}'
        return {"status": "error", "message": inner, "correlationId": correlation_id}


def nested_error(message: str) -> NestedError:
    """Return the response of an API that passes on the error of an inner service."""
    return NestedError(400, message)


def invalid_enum(value: str, *, of: str) -> LegacyError:
    """Return the response to a word that is none of the known ones.

    Source: recording (hubspot-api-ruby 2022-08).
    """
    return LegacyError(400, f"Invalid enum constant '{value}' for class {of}")


def invalid_values(error: InvalidValuesError) -> LegacyError:
    """Return the response to wrong values.

    Source: recording (hubspot-api-ruby 2022-08, contacts); for the other types assumed.
    """
    results = [
        {"isValid": False, "message": one.message, "error": one.code, "name": one.name} for one in error.problems
    ]
    return LegacyError(400, "Property values were not valid", head={"validationResults": results})


@contextmanager
def legacy_errors(taken: Taken | None = None) -> Iterator[None]:
    """Answer the rules that a write breaks in the words of the older APIs."""
    try:
        yield
    except InvalidValuesError as error:
        raise invalid_values(error) from error
    except DuplicateValueError as error:
        if taken is None:
            raise
        raise taken(error) from error
