from dataclasses import dataclass
from typing import Annotated, Any, Literal

from msgspec import Meta

from fake_hubspot.faults.fault import PageChange
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register
from fake_hubspot.faults.walk.cursor import first_page

__all__ = ["UnknownCursor"]


@register
@dataclass(frozen=True, slots=True)
class UnknownCursor(PageChange):
    """A cursor that no response contained leads elsewhere, as if cursors were not lower bounds of the id.

    It fires only at such cursors, which a client sends that reads several parts of a list at the same time. The client
    has to notice, and then either read the list in order or fail.

    Source: assumed (clients are meant to repeat cursors, not to choose them; no recording has a chosen one).
    """

    name = "unknown-cursor"
    group = "walk"
    needs_chosen_cursor = True
    examples = ({"rows": 3}, {"leads": "nowhere"}, {"leads": "start"})

    leads: Annotated[Literal["further", "nowhere", "start"], Meta(description="Where it leads.")] = "further"
    rows: Annotated[int, Meta(ge=1, le=99, description="How many records `further` leaves out.")] = 1

    def change(self, firing: Firing, page: dict[str, Any]) -> Any:
        if self.leads == "nowhere":
            return {"results": []}
        if self.leads == "start":
            return first_page(firing.context)
        return {**page, "results": page["results"][self.rows :]}
