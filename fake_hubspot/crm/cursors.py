"""The opaque cursors of links and list members: base64 that is already percent-encoded.

Encoding them again breaks them. Source: recording (hubspot-api-python #135: `MC0yLTc1MDI%3D` is `0-2-7502`).
"""

import base64
import binascii
from urllib.parse import quote, unquote

from fake_hubspot.portal.decimal_id import parse_id

__all__ = ["decode_cursor", "encode_cursor"]


def encode_cursor(position: int, *, type_id: str = "0-1") -> str:
    """Return the cursor for a position, ready to be put into a URL as it is."""
    return quote(base64.b64encode(f"{type_id}-{position}".encode()).decode(), safe="")


def decode_cursor(cursor: str | None) -> int | None:
    """Return the position of a cursor, 0 without a cursor, None for an unknown one.

    The query has been decoded once; a cursor that was encoded twice still contains percent signs and is unknown.
    """
    if not cursor:
        return 0
    if "%" in cursor:
        return None
    try:
        text = base64.b64decode(unquote(cursor), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    _, _, position = text.rpartition("-")
    return parse_id(position)
