"""JSON responses of the node API, with exact numbers, and the HTTP status of each error."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import Any

from starlette.responses import Response, StreamingResponse

from fake_sesam.dataset.hashing import encode
from fake_sesam.errors import (
    ConfigurationError,
    FakeSesamError,
    MicroserviceError,
    NotFoundError,
    PumpRefusedError,
    ReadError,
    TransformError,
)

__all__ = ["LIMITS", "STATUS_OF", "error_response", "json_array_response", "json_response"]

STATUS_OF: dict[type[FakeSesamError], int] = {
    NotFoundError: 404,
    PumpRefusedError: 409,
    ConfigurationError: 400,
    TransformError: 400,
    MicroserviceError: 502,
    ReadError: 502,
    FakeSesamError: 400,
}


LIMITS: dict[type[Exception], tuple[int, str]] = {
    RecursionError: (400, "nested too deeply"),
    OverflowError: (400, "a number is too large"),
    UnicodeEncodeError: (400, "a text has half a surrogate pair, which is not a character"),
    sqlite3.OperationalError: (507, "nothing can be stored; is the disk full?"),
}
"""Errors of what is beyond a limit: the status, and a message that repeats nothing of it."""


def json_response(value: Any, *, status: int = 200) -> Response:
    """Return `value` as a JSON response."""
    return Response(encode(value), status_code=status, media_type="application/json")


def json_array_response(entities: Iterable[Any]) -> Response:
    """Return entities as one JSON array, streamed.

    The first entity is fetched before the response begins, so an error there becomes an error response. A later error
    closes the connection and never the array.
    """
    found = iter(entities)
    first = list(islice(found, 1))

    def pieces() -> Iterator[bytes]:
        yield b"["
        for index, entity in enumerate(chain(first, found)):
            yield b"," + encode(entity) if index else encode(entity)
        yield b"]"

    return StreamingResponse(pieces(), media_type="application/json")


def error_response(error: Exception, *, redact: Callable[[str], str]) -> Response:
    """Return the response for an error. `redact` masks secrets in its text.

    Shape: `{"detail": "..."}`.
    """
    for kind, (status, message) in LIMITS.items():
        if isinstance(error, kind):
            return json_response({"detail": f"{message} ({type(error).__name__})"}, status=status)
    if not isinstance(error, FakeSesamError):
        return json_response({"detail": redact(f"a bug of this node: {type(error).__name__}: {error}")}, status=500)
    status = next(code for kind, code in STATUS_OF.items() if isinstance(error, kind))
    return json_response({"detail": redact(str(error))}, status=status)
