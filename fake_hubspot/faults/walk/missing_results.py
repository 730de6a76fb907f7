from dataclasses import dataclass
from typing import Any

from fake_hubspot.faults.fault import PageChange
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.registry import register

__all__ = ["MissingResults"]


@register
@dataclass(frozen=True, slots=True)
class MissingResults(PageChange):
    """A page without the key `results`.

    Source: assumed.
    """

    name = "missing-results"
    group = "walk"

    def change(self, firing: Firing, page: dict[str, Any]) -> Any:
        return {name: value for name, value in page.items() if name != "results"}
