from dataclasses import dataclass
from typing import Any

from fake_hubspot.faults.fault import PageChange
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register

__all__ = ["NullRecord"]


@register
@dataclass(frozen=True, slots=True)
class NullRecord(PageChange):
    """A null in front of the records.

    Source: assumed.
    """

    name = "null-record"
    group = "records"

    def change(self, firing: Firing, page: dict[str, Any]) -> Any:
        return {**page, "results": [None, *page["results"]]}
