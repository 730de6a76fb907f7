"""A record is archived after the page was answered."""

from dataclasses import dataclass
from typing import Annotated, Any

from msgspec import Meta

from fake_hubspot.faults.fault import Moment, PortalChange
from fake_hubspot.faults.portal.changes import Place, kind_of, rows_beside

__all__ = ["Archived"]


@dataclass(frozen=True, slots=True)
class Archived(PortalChange):
    """A record is archived after the page was answered.

    Source: docs (an archived record leaves the list; the cursor is an id bound, so no page shifts).
    """

    name = "archived-during-walk"
    examples = ({"place": "behind"},)

    place: Annotated[Place, Meta(description="Which records: still ahead of the walk, or just passed.")] = "ahead"
    count: Annotated[int, Meta(ge=1, le=100, description="How many records.")] = 1

    def change(self, moment: Moment, page: dict[str, Any]) -> None:
        """Change the account."""
        for record in rows_beside(moment, page, self.place, self.count):
            moment.context.portal.records.archive(kind_of(moment.context), record)
