"""Ids as numbers in place of text."""

from dataclasses import dataclass
from typing import Any

from fake_hubspot.faults.fault import Moment, PageChange

__all__ = ["IntegerId"]


@dataclass(frozen=True, slots=True)
class IntegerId(PageChange):
    """Ids as numbers in place of text.

    Source: reader (v1 and owners' `userId` have numbers).
    """

    name = "integer-id"

    def change(self, moment: Moment, page: dict[str, Any]) -> Any:
        """The changed page."""
        for record in page["results"]:
            record["id"] = int(record["id"])
        return page
