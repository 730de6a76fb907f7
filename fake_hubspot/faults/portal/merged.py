"""Two records are merged after the page was answered: both ids are gone, a new one comes."""

from dataclasses import dataclass
from typing import Annotated, Any

from msgspec import Meta

from fake_hubspot.faults.fault import Moment, PortalChange
from fake_hubspot.faults.portal.changes import Place, free_id, kind_of, rows_beside

__all__ = ["Merged"]


@dataclass(frozen=True, slots=True)
class Merged(PortalChange):
    """Two records are merged after the page was answered: both ids are gone, a new one comes.

    Source: docs (a merge makes a new id); where that id lies is assumed.
    """

    name = "merged-during-walk"
    examples = ({"place": "ahead"}, {"new_id": "behind"})

    place: Annotated[Place, Meta(description="Which records: still ahead of the walk, or just passed.")] = "behind"
    new_id: Annotated[Place, Meta(description="Whether the walk still reaches the new id.")] = "ahead"

    def change(self, moment: Moment, page: dict[str, Any]) -> None:
        """Change the account."""
        rows = rows_beside(moment, page, self.place, 2)
        if len(rows) == 2:
            new_id = free_id(moment, page, self.new_id)
            moment.context.portal.records.merge(kind_of(moment.context), *rows, new_id=new_id)
