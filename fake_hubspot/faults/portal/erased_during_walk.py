from dataclasses import dataclass
from typing import Any

from fake_hubspot.faults.fault import PortalChange
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.portal.changes import Count, RecordsPlace, object_type_of, records_at
from fake_hubspot.faults.registry import register

__all__ = ["ErasedDuringWalk"]


@register
@dataclass(frozen=True, slots=True)
class ErasedDuringWalk(PortalChange):
    """The original page; then records are erased for good, as a GDPR delete does.

    No list shows them any more, archived or not.

    Source: docs (gdpr-delete).
    """

    name = "erased-during-walk"
    group = "portal"
    examples = ({"place": "behind"},)

    place: RecordsPlace = "ahead"
    count: Count = 1

    def change(self, firing: Firing, page: dict[str, Any]) -> None:
        for record in records_at(firing, page, self.place, self.count):
            firing.context.portal.records.erase(object_type_of(firing.context), record)
