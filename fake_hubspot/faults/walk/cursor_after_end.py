"""A cursor where none should be: the last page leads on to an empty one."""

from dataclasses import dataclass
from typing import Any

from fake_hubspot.faults.fault import Moment, PageChange
from fake_hubspot.faults.walk.cursor import next_cursor, with_cursor

__all__ = ["CursorAfterEnd"]


@dataclass(frozen=True, slots=True)
class CursorAfterEnd(PageChange):
    """A cursor where none should be: the last page leads on to an empty one.

    On other pages the honest cursor stands.
    Source: reader (hubspot-api-python's fetch_all loops on a cursor).
    """

    name = "cursor-after-end"

    def change(self, moment: Moment, page: dict[str, Any]) -> Any:
        """The changed page."""
        if page.get("paging"):
            return page
        after = next_cursor(moment.context, page, len(page["results"]))
        return with_cursor(moment.context, page, after)
