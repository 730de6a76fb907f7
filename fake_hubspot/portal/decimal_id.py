"""The decimal ids of records, portals, owners and links, as they come in paths, queries and bodies."""

import re

__all__ = ["LARGEST_EXACT_ID", "LARGEST_ID", "parse_id"]

# The largest number that SQLite stores as an integer.
LARGEST_ID = 2**63 - 1
# The largest number that every JSON reader keeps exactly.
LARGEST_EXACT_ID = 2**53 - 1

DECIMAL_ID = re.compile(r"[0-9]{1,19}")


def parse_id(text: str, *, largest: int = LARGEST_ID) -> int | None:
    """Return a decimal id as a number, or None if the text is not an id.

    The length is checked before the text is converted: Python refuses to convert thousands of digits, and a number
    beyond 64 bits cannot be looked up. Leading zeros are accepted up to the length of the largest id.
    """
    if DECIMAL_ID.fullmatch(text) is None:
        return None
    number = int(text)
    return number if number <= largest else None
