from dataclasses import dataclass
from typing import Any

from fake_hubspot.faults.fault import PageChange
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register
from fake_hubspot.faults.walk.cursor import next_cursor, with_cursor

__all__ = ["CursorAfterEnd"]


@register
@dataclass(frozen=True, slots=True)
class CursorAfterEnd(PageChange):
    """A cursor on the last page, which leads to an empty page.

    Other pages keep their original cursor.

    Source: reader (hubspot-api-python's fetch_all loops on a cursor).
    """

    name = "cursor-after-end"
    group = "walk"

    def change(self, firing: Firing, page: dict[str, Any]) -> Any:
        if page.get("paging"):
            return page
        after = next_cursor(firing.context, page, len(page["results"]))
        return with_cursor(firing.context, page, after)
