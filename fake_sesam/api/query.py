"""Reads query parameters and bodies."""

from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from bench_core.json_text import parse_json
from fake_sesam.errors import FakeSesamError

__all__ = [
    "Endpoint",
    "boolean",
    "integer",
    "iso_time",
    "json_object",
    "parse_integer",
    "text_form",
    "with_form",
    "with_json",
]

Endpoint = Callable[[Request], Coroutine[Any, Any, Response]]
_LARGEST = 2**63 - 1  # what SQLite can compare an offset with
_QUOTED = 40
_TRUE = ("true", "1", "yes")
_FALSE = ("false", "0", "no")


def integer(request: Request, name: str) -> int | None:
    """Return a whole number; None if it is absent or empty."""
    return parse_integer(request.query_params.get(name, ""), name)


def parse_integer(text: str, name: str) -> int | None:
    """Return the whole number in the text of a parameter; None if it is empty."""
    if text == "":
        return None
    try:
        found = int(text)
    except ValueError:
        raise FakeSesamError(f"expected a whole number as {name}, got {text[:_QUOTED]!r}") from None
    if not -_LARGEST <= found <= _LARGEST:
        raise FakeSesamError(f"expected a whole number of at most {_LARGEST} as {name}, got {text[:_QUOTED]!r}")
    return found


def boolean(request: Request, name: str, *, default: bool) -> bool:
    """Return a boolean from `true` or `false`."""
    text = request.query_params.get(name, "").lower()
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if text == "":
        return default
    raise FakeSesamError(f"expected true or false as {name}, got {text!r}")


def iso_time(request: Request, name: str) -> float:
    """Return an ISO time as seconds since 1970; 0 if it is absent. Without a time zone it is UTC."""
    text = request.query_params.get(name, "")
    try:
        found = datetime.fromisoformat(text) if text else datetime.fromtimestamp(0, UTC)
    except ValueError:
        raise FakeSesamError(f"expected an ISO time such as 2026-05-21T08:00:00Z as {name}, got {text!r}") from None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def json_object(value: Any) -> dict[str, Any]:
    """Return a body that must be an object."""
    if not isinstance(value, dict):
        raise FakeSesamError(f"expected a JSON object, got {type(value).__name__}")
    return value


def with_json(function: Callable[[Request, Any], Response], *, is_exact: bool = False) -> Endpoint:
    """Return an endpoint that calls `function` with the JSON body, in a thread.

    Args:
        function: What the endpoint does.
        is_exact: Keep every digit of fractions, as in entities.
    """

    async def endpoint(request: Request) -> Response:
        body = await request.body()
        try:
            value = parse_json(body, parse_float=Decimal if is_exact else None)
        except ValueError as error:
            raise FakeSesamError(f"the body is not JSON: {error}") from error
        return await run_in_threadpool(function, request, value)

    return endpoint


def with_form(function: Callable[[Request, dict[str, str]], Response]) -> Endpoint:
    """Return an endpoint that calls `function` with the form's text fields, in a thread."""

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(function, request, await text_form(request))

    return endpoint


async def text_form(request: Request) -> dict[str, str]:
    """Return the text fields of a form; files are left out."""
    async with request.form() as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}
