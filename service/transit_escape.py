"""Escaping of strings that Sesam would read as a value of another type.

In the JSON that Sesam reads, a string that begins with `~` and a type letter is a typed value: `~t2026...` is a time,
`~r...` a URI, `~:...` a namespaced identifier. HubSpot's strings are always just strings.
"""

import re

__all__ = ["escape_transit", "may_need_escape"]

# A string followed by a colon is a key. Nothing is tried twice, so time and memory do not grow with a string's escapes.
_STRING = re.compile(rb'"([^"\\]*+(?:\\.[^"\\]*+)*+)"(\s*+:)?', re.DOTALL)
_START = re.compile(rb"(?:~|\\u007[eE])((?:\\u00[0-7][0-9a-fA-F]|[^\\]){1,2})")  # a tilde and what follows, as JSON
_TYPED = re.compile(rb"[~:rbu]|[tdf][-\d]")  # what follows the tilde in a typed value; "~tea" is not a time
_ASCII_ESCAPE = re.compile(rb"\\u00([0-7][0-9a-fA-F])")


def may_need_escape(body: bytes) -> bool:
    """Check quickly, without false negatives. Almost every page contains neither a tilde nor an escaped one."""
    return b"~" in body or (b"\\" in body and b"\\u007" in body)


def escape_transit(record: bytes) -> bytes:
    """Double the tilde of every string value that could be read as a typed value.

    `~~x` is how Transit writes the string `~x`. Everything else keeps its bytes: `~100 employees` and `~true story`
    need no escape.

    Source: docs (Sesam, entity data model: the tags `~: ~r ~t ~b ~u ~f`), reader (Sesam's client knows `~d`, `~~` too).
    """
    return _STRING.sub(_escaped, record)


def _escaped(match: "re.Match[bytes]") -> bytes:
    return b'"~' + match[0][1:] if _is_typed(match[1]) and not match[2] else match[0]


def _is_typed(text: bytes) -> bool:
    """Look at the first characters as a JSON decoder sees them: any of them may be written as an escape."""
    start = _START.match(text)
    return start is not None and _TYPED.match(_ASCII_ESCAPE.sub(_byte, start[1])) is not None


def _byte(escape: "re.Match[bytes]") -> bytes:
    return bytes([int(escape[1], 16)])
