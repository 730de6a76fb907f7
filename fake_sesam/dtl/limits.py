"""Bounds on what one transform may compute, so that no pipe blocks or bloats the node. Pure.

Source: assumed. A real node has bounds as well, but the documents do not name them.
"""

from typing import Any

from fake_sesam.errors import TransformError

__all__ = [
    "MAX_DIGITS",
    "MAX_NESTING",
    "check_depth",
    "check_integer_bits",
    "check_item_count",
    "check_size",
    "check_text_length",
]

MAX_NESTING = 100
"""How deep expressions may be nested, and how deep rules may apply each other."""
MAX_DIGITS = 4300
MAX_ITEMS = 1_000_000
MAX_TEXT = 50_000_000
_BITS_PER_DIGIT = 3.33


def check_integer_bits(bits: float) -> None:
    """Check the size of an integer before it is computed.

    Raises:
        TransformError: It would have more digits than the node computes.
    """
    if bits > MAX_DIGITS * _BITS_PER_DIGIT:
        raise TransformError(f"DTL transform failed with error: a number has more than {MAX_DIGITS} digits")


def check_item_count(count: int) -> None:
    """Check the number of values of a list before it is made.

    Raises:
        TransformError: There would be more than the node holds.
    """
    if count > MAX_ITEMS:
        raise TransformError(f"DTL transform failed with error: a list of {count} values; the limit is {MAX_ITEMS}")


def check_text_length(length: int) -> None:
    """Check the length of a string before it is made.

    Raises:
        TransformError: It would be longer than the node holds.
    """
    if length > MAX_TEXT:
        raise TransformError(f"DTL transform failed with error: a string of {length} characters; limit is {MAX_TEXT}")


def check_depth(depth: int) -> None:
    """Check how deep rules apply each other.

    Raises:
        TransformError: They do so deeper than the node follows.
    """
    if depth > MAX_NESTING:
        raise TransformError(f"DTL transform failed with error: rules apply each other more than {MAX_NESTING} deep")


def check_size(value: Any) -> None:
    """Check the size of a result that may hold the same value many times.

    Raises:
        TransformError: It has more values or longer text than the node holds.
    """
    values, text, waiting = 0, 0, [value]
    while waiting:
        each = waiting.pop()
        values += 1
        if isinstance(each, str):
            text += len(each)
        elif isinstance(each, dict):
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)
        if len(waiting) > MAX_ITEMS:
            values = len(waiting)
        if values > MAX_ITEMS or text > MAX_TEXT:
            check_item_count(values)
            check_text_length(text)
