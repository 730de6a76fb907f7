"""The JSON bodies of control requests."""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from bench_core.errors import UsageError
from bench_core.exchange import Exchange
from bench_core.json_text import decode_json

__all__ = ["read_body", "read_fields"]

Wanted = TypeVar("Wanted")


def read_body(context: Exchange, wanted: type[Wanted]) -> Wanted:
    """Decode the body as `wanted`.

    Raises:
        UsageError: It is something else. The message says what was expected and what came.
    """
    return _read(context, lambda body: decode_json(body, type=wanted))


def read_fields(context: Exchange, build: Callable[[dict[str, Any]], Wanted]) -> Wanted:
    """Decode the body as a JSON object and build something from its fields.

    Raises:
        UsageError: It is not an object, or its fields do not fit.
    """
    return _read(context, lambda body: build(decode_json(body, type=dict[str, Any])))


def _read(context: Exchange, decode: Callable[[bytes], Wanted]) -> Wanted:
    try:
        return decode(context.request.body or b"{}")
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise UsageError(f"the body is not what {context.request.path} takes: {error}") from error
