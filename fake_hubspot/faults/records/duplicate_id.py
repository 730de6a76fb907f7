from dataclasses import dataclass
from typing import Any

from fake_hubspot.faults.fault import PageChange
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register

__all__ = ["DuplicateId"]


@register
@dataclass(frozen=True, slots=True)
class DuplicateId(PageChange):
    """A page on which the last record appears twice.

    Source: reader (associations repeat; airbyte's search pages overlap).
    """

    name = "duplicate-id"
    group = "records"

    def change(self, firing: Firing, page: dict[str, Any]) -> Any:
        return {**page, "results": [*page["results"], *page["results"][-1:]]}
