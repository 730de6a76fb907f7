from dataclasses import dataclass
from typing import Any

from fake_hubspot.faults.fault import PageChange
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register

__all__ = ["IdsOutOfOrder"]


@register
@dataclass(frozen=True, slots=True)
class IdsOutOfOrder(PageChange):
    """A page in descending order of id, with the original cursor.

    Source: assumed.
    """

    name = "ids-out-of-order"
    group = "records"

    def change(self, firing: Firing, page: dict[str, Any]) -> Any:
        return {**page, "results": page["results"][::-1]}
