"""Fewer records than asked for, and a cursor that leads to the next of them: nothing is lost."""

from dataclasses import dataclass
from typing import Annotated, Any

from msgspec import Meta

from fake_hubspot.faults.fault import Moment, PageChange
from fake_hubspot.faults.walk.cursor import next_cursor, with_cursor

__all__ = ["ShortPage"]


@dataclass(frozen=True, slots=True)
class ShortPage(PageChange):
    """Fewer records than asked for, and a cursor that leads to the next of them: nothing is lost.

    Source: reader (airbyte PR #80744).
    """

    name = "short-page"

    rows: Annotated[int, Meta(ge=1, le=99, description="How many records at most.")] = 1

    def change(self, moment: Moment, page: dict[str, Any]) -> Any:
        """The changed page."""
        kept = page["results"][: self.rows]
        if len(kept) == len(page["results"]):
            return page
        after = next_cursor(moment.context, page, len(kept))
        return with_cursor(moment.context, {**page, "results": kept}, after)
