from dataclasses import dataclass
from typing import Annotated, Any, Literal

from msgspec import Meta

from fake_hubspot.faults.fault import PageChange
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register
from fake_hubspot.faults.walk.cursor import cursor_before, first_cursor, with_cursor

__all__ = ["BackwardCursor"]


@register
@dataclass(frozen=True, slots=True)
class BackwardCursor(PageChange):
    """A cursor that leads back to the previous page, or to the first one.

    Source: reader (airbyte #61543: a cursor reset).
    """

    name = "backward-cursor"
    group = "walk"
    examples = ({"to": "start"},)

    to: Annotated[Literal["previous", "start"], Meta(description="Where it leads.")] = "previous"

    def change(self, firing: Firing, page: dict[str, Any]) -> Any:
        after = first_cursor(firing.context) if self.to == "start" else cursor_before(firing.context)
        return with_cursor(firing.context, page, after)
