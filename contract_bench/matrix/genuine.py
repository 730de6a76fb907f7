"""Whether a response that a fault has changed could be a genuine one. Pure.

What contradicts itself can be detected by a careful connector: JSON that does not parse, an object in place of a list,
a CSV file without its header. What does not can only be detected by someone who knows the data.
"""

from typing import Any

from bench_core.exchange import Response
from bench_core.json_text import parse_json

__all__ = ["could_be_genuine", "is_self_delimiting"]


class _RepeatedKeyError(ValueError):
    """An object has a key twice."""


def could_be_genuine(original: Response, sent: Response) -> bool:
    """Whether nothing in the sent response contradicts what the API answers at this place."""
    if not (200 <= original.status < 300 and 200 <= sent.status < 300) or _kind(original) != _kind(sent):
        return False
    if _is_json(original):
        return _is_same_shape(original.body.raw, sent.body.raw)
    return _has_same_first_line(original.body.raw, sent.body.raw)


def is_self_delimiting(response: Response) -> bool:
    """Whether the body itself shows that its end is missing, as JSON and XML do."""
    return _is_json(response) or b"xml" in _kind(response)


def _kind(response: Response) -> bytes:
    return (response.content_type or b"").partition(b";")[0].strip().lower()


def _is_json(response: Response) -> bool:
    kind = _kind(response)
    return kind == b"application/json" or kind.endswith(b"+json")


def _is_same_shape(original: bytes, sent: bytes) -> bool:
    try:
        was, now = _parsed(original), _parsed(sent)
    except ValueError:
        return False
    if isinstance(was, dict) and isinstance(now, dict):
        return was.keys() == now.keys()
    return type(was) is type(now)


def _parsed(body: bytes) -> Any:
    def refuse(constant: str) -> Any:
        raise ValueError(f"{constant} is not JSON")

    return parse_json(body.decode(), object_pairs_hook=_object, parse_constant=refuse)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) < len(pairs):
        raise _RepeatedKeyError
    return dict(pairs)


def _has_same_first_line(original: bytes, sent: bytes) -> bool:
    """Whether a text has the header of the original one."""
    try:
        text = sent.decode()
    except UnicodeDecodeError:
        return False
    return text.partition("\n")[0].encode() == original.partition(b"\n")[0]
