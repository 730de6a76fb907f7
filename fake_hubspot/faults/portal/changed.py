"""A record changes after the page was answered."""

from dataclasses import dataclass
from typing import Annotated, Any

from msgspec import Meta

from fake_hubspot.faults.fault import Moment, PortalChange
from fake_hubspot.faults.portal.changes import Place, kind_of, rows_beside

__all__ = ["Changed"]


@dataclass(frozen=True, slots=True)
class Changed(PortalChange):
    """A record changes after the page was answered.

    Source: docs (using object APIs: a list has no snapshot).
    """

    name = "changed-during-walk"
    examples = ({"place": "behind"},)

    place: Annotated[Place, Meta(description="Which records: still ahead of the walk, or just passed.")] = "ahead"
    count: Annotated[int, Meta(ge=1, le=100, description="How many records.")] = 1
    property: (
        Annotated[str, Meta(min_length=1, description="What changes; null for a contact's last name, another's title.")]
        | None
    ) = None
    value: Annotated[str, Meta(description="Its new value.")] = "Changed"

    def change(self, moment: Moment, page: dict[str, Any]) -> None:
        """Change the account."""
        portal, kind = moment.context.portal, kind_of(moment.context)
        name = self.property or ("lastname" if kind.singular == "contact" else kind.display_property)
        now_ms = portal.clock.now_ms()
        for record in rows_beside(moment, page, self.place, self.count):
            portal.records.overwrite(kind, record, {name: self.value}, at_ms=now_ms, source="CRM_UI")
