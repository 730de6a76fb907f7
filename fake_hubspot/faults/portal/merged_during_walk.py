from dataclasses import dataclass
from typing import Annotated, Any

from msgspec import Meta

from fake_hubspot.faults.fault import PortalChange
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.portal.changes import Place, RecordsPlace, free_id, object_type_of, records_at
from fake_hubspot.faults.registry import register

__all__ = ["MergedDuringWalk"]


@register
@dataclass(frozen=True, slots=True)
class MergedDuringWalk(PortalChange):
    """The original page; then two records are merged: both ids disappear and a new one appears.

    Source: docs (a merge creates a new id), assumed (where that id lies).
    """

    name = "merged-during-walk"
    group = "portal"
    examples = ({"place": "ahead"}, {"new_id": "behind"})

    place: RecordsPlace = "behind"
    new_id: Annotated[Place, Meta(description="Whether a client reading the list still reaches the new id.")] = "ahead"

    def change(self, firing: Firing, page: dict[str, Any]) -> None:
        rows = records_at(firing, page, self.place, 2)
        if len(rows) == 2:
            new_id = free_id(firing, page, self.new_id)
            firing.context.portal.records.merge(object_type_of(firing.context), *rows, new_id=new_id)
