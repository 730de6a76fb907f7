"""JSON from outside, decoded so that every way to fail is one error."""

import codecs
import re
from array import array
from itertools import accumulate
from typing import Annotated, TypeVar

import msgspec

__all__ = ["Name", "check_body", "decode_body", "decode_json", "decode_with"]

_T = TypeVar("_T")
_MAX_NAME_LENGTH = 255
Name = Annotated[str, msgspec.Meta(max_length=_MAX_NAME_LENGTH)]
"""A name of a property or an object type. HubSpot allows about a hundred characters."""

_MAX_DEPTH = 200  # HubSpot's own bodies have about ten levels
_TOO_DEEP = "it is nested too deeply"
_PIECE_BYTES = 2**20
_MAX_DIGITS = 400  # the largest number of 64 bits with a fraction has 309 digits before the point
_TO_ZERO = bytes.maketrans(b"123456789", b"000000000")
_STRING_OR_LONG_NUMBER = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[0-9]{401}', re.DOTALL)
_TO_STEP = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")  # as signed bytes, 1 and -1
_NOT_STRUCTURE = bytes(set(range(256)) - set(b'[]{}"'))
_STRING = re.compile(rb'"[^"]*"')


def check_body(body: bytes) -> None:
    """Check what a decoder does not look at in values that it skips: their UTF-8, their depth, how long numbers are.

    How deep a decoder itself goes depends on the version of Python.

    Raises:
        ValueError: The body is not UTF-8 (`UnicodeDecodeError`), is nested more than 200 levels deep, or has a number
            that most readers cannot read.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(body), _PIECE_BYTES):  # a body with one emoji takes four times its length as a string
        decoder.decode(body[start : start + _PIECE_BYTES])
    decoder.decode(b"", final=True)
    if _levels(body) > _MAX_DEPTH:
        raise ValueError(_TOO_DEEP)
    if _may_have_long_number(body):
        tokens = _STRING_OR_LONG_NUMBER.finditer(body)
        if any(not token[0].startswith(b'"') for token in tokens):
            raise ValueError(f"it has a number of more than {_MAX_DIGITS} digits")


def _may_have_long_number(body: bytes) -> bool:
    """Look at every hundredth byte: of a number that is too long, at least four of them in a row are digits."""
    return b"0000" in body[:: _MAX_DIGITS // 4].translate(_TO_ZERO)


def _levels(body: bytes) -> int:
    """Return how deep a body is nested."""
    if b"\\" in body and rb"\"" in body:  # a single byte is found sooner than two
        body = body.replace(rb"\\", b"").replace(rb"\"", b"")
    structure = body.translate(_TO_STEP, _NOT_STRUCTURE).replace(b'""', b"")  # strings without brackets
    steps = _STRING.sub(b"", structure) if b'"' in structure else structure
    return max(accumulate(array("b", steps), initial=0))


def decode_body(body: bytes, type: type[_T]) -> _T:
    """Check a whole body and decode it.

    Raises:
        ValueError: See `check_body` and `decode_json`.
    """
    check_body(body)
    return decode_json(body, type)


def decode_json(body: bytes | msgspec.Raw, type: type[_T]) -> _T:
    """Decode a body, or a part of one that has been checked.

    Raises:
        ValueError: It is not JSON, not of this type, or nested too deeply. The message names the place, not the value.
    """
    try:
        return msgspec.json.decode(body, type=type)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None


def decode_with(decoder: "msgspec.json.Decoder[_T]", body: bytes | msgspec.Raw) -> _T:
    """Decode a body with a decoder that was created before.

    Raises:
        ValueError: See `decode_json`.
    """
    try:
        return decoder.decode(body)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
