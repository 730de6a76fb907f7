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
    property: Annotated[str, Meta(min_length=1, description="The property that changes.")] = "lastname"
    value: Annotated[str, Meta(description="Its new value.")] = "Changed"

    def change(self, moment: Moment, page: dict[str, Any]) -> None:
        """Change the account."""
        portal, kind = moment.exchange.portal, kind_of(moment.exchange)
        for record in rows_beside(moment, page, self.place, self.count):
            portal.records.overwrite(
                kind, record, {self.property: self.value}, at_ms=portal.clock.now_ms(), source="CRM_UI"
            )
