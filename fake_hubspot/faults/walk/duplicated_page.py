"""The records of the page before once more, then on with the honest cursor: this page's own never come."""

from dataclasses import dataclass
from typing import Any

from fake_hubspot.faults.fault import Moment, PageChange
from fake_hubspot.faults.walk.previous import records_before

__all__ = ["DuplicatedPage"]


@dataclass(frozen=True, slots=True)
class DuplicatedPage(PageChange):
    """The records of the page before once more, then on with the honest cursor: this page's own never come.

    On the first page, which has none before it, its own records come twice.
    Source: assumed.
    """

    name = "duplicated-page"

    def change(self, moment: Moment, page: dict[str, Any]) -> Any:
        """The changed page."""
        context = moment.context
        if (context.page or 1) == 1:
            return {**page, "results": page["results"] * 2}
        return {**page, "results": records_before(context, page)}
