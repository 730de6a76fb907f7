from dataclasses import dataclass
from typing import Any

from fake_hubspot.faults.fault import PageChange
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register
from fake_hubspot.faults.walk.cursor import own_cursor, with_cursor

__all__ = ["EmptyPageWithCursor"]


@register
@dataclass(frozen=True, slots=True)
class EmptyPageWithCursor(PageChange):
    """A page without records whose cursor leads to this page's records.

    A client that follows the cursor loses nothing.

    Source: reader (airbyte PR #80744).
    """

    name = "empty-page-with-cursor"
    group = "walk"

    def change(self, firing: Firing, page: dict[str, Any]) -> Any:
        after = own_cursor(firing.context, page)
        return with_cursor(firing.context, {**page, "results": []}, after)
