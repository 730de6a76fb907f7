"""`results` is missing."""

from dataclasses import dataclass
from typing import Any

from fake_hubspot.faults.fault import Moment, PageChange

__all__ = ["MissingResults"]


@dataclass(frozen=True, slots=True)
class MissingResults(PageChange):
    """`results` is missing.

    Source: assumed.
    """

    name = "missing-results"

    def change(self, moment: Moment, page: dict[str, Any]) -> Any:
        """The changed page."""
        return {name: value for name, value in page.items() if name != "results"}
