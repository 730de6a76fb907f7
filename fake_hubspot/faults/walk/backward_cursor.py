"""The cursor leads back: to the page before, or to the first one."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from msgspec import Meta

from fake_hubspot.faults.fault import Moment, PageChange
from fake_hubspot.faults.walk.cursor import cursor_before, with_cursor

__all__ = ["BackwardCursor"]


@dataclass(frozen=True, slots=True)
class BackwardCursor(PageChange):
    """The cursor leads back: to the page before, or to the first one.

    Source: reader (airbyte #61543: a cursor reset).
    """

    name = "backward-cursor"
    examples = ({"to": "start"},)

    to: Annotated[Literal["previous", "start"], Meta(description="Where it leads.")] = "previous"

    def change(self, moment: Moment, page: dict[str, Any]) -> Any:
        """The changed page."""
        after = "0" if self.to == "start" else cursor_before(moment.context)
        return with_cursor(moment.context, page, after)
