"""JSON from outside, bounded before it is decoded.

How deep `json` and msgspec go before they raise `RecursionError` depends on the version of Python, from about 1,000
levels in 3.11 to what the stack holds in 3.14. What they return may be too deep for the code that then walks it.
"""

import json
import re
from array import array
from itertools import accumulate
from typing import Any, TypeVar, overload

import msgspec

__all__ = [
    "MAX_DEPTH",
    "NOT_STRUCTURE",
    "TO_STEP",
    "TooDeepError",
    "check_depth",
    "decode_json",
    "depth_of",
    "parse_json",
]

Wanted = TypeVar("Wanted")
MAX_DEPTH = 500
TO_STEP = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")  # as signed bytes, 1 and -1
NOT_STRUCTURE = bytes(set(range(256)) - set(b'[]{}"'))
_STRING = re.compile(rb'"[^"]*"')


class TooDeepError(msgspec.DecodeError):
    """A text is nested more deeply than is taken. It is a `ValueError`, as every error in JSON is."""

    def __init__(self, max_depth: int) -> None:
        super().__init__(f"it is nested more than {max_depth} levels deep")


def parse_json(text: str | bytes, *, max_depth: int = MAX_DEPTH, **options: Any) -> Any:
    """Return the value of a text, as `json.loads` does.

    Raises:
        TooDeepError: It is nested too deeply.
        ValueError: It is not JSON.
    """
    check_depth(text, max_depth)
    return json.loads(text, **options)


@overload
def decode_json(text: str | bytes, *, type: type[Wanted], **options: Any) -> Wanted: ...


@overload
def decode_json(text: str | bytes) -> Any: ...


def decode_json(text: str | bytes, *, type: Any = Any, **options: Any) -> Any:
    """Return the value of a text as `type`, as `msgspec.json.decode` does.

    Raises:
        TooDeepError: It is nested too deeply.
        msgspec.DecodeError: It is not JSON, not UTF-8, or not of this type (`msgspec.ValidationError`).
    """
    check_depth(text)
    try:
        return msgspec.json.decode(text, type=type, **options)
    except UnicodeDecodeError as error:
        raise msgspec.DecodeError(f"it is not UTF-8 ({error.reason})") from error


def depth_of(text: str | bytes) -> int:
    """Return how deep a JSON text is nested; of what is no JSON, any number."""
    body = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if b"\\" in body and rb"\"" in body:  # a single byte is found sooner than two
        body = body.replace(rb"\\", b"").replace(rb"\"", b"")
    structure = body.translate(TO_STEP, NOT_STRUCTURE).replace(b'""', b"")  # strings without brackets
    steps = _STRING.sub(b"", structure) if b'"' in structure else structure
    return max(accumulate(array("b", steps), initial=0))


def check_depth(text: str | bytes, max_depth: int = MAX_DEPTH) -> None:
    """Check how deep a JSON text is nested.

    Raises:
        TooDeepError: Too deep.
    """
    if len(text) > max_depth and depth_of(text) > max_depth:
        raise TooDeepError(max_depth)
