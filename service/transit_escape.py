"""Texts that Sesam would take for something else. Pure.

In what Sesam reads, a string that begins with `~` and a type's letter is a value of that type: `~t2026...` a time,
`~r...` a URI, `~:...` an identifier. HubSpot's strings are only ever strings.
"""

import re

__all__ = ["escape_transit", "may_need_escape"]

_STRING = re.compile(rb'"((?:[^"\\]|\\.)*)"(\s*:)?', re.DOTALL)  # with a colon behind it, it is a key
_TYPED = rb"[~:rbu]|[tdf][-\d]"  # what follows a tilde in a typed value; "~tea" is no time
_TILDE = re.compile(rb"(?:~|\\u007[eE])(?=" + _TYPED + rb"|\\u00[0-9a-fA-F]{2})")


def may_need_escape(body: bytes) -> bool:
    """A quick look that has no false negatives. Almost every page holds neither a tilde nor an escape."""
    return b"~" in body or (b"\\" in body and b"\\u007" in body)


def escape_transit(record: bytes) -> bytes:
    """Double the tilde of every string value that could be a typed value.

    `~~x` is how Transit writes the text `~x`. Everything else stays as it is to the last byte: `~100 employees` and
    `~true story` need no escape.

    Source: docs (Sesam, entity data model: the tags `~: ~r ~t ~b ~u ~f`), reader (Sesam's client knows `~d`, `~~` too).
    """
    return _STRING.sub(_escaped, record)


def _escaped(match: "re.Match[bytes]") -> bytes:
    return b'"~' + match[0][1:] if _TILDE.match(match[1]) and not match[2] else match[0]
