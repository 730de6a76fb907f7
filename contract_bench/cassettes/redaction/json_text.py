"""JSON with everything that a recording must keep: repeated keys, their order, and numbers as they are written."""

import json
from dataclasses import dataclass
from typing import Any

from bench_core import json_text

__all__ = ["JsonObject", "Number", "differences", "parse_json", "to_json"]

MAX_DEPTH = 60
_PLAIN, _ESCAPED = json.JSONEncoder(ensure_ascii=False), json.JSONEncoder()


class Number(str):
    """A number as it is written, of any length."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class JsonObject:
    """An object as a list of members. A key can be repeated; each of its values is sent."""

    members: tuple[tuple[str, Any], ...]

    def get(self, key: str) -> Any:
        """Return the last value of a key, or None."""
        return next((value for name, value in reversed(self.members) if name == key), None)

    def __contains__(self, key: str) -> bool:
        return any(name == key for name, _ in self.members)


def parse_json(text: str | bytes) -> Any:
    """Parse JSON into `JsonObject`, list, str, `Number`, bool and None.

    Raises:
        ValueError: It is not JSON, or it is nested too deep to be an answer of the API.
    """
    return json_text.parse_json(
        text,
        max_depth=MAX_DEPTH,
        object_pairs_hook=lambda pairs: JsonObject(tuple(pairs)),
        parse_int=Number,
        parse_float=Number,
        parse_constant=Number,
    )


def to_json(value: Any) -> str:
    """Write JSON in the compact form of HubSpot."""
    match value:
        case JsonObject():
            return "{" + ",".join(f"{_quoted(key)}:{to_json(each)}" for key, each in value.members) + "}"
        case list():
            return "[" + ",".join(map(to_json, value)) + "]"
        case Number():
            return str(value)
        case str():
            return _quoted(value)
    return json.dumps(value)


def _quoted(text: str) -> str:
    """Quote a text. A surrogate without its other half exists as an escape only."""
    quoted = _PLAIN.encode(text)
    try:
        quoted.encode()
    except UnicodeEncodeError:
        return _ESCAPED.encode(text)
    return quoted


def differences(old: Any, new: Any, path: str = "$") -> list[str]:
    """Return the JSON paths of the leaves that differ. Redaction changes keys and leaves, never the structure."""
    match old, new:
        case JsonObject(), JsonObject():
            if [key for key, _ in old.members] != [key for key, _ in new.members]:
                return [path]
            pairs = zip(old.members, new.members, strict=True)
            return [found for (key, a), (_, b) in pairs for found in differences(a, b, f"{path}.{key}")]
        case list(), list():
            rows = enumerate(zip(old, new, strict=True))
            return [found for at, (a, b) in rows for found in differences(a, b, f"{path}[{at}]")]
    return [] if old == new and type(old) is type(new) else [path]
