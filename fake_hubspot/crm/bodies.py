"""JSON bodies of requests, and HubSpot's errors for wrong ones."""

import re
from typing import TypeVar

import msgspec

from fake_hubspot.context import RequestContext
from fake_hubspot.http_errors import HubSpotError, unsupported_media_type

__all__ = ["read_body"]

Wanted = TypeVar("Wanted")
MISSING = re.compile(r"Object missing required field `(?P<name>[^`]+)`")
WRONG = re.compile(r"Expected `(?P<expected>[^`]+)`, got `(?P<got>[^`]+)`(?: - at `(?P<where>[^`]+)`)?")
POSITION = re.compile(r"\(byte (?P<byte>\d+)\)")
JAVA_TYPES = {"str": "java.lang.String", "int": "java.lang.Integer", "bool": "java.lang.Boolean"}
JAVA_TOKENS = {"object": "START_OBJECT", "array": "START_ARRAY", "null": "VALUE_NULL", "str": "VALUE_STRING"}


def read_body(context: RequestContext, wanted: type[Wanted]) -> Wanted:
    """Decode the request's body as `wanted`. Unknown keys are ignored.

    Raises:
        HubSpotError: 400 for other JSON, 415 for another content type.

    Source: recording for the messages; 415: docs.
    """
    content_type = context.request.headers.get(b"content-type", b"").lower()
    if not content_type.startswith(b"application/json"):
        raise unsupported_media_type()
    return decode(context.request.body, wanted)


def decode(body: bytes, wanted: type[Wanted]) -> Wanted:
    """Decode bytes as `wanted`.

    Raises:
        HubSpotError: 400.
    """
    try:
        return msgspec.json.decode(body, type=wanted, strict=True)
    except msgspec.ValidationError as error:
        raise _invalid(str(error), body) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise HubSpotError(400, f"Invalid input JSON on {_place(body, str(error))}: {error}") from error
    except RecursionError as error:
        raise HubSpotError(400, "Invalid input JSON on line 1, column 1: nested too deeply") from error


def _invalid(text: str, body: bytes) -> HubSpotError:
    missing = MISSING.search(text)
    if missing:
        end = f"line 1, column {len(body)}"
        message = f"Invalid input JSON on {end}. Some required fields were not set: [{missing['name']}]"
        return HubSpotError(400, message, category="VALIDATION_ERROR")
    wrong = WRONG.search(text)
    if wrong is None:
        return HubSpotError(400, f"Invalid input JSON on line 1, column 1: {text}")
    expected = wrong["expected"].partition(" ")[0]
    token = JAVA_TOKENS.get(wrong["got"], "VALUE_NUMBER_INT")
    got = wrong["got"].capitalize()
    java = JAVA_TYPES.get(expected, "java.util.LinkedHashMap" if expected == "object" else "java.util.ArrayList")
    return HubSpotError(
        400,
        f"Invalid input JSON on line 1, column 2: Cannot deserialize value of type `{java}` from {got} value "
        f"(token `JsonToken.{token}`)",
    )


def _place(body: bytes, text: str) -> str:
    found = POSITION.search(text)
    at = min(int(found["byte"]), len(body)) if found else len(body)
    line_start = body.rfind(b"\n", 0, at) + 1
    line = body.count(b"\n", 0, at) + 1
    return f"line {line}, column {at - line_start + 1}"
