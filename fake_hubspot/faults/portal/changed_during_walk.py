from dataclasses import dataclass
from typing import Annotated, Any

from msgspec import Meta

from fake_hubspot.faults.fault import PortalChange
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.portal.changes import Count, RecordsPlace, object_type_of, records_at
from fake_hubspot.faults.registry import register

__all__ = ["ChangedDuringWalk"]


@register
@dataclass(frozen=True, slots=True)
class ChangedDuringWalk(PortalChange):
    """The original page; then records are changed.

    Source: docs (using object APIs: a list has no snapshot).
    """

    name = "changed-during-walk"
    group = "portal"
    examples = ({"place": "behind"},)

    place: RecordsPlace = "ahead"
    count: Count = 1
    property: (
        Annotated[
            str,
            Meta(
                min_length=1,
                description="The property that changes; null for a contact's last name or another object's title.",
            ),
        ]
        | None
    ) = None
    value: Annotated[str, Meta(description="Its new value.")] = "ChangedDuringWalk"

    def change(self, firing: Firing, page: dict[str, Any]) -> None:
        portal, kind = firing.context.portal, object_type_of(firing.context)
        name = self.property or ("lastname" if kind.singular == "contact" else kind.display_property)
        now_ms = portal.clock.now_ms()
        for record in records_at(firing, page, self.place, self.count):
            portal.records.overwrite(kind, record, {name: self.value}, at_ms=now_ms, source="CRM_UI")
