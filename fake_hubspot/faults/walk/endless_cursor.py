"""The cursor leads to the same page again, for ever if the fault strikes for ever."""

from dataclasses import dataclass
from typing import Any

from fake_hubspot.faults.fault import Moment, PageChange
from fake_hubspot.faults.walk.cursor import own_cursor, with_cursor

__all__ = ["EndlessCursor"]


@dataclass(frozen=True, slots=True)
class EndlessCursor(PageChange):
    """The cursor leads to the same page again, for ever if the fault strikes for ever.

    Source: reader (airbyte #43317, #61543: connectors that walk for ever).
    """

    name = "endless-cursor"

    def change(self, moment: Moment, page: dict[str, Any]) -> Any:
        """The changed page."""
        return with_cursor(moment.context, page, own_cursor(moment.context, page))
