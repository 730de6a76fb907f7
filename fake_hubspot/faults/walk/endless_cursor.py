from dataclasses import dataclass
from typing import Any

from fake_hubspot.faults.fault import PageChange
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register
from fake_hubspot.faults.walk.cursor import own_cursor, with_cursor

__all__ = ["EndlessCursor"]


@register
@dataclass(frozen=True, slots=True)
class EndlessCursor(PageChange):
    """A cursor that leads to the same page again; with `times` `forever` the list never ends.

    Source: reader (airbyte #43317, #61543: connectors that never stop).
    """

    name = "endless-cursor"
    group = "walk"

    def change(self, firing: Firing, page: dict[str, Any]) -> Any:
        return with_cursor(firing.context, page, own_cursor(firing.context, page))
