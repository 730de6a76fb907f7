"""No records, but a cursor that leads to them: the page must be walked past."""

from dataclasses import dataclass
from typing import Any

from fake_hubspot.faults.fault import Moment, PageChange
from fake_hubspot.faults.walk.cursor import own_cursor, with_cursor

__all__ = ["EmptyPage"]


@dataclass(frozen=True, slots=True)
class EmptyPage(PageChange):
    """No records, but a cursor that leads to them: the page must be walked past.

    The cursor leads to this page's own records, so nothing is lost when the fault is spent.
    Source: reader (airbyte PR #80744).
    """

    name = "empty-page-with-cursor"

    def change(self, moment: Moment, page: dict[str, Any]) -> Any:
        """The changed page."""
        after = own_cursor(moment.context, page)
        return with_cursor(moment.context, {**page, "results": []}, after)
