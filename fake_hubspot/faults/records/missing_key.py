"""A record without one of its keys."""

from dataclasses import dataclass
from typing import Annotated, Any

from msgspec import Meta

from fake_hubspot.faults.fault import Moment, PageChange

__all__ = ["MissingKey"]


@dataclass(frozen=True, slots=True)
class MissingKey(PageChange):
    """A record without one of its keys.

    Source: recording for `url` (absent until 2024); for the others assumed.
    """

    name = "missing-key"
    examples = tuple({"key": key} for key in ("properties", "updatedAt", "createdAt", "archived"))

    key: Annotated[str, Meta(min_length=1, description="The key that is missing.")] = "url"
    all_records: Annotated[bool, Meta(description="On every record, or on the first alone.")] = True

    def change(self, moment: Moment, page: dict[str, Any]) -> Any:
        """The changed page."""
        for record in page["results"] if self.all_records else page["results"][:1]:
            record.pop(self.key, None)
        return page
