from dataclasses import dataclass
from typing import Any

from fake_hubspot.faults.fault import PageChange
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register

__all__ = ["IntegerId"]


@register
@dataclass(frozen=True, slots=True)
class IntegerId(PageChange):
    """Record ids as numbers instead of strings.

    Source: reader (v1 and the `userId` of owners are numbers).
    """

    name = "integer-id"
    group = "records"

    def change(self, firing: Firing, page: dict[str, Any]) -> Any:
        for record in page["results"]:
            record["id"] = int(record["id"])
        return page
