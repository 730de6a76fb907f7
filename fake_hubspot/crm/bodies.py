"""JSON bodies of requests, and HubSpot's errors for wrong ones."""

import re
from typing import Any, TypeVar, get_args

import msgspec

from bench_core.json_text import decode_json
from fake_hubspot.context import RequestContext
from fake_hubspot.http_errors import HubSpotError, unsupported_media_type

__all__ = ["read_body"]

Wanted = TypeVar("Wanted")
WRONG = re.compile(r"Expected `(?P<expected>[^`]+)`, got `(?P<got>[^`]+)`(?: - at `(?P<where>[^`]+)`)?")
PLACE = re.compile(r" - at `\$(?P<where>[^`]*)`")
STEP = re.compile(r"\[[0-9]+\]|[A-Za-z_][A-Za-z0-9_]*")
POSITION = re.compile(r"\(byte (?P<byte>\d+)\)")
JAVA_TYPES = {"str": "java.lang.String", "int": "java.lang.Integer", "bool": "java.lang.Boolean"}
JAVA_SCALARS = {"int": "java.lang.Integer", "bool": "java.lang.Boolean", "float": "java.lang.Double"}
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
        return decode_json(body, type=wanted, strict=True)
    except msgspec.ValidationError as error:
        raise _invalid(str(error), body, wanted) from error
    except msgspec.DecodeError as error:
        raise HubSpotError(400, f"Invalid input JSON on {_place(body, str(error))}: {error}") from error


def _invalid(text: str, body: bytes, wanted: Any) -> HubSpotError:
    """Return the response to JSON of another shape.

    Source: recording (2026-04): every missing field is named, a null counts as missing, a body that is null has a
    message of its own, an object instead of a list is in column 1, an item of a list of ids is a text; reader
    (Jackson's messages, which HubSpot passes on) for a text instead of a number or a truth value.
    """
    try:
        raw = decode_json(body)
    except msgspec.DecodeError:  # numbers beyond its range are an error only where a type is wanted
        return HubSpotError(400, f"Invalid input JSON on line 1, column 1: {text}")
    if raw is None:
        return HubSpotError(400, "validation error", errors=["The request body may not be null"])
    missing = _missing_names(raw, wanted, _steps(text))
    if missing:
        end = f"line 1, column {len(body)}"
        message = f"Invalid input JSON on {end}. Some required fields were not set: [{', '.join(missing)}]"
        return HubSpotError(400, message, category="VALIDATION_ERROR")
    wrong = WRONG.search(text)
    if wrong is None:
        return HubSpotError(400, f"Invalid input JSON on line 1, column 1: {text}")
    if wrong["got"] == "str" and (java := JAVA_SCALARS.get(wrong["expected"].partition(" ")[0])):
        given, place = _value_at(raw, _steps(text)), "line 1, column 2"
        reason = 'only "true" or "false" recognized' if java == "java.lang.Boolean" else f"not a valid `{java}` value"
        message = (
            f"Cannot deserialize value of type `{java}` from String {msgspec.json.encode(given).decode()}: {reason}"
        )
        return HubSpotError(400, f"Invalid input JSON on {place}: {message}")
    kinds = [one.strip() for one in wrong["expected"].split("|")]
    expected = "str" if "str" in kinds else kinds[0]
    token = JAVA_TOKENS.get(wrong["got"], "VALUE_NUMBER_INT")
    got = wrong["got"].capitalize()
    java = JAVA_TYPES.get(expected, "java.util.LinkedHashMap" if expected == "object" else "java.util.ArrayList")
    column = 1 if expected == "array" and wrong["where"] is None else 2
    return HubSpotError(
        400,
        f"Invalid input JSON on line 1, column {column}: Cannot deserialize value of type `{java}` from {got} value "
        f"(token `JsonToken.{token}`)",
    )


def _steps(text: str) -> list[str]:
    """Return the steps to the place of an error: names of fields and, for items of lists, `[...]`."""
    found = PLACE.search(text)
    return [] if found is None else STEP.findall(found["where"])


def _value_at(raw: Any, steps: list[str]) -> str:
    """Return the text at the place of an error, at most its first characters."""
    for step in steps:
        raw = raw[int(step[1:-1])] if step.startswith("[") else raw[step]
    return str(raw)[:100]


def _missing_names(raw: Any, wanted: Any, steps: list[str]) -> list[str]:
    """Return the required fields that are absent or null in the object at the end of the steps, or in one before it."""
    for step in [*steps, ""]:
        if isinstance(raw, dict) and isinstance(wanted, type) and issubclass(wanted, msgspec.Struct):
            fields = {one.encode_name: one for one in msgspec.structs.fields(wanted)}
            names = [name for name, one in fields.items() if one.required and raw.get(name) is None]
            if names or step not in fields:
                return names
            raw, wanted = raw.get(step), fields[step].type
        elif isinstance(raw, list) and step.startswith("["):
            arguments = get_args(wanted)
            raw, wanted = raw[int(step[1:-1])], arguments[0] if arguments else None
        else:
            return []
    return []


def _place(body: bytes, text: str) -> str:
    found = POSITION.search(text)
    at = min(int(found["byte"]), len(body)) if found else len(body)
    line_start = body.rfind(b"\n", 0, at) + 1
    line = body.count(b"\n", 0, at) + 1
    return f"line {line}, column {at - line_start + 1}"
