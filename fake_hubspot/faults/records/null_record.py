"""A null among the records."""

from dataclasses import dataclass
from typing import Any

from fake_hubspot.faults.fault import Moment, PageChange

__all__ = ["NullRecord"]


@dataclass(frozen=True, slots=True)
class NullRecord(PageChange):
    """A null among the records.

    Source: assumed.
    """

    name = "null-record"

    def change(self, moment: Moment, page: dict[str, Any]) -> Any:
        """The changed page."""
        return {**page, "results": [None, *page["results"]]}
