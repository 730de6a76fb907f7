from dataclasses import dataclass
from typing import Any

from fake_hubspot.faults.fault import PortalChange
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.portal.changes import RecordsPlace, free_id, object_type_of
from fake_hubspot.faults.registry import register

__all__ = ["CreatedDuringWalk"]


@register
@dataclass(frozen=True, slots=True)
class CreatedDuringWalk(PortalChange):
    """The original page; then a record is created, with an id that a client still reaches or has already passed.

    Source: recording (ids do not follow the order of creation).
    """

    name = "created-during-walk"
    group = "portal"
    examples = ({"place": "behind"},)

    place: RecordsPlace = "ahead"

    def change(self, firing: Firing, page: dict[str, Any]) -> None:
        kind, record_id = object_type_of(firing.context), free_id(firing, page, self.place)
        records = firing.context.portal.records
        values = records.required_values(kind)
        if kind.singular == "contact":
            values["email"] = f"created.{record_id}@example.com"
        records.create(kind, values, record_id=record_id)
