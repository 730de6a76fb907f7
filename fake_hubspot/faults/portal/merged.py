"""Two records are merged after the page was answered: both ids are gone, a new one comes."""

from dataclasses import dataclass, replace
from typing import Annotated, Any

from msgspec import Meta

from fake_hubspot.faults.fault import Moment, PortalChange
from fake_hubspot.faults.portal.changes import Place, archived, free_id, rows_beside, save, touched

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
        if len(rows) < 2:
            return
        record_id = free_id(moment, page, self.new_id)
        merged_ids = ";".join(str(record.id) for record in rows)
        kept = touched(moment, rows[0], hs_object_id=str(record_id), hs_merged_object_ids=merged_ids)
        save(moment, *(archived(moment, record) for record in rows), replace(kept, id=record_id))
