from dataclasses import dataclass
from typing import Any

from fake_hubspot.faults.fault import PortalChange
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.portal.changes import Count, RecordsPlace, object_type_of, records_at
from fake_hubspot.faults.registry import register

__all__ = ["ArchivedDuringWalk"]


@register
@dataclass(frozen=True, slots=True)
class ArchivedDuringWalk(PortalChange):
    """The original page; then records are archived.

    Source: docs (an archived record leaves the list; the cursor is an id, so no page shifts).
    """

    name = "archived-during-walk"
    group = "portal"
    examples = ({"place": "behind"},)

    place: RecordsPlace = "ahead"
    count: Count = 1

    def change(self, firing: Firing, page: dict[str, Any]) -> None:
        for record in records_at(firing, page, self.place, self.count):
            firing.context.portal.records.archive(object_type_of(firing.context), record)
