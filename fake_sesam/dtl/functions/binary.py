"""Bytes: strings with the tag `~b` and base64 after it.

Source: docs (hub/dtl/dtl-functions-bytes.rst). The reference shows the result of `base64-decode` once as `~babc`; its
other examples and the data model have base64 after the tag.
"""

import base64
import binascii
from typing import Any

from fake_sesam.dtl.builders import elementwise, predicate
from fake_sesam.dtl.compiler import FunctionBuilder
from fake_sesam.dtl.values import SKIP, is_plain_string

__all__ = ["FUNCTIONS", "content", "to_bytes"]

TAG = "~b"


def to_bytes(content: bytes) -> str:
    """Return bytes as a DTL value."""
    return TAG + base64.b64encode(content).decode("ascii")


def content(value: Any) -> bytes | None:
    """Return the content of a DTL value of type bytes; None for any other value."""
    return _decoded(value[2:]) if isinstance(value, str) and value.startswith(TAG) else None


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _encode(value: Any) -> Any:
    return SKIP if content(value) is None else value[2:]


def _decode(value: Any) -> Any:
    return TAG + value if is_plain_string(value) and _decoded(value) is not None else SKIP


FUNCTIONS: dict[str, FunctionBuilder] = {
    "bytes": elementwise(lambda value: to_bytes(value.encode()) if is_plain_string(value) else SKIP),
    "is-bytes": predicate(lambda value: content(value) is not None),
    "base64-encode": elementwise(_encode),
    "base64-decode": elementwise(_decode),
}
