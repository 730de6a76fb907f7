"""Where in a JSON text a value stands, for messages about it."""

import re
from json import JSONDecoder
from json.decoder import scanstring  # type: ignore[attr-defined] # public in the module, missing in its stub

__all__ = ["line_and_column", "position_of"]

BLANK = re.compile(r"[ \t\n\r]*")
_skip = JSONDecoder().raw_decode


def line_and_column(text: str, at: int) -> tuple[int, int]:
    """Return the line and the column of a character, both beginning with 1."""
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def position_of(text: str, path: tuple[str | int, ...]) -> int:
    """Return where a value begins, or the last one on the way to it that exists.

    Args:
        text: A valid JSON text.
        path: Keys of objects and places in arrays, from the outermost value on.
    """
    at = _over_blanks(text, 0)
    for step in path:
        inner = _in_object(text, at, step) if isinstance(step, str) else _in_array(text, at, step)
        if inner is None:
            break
        at = inner
    return at


def _in_object(text: str, at: int, key: str) -> int | None:
    if text[at : at + 1] != "{":
        return None
    at = _over_blanks(text, at + 1)
    while text[at : at + 1] == '"':
        name, end = scanstring(text, at + 1, False)
        at = _over_blanks(text, _over_blanks(text, end) + 1)
        if name == key:
            return at
        at = _over_comma(text, _skip(text, at)[1])
    return None


def _in_array(text: str, at: int, index: int) -> int | None:
    if text[at : at + 1] != "[":
        return None
    at = _over_blanks(text, at + 1)
    for _ in range(index):
        at = _over_comma(text, _skip(text, at)[1])
    return at


def _over_comma(text: str, at: int) -> int:
    return _over_blanks(text, _over_blanks(text, at) + 1)


def _over_blanks(text: str, at: int) -> int:
    found = BLANK.match(text, at)
    return found.end() if found else at
