from dataclasses import dataclass
from typing import Any

from fake_hubspot.faults.fault import PageChange
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register
from fake_hubspot.faults.walk.cursor import next_cursor, with_cursor

__all__ = ["IntegerCursor"]


@register
@dataclass(frozen=True, slots=True)
class IntegerCursor(PageChange):
    """A page whose `after` is a number instead of a string; in the older APIs, where it is a number, a string.

    A cursor that is not a decimal number does not change.

    Source: assumed.
    """

    name = "integer-cursor"
    group = "walk"

    def change(self, firing: Firing, page: dict[str, Any]) -> Any:
        after = next_cursor(firing.context, page, len(page["results"]))
        return with_cursor(firing.context, page, int(after)) if after.isdecimal() else page
