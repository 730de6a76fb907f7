"""The JSON body of a control request, checked."""

from typing import TypeVar

import msgspec

from fake_hubspot.context import RequestContext
from fake_hubspot.errors import UsageError

__all__ = ["read_body"]

Wanted = TypeVar("Wanted")


def read_body(context: RequestContext, wanted: type[Wanted]) -> Wanted:
    """The body as `wanted`.

    Raises: UsageError that says what was expected and what came.
    """
    try:
        return msgspec.json.decode(context.request.body or b"{}", type=wanted)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise UsageError(f"the body is not what {context.request.path} takes: {error}") from error
