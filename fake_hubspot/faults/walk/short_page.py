from dataclasses import dataclass
from typing import Annotated, Any

from msgspec import Meta

from fake_hubspot.faults.fault import PageChange
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register
from fake_hubspot.faults.walk.cursor import next_cursor, with_cursor

__all__ = ["ShortPage"]


@register
@dataclass(frozen=True, slots=True)
class ShortPage(PageChange):
    """A page with fewer records than requested, whose cursor leads to the rest.

    A client that follows the cursor loses nothing.

    Source: reader (airbyte PR #80744).
    """

    name = "short-page"
    group = "walk"

    rows: Annotated[int, Meta(ge=1, le=99, description="The maximum number of records.")] = 1

    def change(self, firing: Firing, page: dict[str, Any]) -> Any:
        kept = page["results"][: self.rows]
        if len(kept) == len(page["results"]):
            return page
        after = next_cursor(firing.context, page, len(kept))
        return with_cursor(firing.context, {**page, "results": kept}, after)
