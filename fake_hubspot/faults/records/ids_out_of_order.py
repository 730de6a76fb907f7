"""The records of the page in descending order of id, with the honest cursor."""

from dataclasses import dataclass
from typing import Any

from fake_hubspot.faults.fault import Moment, PageChange

__all__ = ["IdsOutOfOrder"]


@dataclass(frozen=True, slots=True)
class IdsOutOfOrder(PageChange):
    """The records of the page in descending order of id, with the honest cursor.

    Source: assumed.
    """

    name = "ids-out-of-order"

    def change(self, moment: Moment, page: dict[str, Any]) -> Any:
        """The changed page."""
        return {**page, "results": page["results"][::-1]}
