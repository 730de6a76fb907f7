from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Any

from msgspec import Meta

from fake_hubspot.faults.fault import PageChange
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.page_shapes import records_of
from fake_hubspot.faults.registry import register

__all__ = ["MissingKey"]


@register
@dataclass(frozen=True, slots=True)
class MissingKey(PageChange):
    """Records that lack one of their keys.

    Source: recording (`url`, absent until 2024), assumed (the other keys).
    """

    name = "missing-key"
    group = "records"
    examples = tuple({"key": key} for key in ("properties", "updatedAt", "createdAt", "archived"))

    key: Annotated[str, Meta(min_length=1, description="The missing key.")] = "url"
    all_records: Annotated[bool, Meta(description="Whether every record lacks it, or only the first.")] = True

    def change(self, firing: Firing, page: dict[str, Any]) -> Any:
        for record in islice(records_of(page), None if self.all_records else 1):
            record.pop(self.key, None)
        return page
