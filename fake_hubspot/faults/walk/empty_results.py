from dataclasses import dataclass
from typing import Any

from fake_hubspot.faults.fault import PageChange
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register

__all__ = ["EmptyResults"]


@register
@dataclass(frozen=True, slots=True)
class EmptyResults(PageChange):
    """The response of an account without records: no records, no cursor, and `total` 0 for a search.

    A client that believes it at once deletes everything, or misses the changes. A second request gets the records.

    Source: assumed.
    """

    name = "empty-results"
    group = "walk"

    def change(self, firing: Firing, page: dict[str, Any]) -> Any:
        return {"results": [], **({"total": 0} if "total" in page else {})}
