"""A record whose `properties` is null, or whose values are."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from msgspec import Meta

from fake_hubspot.faults.fault import Moment, PageChange

__all__ = ["NullProperties"]


@dataclass(frozen=True, slots=True)
class NullProperties(PageChange):
    """A record whose `properties` is null, or whose values are.

    Source: assumed; that a value can be null: recording.
    """

    name = "null-properties"
    examples = ({"form": "values"},)

    form: Annotated[Literal["null", "values"], Meta(description="The whole, or each of the values.")] = "null"

    def change(self, moment: Moment, page: dict[str, Any]) -> Any:
        """The changed page."""
        for record in page["results"][:1]:
            if "properties" in record:
                record["properties"] = None if self.form == "null" else dict.fromkeys(record["properties"])
        return page
