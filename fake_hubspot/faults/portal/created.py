"""A record is created after the page was answered, with an id ahead of the walk or behind it."""

from dataclasses import dataclass
from typing import Annotated, Any

from msgspec import Meta

from fake_hubspot.faults.fault import Moment, PortalChange
from fake_hubspot.faults.portal.changes import Place, free_id, kind_of

__all__ = ["Created"]


@dataclass(frozen=True, slots=True)
class Created(PortalChange):
    """A record is created after the page was answered, with an id ahead of the walk or behind it.

    Source: recording (ids do not follow the order of creation).
    """

    name = "created-during-walk"
    examples = ({"place": "behind"},)

    place: Annotated[Place, Meta(description="Which records: still ahead of the walk, or just passed.")] = "ahead"

    def change(self, moment: Moment, page: dict[str, Any]) -> None:
        """Change the account."""
        kind, record_id = kind_of(moment.context), free_id(moment, page, self.place)
        values = {"email": f"created.{record_id}@example.com"} if kind.singular == "contact" else {}
        moment.context.portal.records.create(kind, values, record_id=record_id)
