"""A record is created after the page was answered, with an id ahead of the walk or behind it."""

from dataclasses import dataclass
from typing import Annotated, Any

from msgspec import Meta

from fake_hubspot.faults.fault import Moment, PortalChange
from fake_hubspot.faults.portal.changes import Place, free_id, save
from fake_hubspot.portal.clock import format_time

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
        portal = moment.exchange.portal
        record_id = free_id(moment, page, self.place)
        values = {"email": f"created.{record_id}@example.com", "firstname": "Created", "hs_object_id": str(record_id)}
        kind = portal.types[moment.exchange.params["objectType"]]
        now = format_time(portal.clock.now_ms())
        values |= {kind.created_property: now, kind.modified_property: now}
        save(moment, portal.to_record(kind, record_id, values))
