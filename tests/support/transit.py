"""Strings as a node reads them that knows Transit's escape."""

import re
from typing import Any

__all__ = ["read_by_transit"]


def read_by_transit(value: Any) -> Any:
    """Read a value like a node that knows the escape: `~~x` is the string `~x`, and `~t2026` would be a typed value."""
    if isinstance(value, dict):
        return {key: read_by_transit(one) for key, one in value.items()}
    if isinstance(value, list):
        return [read_by_transit(one) for one in value]
    if isinstance(value, str) and value.startswith("~~"):
        return value[1:]
    assert not (isinstance(value, str) and re.match(r"~([:rbu]|[tdf][-0-9])", value))
    return value
