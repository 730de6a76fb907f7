from dataclasses import dataclass
from typing import Annotated, Any

from msgspec import Meta

from fake_hubspot.faults.fault import PortalChange
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.portal.changes import object_type_of
from fake_hubspot.faults.registry import register

__all__ = ["BusyDuringWalk"]


@register
@dataclass(frozen=True, slots=True)
class BusyDuringWalk(PortalChange):
    """The original page; then the first record changes, time passes on the portal's clock, and the second is archived.

    A later read of the same pull sees the archived record, whose time is later than the change. A client whose offset
    follows it never asks for the change again.

    Source: reader (singer-io/tap-hubspot #226).
    """

    name = "busy-during-walk"
    group = "portal"

    advance_ms: Annotated[int, Meta(ge=0, le=3_600_000, description="How much time passes, in milliseconds.")] = 300_000
    value: Annotated[str, Meta(description="The new value of a contact's last name or another object's title.")] = (
        "BusyDuringWalk"
    )

    def change(self, firing: Firing, page: dict[str, Any]) -> None:
        portal, kind = firing.context.portal, object_type_of(firing.context)
        name = "lastname" if kind.singular == "contact" else kind.display_property
        first, *others = [*portal.store.page(kind.type_id, from_id=0, limit=2, archived=False), None]
        if first is not None:
            now_ms = portal.clock.now_ms()
            portal.records.overwrite(kind, first, {name: self.value}, at_ms=now_ms, source="CRM_UI")
        portal.clock.advance(self.advance_ms)
        if others and others[0] is not None:
            portal.records.archive(kind, others[0])
