from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Any, Literal

from msgspec import Meta

from fake_hubspot.faults.fault import PageChange
from fake_hubspot.faults.firing import Firing
from fake_hubspot.faults.page_shapes import records_of
from fake_hubspot.faults.registry import register

__all__ = ["NullProperties"]


@register
@dataclass(frozen=True, slots=True)
class NullProperties(PageChange):
    """A first record whose `properties` is null, or in which every value is null.

    Source: recording (a value can be null), assumed (the rest).
    """

    name = "null-properties"
    group = "records"
    examples = ({"form": "values"},)

    form: Annotated[
        Literal["null", "values"], Meta(description="Null `properties` as a whole, or each of the values.")
    ] = "null"

    def change(self, firing: Firing, page: dict[str, Any]) -> Any:
        for record in islice(records_of(page), 1):
            if "properties" in record:
                record["properties"] = None if self.form == "null" else dict.fromkeys(record["properties"])
        return page
