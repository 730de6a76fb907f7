"""`after` as a number in place of text."""

from dataclasses import dataclass
from typing import Any

from fake_hubspot.faults.fault import Moment, PageChange
from fake_hubspot.faults.walk.cursor import next_cursor, with_cursor

__all__ = ["IntegerCursor"]


@dataclass(frozen=True, slots=True)
class IntegerCursor(PageChange):
    """`after` as a number in place of text.

    Source: assumed.
    """

    name = "integer-cursor"

    def change(self, moment: Moment, page: dict[str, Any]) -> Any:
        """The changed page."""
        after = next_cursor(moment.context, page, len(page["results"]))
        return with_cursor(moment.context, page, int(after))
