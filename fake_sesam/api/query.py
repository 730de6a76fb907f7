"""Query parameters, read with one rule each."""

from starlette.requests import Request

from fake_sesam.errors import FakeSesamError

__all__ = ["flag", "integer"]

_TRUE = ("true", "1", "yes")
_FALSE = ("false", "0", "no")


def integer(request: Request, name: str) -> int | None:
    """Return a whole number, None where it is absent or empty."""
    text = request.query_params.get(name, "")
    if text == "":
        return None
    try:
        return int(text)
    except ValueError:
        raise FakeSesamError(f"expected a whole number as {name}, got {text!r}") from None


def flag(request: Request, name: str, *, default: bool) -> bool:
    """Return a boolean from ``true`` or ``false``."""
    text = request.query_params.get(name, "").lower()
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if text == "":
        return default
    raise FakeSesamError(f"expected true or false as {name}, got {text!r}")
