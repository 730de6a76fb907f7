"""The last record of the page comes twice."""

from dataclasses import dataclass
from typing import Any

from fake_hubspot.faults.fault import Moment, PageChange

__all__ = ["DuplicateId"]


@dataclass(frozen=True, slots=True)
class DuplicateId(PageChange):
    """The last record of the page comes twice.

    Source: reader (associations repeat; airbyte's search pages overlap).
    """

    name = "duplicate-id"

    def change(self, moment: Moment, page: dict[str, Any]) -> Any:
        """The changed page."""
        return {**page, "results": [*page["results"], *page["results"][-1:]]}
