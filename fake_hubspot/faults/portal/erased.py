"""A record is erased for good after the page was answered, as a GDPR delete does."""

from dataclasses import dataclass
from typing import Annotated, Any

from msgspec import Meta

from fake_hubspot.faults.fault import Moment, PortalChange
from fake_hubspot.faults.portal.changes import Place, kind_of, rows_beside

__all__ = ["Erased"]


@dataclass(frozen=True, slots=True)
class Erased(PortalChange):
    """A record is erased for good after the page was answered, as a GDPR delete does.

    No list shows it, archived or not.
    Source: docs (gdpr-delete).
    """

    name = "erased-during-walk"
    examples = ({"place": "behind"},)

    place: Annotated[Place, Meta(description="Which records: still ahead of the walk, or just passed.")] = "ahead"
    count: Annotated[int, Meta(ge=1, le=100, description="How many records.")] = 1

    def change(self, moment: Moment, page: dict[str, Any]) -> None:
        """Change the account."""
        for record in rows_beside(moment, page, self.place, self.count):
            moment.context.portal.records.erase(kind_of(moment.context), record)
