from dataclasses import dataclass
from typing import Any

from fake_hubspot.faults.fault import PageChange
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register
from fake_hubspot.faults.walk.cursor import previous_page

__all__ = ["DuplicatedPage"]


@register
@dataclass(frozen=True, slots=True)
class DuplicatedPage(PageChange):
    """The records of the previous page again, with this page's own cursor: this page's records never arrive.

    The first page has no previous one; it repeats its own records.

    Source: assumed.
    """

    name = "duplicated-page"
    group = "walk"

    def change(self, firing: Firing, page: dict[str, Any]) -> Any:
        context = firing.context
        if (context.page or 1) == 1:
            return {**page, "results": page["results"] * 2}
        return {**page, "results": previous_page(context, page)["results"]}
